/** A station's hours as they become known, one after the other: kept in columns that grow, so that reading them again costs no more than a copy. */
import { type Concentrations, emptyConcentrations, endMs, type HourValues, spanOf } from './concentrations.js';
import { POLLUTANT_KEYS, scaled } from './pollutants.js';
import { HOUR_MS } from '../time.js';

const ROOM_HOURS = 256;

export class KnownHours {
  private kept: Concentrations = emptyConcentrations(0, 0);
  /** 1 where an hour was told, be it without any value. */
  private told = new Uint8Array(0);

  /** A later value of an hour stands for the earlier. */
  set(hour: HourValues): void {
    const startMs = Math.floor(hour.atMs / HOUR_MS) * HOUR_MS;
    if (this.kept.hours === 0 || startMs < this.kept.startMs || startMs >= endMs(this.kept)) this.makeRoom(startMs);
    const at = (startMs - this.kept.startMs) / HOUR_MS;
    this.told[at] = 1;
    for (const key of POLLUTANT_KEYS) this.kept.columns[key][at] = scaled(hour[key]);
  }

  /** From the first hour told at or after an instant to the last one; null where there is none. */
  since(sinceMs: number): Concentrations | null {
    const from = Math.max(0, Math.ceil((sinceMs - this.kept.startMs) / HOUR_MS));
    const first = this.told.indexOf(1, from);
    if (first < 0) return null;
    const at = (hour: number) => this.kept.startMs + hour * HOUR_MS;
    return spanOf(this.kept, at(first), at(this.told.lastIndexOf(1) + 1));
  }

  private makeRoom(startMs: number): void {
    const { kept, told } = this;
    const isFirst = kept.hours === 0;
    const fromMs = isFirst ? startMs : Math.min(kept.startMs, startMs);
    const toMs = Math.max(isFirst ? startMs : endMs(kept), startMs + HOUR_MS) + ROOM_HOURS * HOUR_MS;
    this.kept = spanOf(kept, fromMs, toMs);
    this.told = new Uint8Array(this.kept.hours);
    if (!isFirst) this.told.set(told, (kept.startMs - fromMs) / HOUR_MS);
  }
}

/** `drill`: a drill (8.3) on the running system: its own area and clock, a scripted forecast, and people if wanted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../config/env.js';
import { type AffineClock, toPlanMs } from '../../domain/clock.js';
import { nextAct } from '../../domain/backtest/people.js';
import { type EpisodePlan, episodePlanOf } from '../../domain/episode/plan.js';
import type { EpisodeState } from '../../domain/episode/state.js';
import type { Plan } from '../../domain/plan.js';
import { addDays, dayOf, dayStartMs, HOUR_MS, startOfDayMs, toBeijingIso } from '../../domain/time.js';
import type { DemoAccount } from '../../usecases/demo.js';
import { EXIT, Failure } from '../failure.js';
import { carryOut } from '../people/acts.js';
import { handInAll, type People, type Planned, plansOf } from '../people/handing-in.js';
import { type Office, officeAt, Refused } from '../people/office.js';

export interface DrillOptions {
  readonly rate: number;
  /** Null: the forecast is issued and real people play. */
  readonly people: People | null;
  readonly seed: number;
}

export interface DrillReport {
  readonly areaId: string;
  readonly rate: number;
  readonly startedAt: string;
  readonly episode: string | null;
  readonly phase: string | null;
  readonly ending: string | null;
  readonly levels: readonly { readonly level: string; readonly from: string }[];
  readonly liftedAt: string | null;
}

/** Three bad days on the way: an orange process, then clean air. */
const SCRIPT_AQI = [110, 140, 175, 215, 230, 190, 95, 80, 75, 70];
const FORECAST_DAYS = 8;
const ISSUE_HOUR = 16;
const POLL_MS = 150;
const PURPOSE = '脚本演练';

export async function runDrill(config: Config, { rate, people, seed }: DrillOptions, say: (line: string) => void): Promise<DrillReport> {
  const { office, areaId: city } = await runningOffice(config);
  const started = (await office.post('management', `/areas/${city}/drills`, { rate, purpose: PURPOSE })) as unknown as { areaId: string; clock: Record<string, unknown> };
  const clock = clockOf(started.clock);
  const drill = new Drill(office, started.areaId, clock, say);
  say(`演练区域 ${started.areaId}，时钟 ${rate} 倍`);
  await drill.issueForecast();
  if (people !== null) await drill.play(people, seed);
  return drill.report(rate);
}

class Drill {
  private readonly firstDay: string;
  private forecastDay: string | null = null;
  private planned: Planned[] = [];
  private readonly known = new Set<string>();
  private lastSaid = '';
  private seen: { readonly seq: number; readonly state: EpisodeState } | null = null;

  constructor(
    private readonly office: Office,
    private readonly areaId: string,
    private readonly clock: AffineClock,
    private readonly say: (line: string) => void,
  ) {
    this.firstDay = dayOf(this.nowMs());
  }

  /** The script as it looks from today on. */
  async issueForecast(): Promise<void> {
    const today = dayOf(this.nowMs());
    const past = Math.round((startOfDayMs(today) - startOfDayMs(this.firstDay)) / (24 * HOUR_MS));
    const aqiOf = (lead: number) => SCRIPT_AQI[Math.min(past + lead, SCRIPT_AQI.length - 1)] ?? 70;
    const days = Array.from({ length: FORECAST_DAYS }, (_, lead) => ({ date: addDays(today, lead), aqiLow: aqiOf(lead), aqiHigh: aqiOf(lead), primary: aqiOf(lead) > 50 ? ['PM2.5'] : [] }));
    await this.office.post('technical', `/areas/${this.areaId}/forecasts`, { issuedAt: toBeijingIso(this.nowMs()), source: '演练脚本', days });
    this.forecastDay = today;
  }

  /** Until the episode is closed. */
  async play(people: People, seed: number): Promise<void> {
    const { plan } = (await this.office.get('auditor', `/areas/${this.areaId}/plan`)) as unknown as { plan: Plan };
    const episodePlan = episodePlanOf(plan);
    for (;;) {
      const nowMs = this.nowMs();
      const isNewDay = this.forecastDay !== dayOf(nowMs) && nowMs >= dayStartMs(nowMs) + ISSUE_HOUR * HOUR_MS;
      const state = await this.state();
      if (state?.phase === 'closed') return;
      if (isNewDay && state?.phase !== 'reporting' && state?.phase !== 'evaluating') await this.issueForecast();
      if (state) await this.step(plan, episodePlan, state, people, seed, nowMs);
      await pause(POLL_MS);
    }
  }

  private async step(plan: Plan, episodePlan: EpisodePlan, state: EpisodeState, people: People, seed: number, nowMs: number): Promise<void> {
    this.tell(state);
    const fresh = plansOf(episodePlan, state, people, seed, nowMs, this.known);
    for (const p of fresh) this.known.add(`${p.episodeId}/${p.obligationId}`);
    this.planned.push(...fresh);
    const due = this.planned.filter((p) => p.atMs <= nowMs);
    this.planned = this.planned.filter((p) => p.atMs > nowMs);
    await handInAll(this.office, plan, due, nowMs);
    const act = nextAct(episodePlan, state, nowMs);
    if (!act) return;
    try {
      await carryOut(this.office, state.id, act);
    } catch (error) {
      // The clock runs on meanwhile: what was refused is looked at again.
      if (!(error instanceof Refused) || error.status !== 409) throw error;
    }
  }

  async report(rate: number): Promise<DrillReport> {
    const state = await this.state();
    return {
      areaId: this.areaId,
      rate,
      startedAt: toBeijingIso(this.clock.planOriginMs),
      episode: state?.number ?? null,
      phase: state?.phase ?? null,
      ending: state?.phase === 'closed' ? state.ending : null,
      levels: (state?.levels ?? []).map(({ level, fromMs }) => ({ level, from: toBeijingIso(fromMs) })),
      liftedAt: state?.lift ? toBeijingIso(state.lift.effectiveAtMs) : null,
    };
  }

  private nowMs(): number {
    return toPlanMs(this.clock, Date.now());
  }

  /** The drill's one episode as it stands; null before it opened. */
  private async state(): Promise<EpisodeState | null> {
    const { episodes } = (await this.office.get('auditor', `/episodes?area=${this.areaId}`)) as unknown as { episodes: { id: string; seq: number }[] };
    const [episode] = episodes;
    if (!episode) return null;
    // Each look at the record is itself recorded: only at what is new.
    if (this.seen?.seq === episode.seq) return this.seen.state;
    const { state } = (await this.office.get('auditor', `/episodes/${episode.id}/state?at=${episode.seq}`)) as unknown as { state: EpisodeState };
    this.seen = { seq: episode.seq, state };
    return state;
  }

  private tell(state: EpisodeState): void {
    const line = `${state.phase} ${state.levels.at(-1)?.level ?? ''}`.trim();
    if (line !== this.lastSaid) this.say(`${toBeijingIso(this.nowMs()).slice(0, 16)}  ${state.number}  ${line}`);
    this.lastSaid = line;
  }
}

/** The accounts that the embedded start wrote down, at the address it serves. */
async function runningOffice({ dataDir, area }: Config): Promise<{ readonly office: Office; readonly areaId: string }> {
  const file = join(dataDir, 'demo-accounts.json');
  let written: { baseUrl: string; accounts: DemoAccount[] };
  try {
    written = JSON.parse(readFileSync(file, 'utf8')) as typeof written;
  } catch {
    throw new Failure(EXIT.unavailable, `${file} cannot be read`, 'A drill plays on the running demonstration: start it with "npm start", with the same DATA_DIR');
  }
  const alive = await fetch(`${written.baseUrl}/readyz`).catch(() => null);
  if (!alive?.ok) throw new Failure(EXIT.unavailable, `nothing answers at ${written.baseUrl}`, 'Start the system with "npm start" and wait until it is ready');
  return { office: officeAt(`${written.baseUrl}/api/v1`, written.accounts), areaId: area };
}

function clockOf(shown: Record<string, unknown>): AffineClock {
  const instant = (value: unknown) => (typeof value === 'number' ? value : Date.parse(String(value)));
  return { realOriginMs: instant(shown['realOriginMs'] ?? shown['realOrigin']), planOriginMs: instant(shown['planOriginMs'] ?? shown['planOrigin']), rate: Number(shown['rate']) };
}

export function drillText(report: DrillReport): string {
  const levels = report.levels.map((l) => `${l.level} ${l.from.slice(0, 16).replace('T', ' ')}`).join(', ');
  return `drill in ${report.areaId} (clock x${report.rate}): ${report.episode ?? 'no episode yet'} ${report.phase ?? ''} ${report.ending ?? ''}\nlevels: ${levels || '-'}; lifted: ${report.liftedAt?.slice(0, 16).replace('T', ' ') ?? '-'}`;
}

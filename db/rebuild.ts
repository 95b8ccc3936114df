/** The read models again, from the ledger and the documents alone. */
import { toPlanMs } from '../domain/clock.js';
import type { LedgerRow } from '../domain/ledger.js';
import type { ReceiptClock } from './clock.js';
import { readStream } from './ledger/rows.js';
import { readEpisodePlan } from './plans.js';
import { type Db, transaction, type Tx } from './pool.js';
import { projectAreaInput } from './projections/area.js';
import { projectAudit } from './projections/audit.js';
import { projectDecisions } from './projections/decisions.js';
import { saveEpisode, type StoredEpisode } from './projections/episodes.js';
import { deriveThrough } from './projections/obligations.js';
import { projectSubmission } from './projections/submissions.js';

/** Everything a rebuild makes again; what people have read in their inbox is kept. */
export const PROJECTIONS = [
  'episodes',
  'obligations',
  'submissions',
  'requests',
  'request_evidence',
  'notices',
  'deliveries',
  'inbox',
  'archives',
  'forecasts',
  'observations',
  'dust_flags',
  'orders',
  'assessments',
] as const;

const PAGE_ROWS = 500;

/**
 * Empties the projections and replays every stream, in one transaction:
 * readers see the old ones until it is done, writers wait. `progress` is told
 * rows done and rows in all.
 */
export function rebuild(db: Db, clock: ReceiptClock, progress: (done: number, total: number) => void = () => undefined): Promise<{ readonly streams: number; readonly rows: number }> {
  return transaction(db, async (tx) => {
    await tx.query('lock table streams in exclusive mode');
    for (const table of PROJECTIONS) await tx.query(`delete from ${table}`);
    const { rows: streams } = await tx.query<{ stream: string; seq: number }>('select stream, seq from streams where seq > 0 order by stream');
    const total = streams.reduce((sum, s) => sum + s.seq, 0);
    let done = 0;
    for (const { stream } of streams) {
      const replay = stream.startsWith('area/') ? new AreaReplay(tx, stream) : new EpisodeReplay(tx, clock);
      for (let afterSeq = 0; ; ) {
        const page = await readStream(tx, stream, afterSeq, PAGE_ROWS);
        for (const row of page) await replay.take(row);
        afterSeq += page.length;
        done += page.length;
        progress(done, total);
        if (page.length < PAGE_ROWS) break;
      }
      await replay.end();
    }
    return { streams: streams.length, rows: total };
  });
}

class AreaReplay {
  constructor(
    private readonly tx: Tx,
    private readonly stream: string,
  ) {}

  async take(row: LedgerRow): Promise<void> {
    if (row.kind === 'input') await projectAreaInput(this.tx, this.stream.slice('area/'.length), row);
  }

  async end(): Promise<void> {}
}

/** Decisions are projected by whole commands, as they were when they were appended. */
class EpisodeReplay {
  private episode: StoredEpisode | null = null;
  private command: LedgerRow[] = [];

  constructor(
    private readonly tx: Tx,
    private readonly clock: ReceiptClock,
  ) {}

  async take(row: LedgerRow): Promise<void> {
    if (row.kind === 'decision' && (this.command[0]?.commandId ?? row.commandId) === row.commandId) {
      this.command.push(row);
      return;
    }
    await this.project();
    if (row.kind === 'decision') {
      this.command.push(row);
      return;
    }
    await this.deriveUpTo(row);
    const { state } = this.episode!;
    if (row.kind === 'submission') await projectSubmission(this.tx, state.id, row);
    else await projectAudit(this.tx, state, row);
  }

  async end(): Promise<void> {
    await this.project();
    if (!this.episode) return;
    await saveEpisode(this.tx, this.episode);
    await this.derive(toPlanMs(this.episode.state.clock, await this.clock(this.tx)));
  }

  private async project(): Promise<void> {
    const [first] = this.command;
    if (!first) return;
    const { episode, written } = projectDecisions(this.tx, await readEpisodePlan(this.tx, first.planDigest), this.episode, this.command);
    await written;
    this.episode = episode;
    this.command = [];
  }

  /** A submission may discharge what opened since the last decision. */
  private async deriveUpTo(row: LedgerRow): Promise<void> {
    await this.derive(row.planAtMs);
  }

  private async derive(untilMs: number): Promise<void> {
    const episode = this.episode!;
    this.episode = await deriveThrough(this.tx, await readEpisodePlan(this.tx, episode.state.planDigest), episode, untilMs);
  }
}

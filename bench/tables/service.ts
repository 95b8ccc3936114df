/**
 * The same job as a plain table-driven service, the lower limit: a table of
 * transitions, a table of what is owed, one transaction per message. No timers,
 * no replay, no chain; a crash between two steps is the caller's to notice.
 */
import { type Pool, transaction, type Tx } from '../../db/pool.js';
import { type Act, UNITS } from '../episode/workload.js';

export const TABLES = `
  create table plain_episodes (id text primary key, phase text not null, seq bigint not null);
  create table plain_transitions (phase text, message text, next text not null, primary key (phase, message));
  create table plain_owed (episode_id text, kind text, day int, unit int, handed_in_at timestamptz, primary key (episode_id, kind, day, unit));
  create table plain_rows (episode_id text, seq bigint, message jsonb not null, recorded_at timestamptz not null, primary key (episode_id, seq));
  insert into plain_transitions values
    ('open', 'forecast', 'open'), ('open', 'step', 'reviewed'), ('reviewed', 'forecast', 'reviewed'), ('reviewed', 'step', 'responding'),
    ('responding', 'forecast', 'responding'), ('responding', 'report', 'responding'), ('responding', 'lift', 'reporting'),
    ('reporting', 'report', 'reporting'), ('reporting', 'summary', 'reporting'), ('reporting', 'office-report', 'reporting'), ('reporting', 'evaluation', 'closed')`;

const REPORT_DAYS = [2, 3, 4];

export async function take(pool: Pool, episodeId: string, message: Act): Promise<number> {
  return transaction(pool, async (tx) => {
    await tx.query(`insert into plain_episodes values ($1, 'open', 0) on conflict do nothing`, [episodeId]);
    const { rows } = await tx.query<{ phase: string; seq: number; next: string | null }>(
      `select e.phase, e.seq, t.next from plain_episodes e left join plain_transitions t on t.phase = e.phase and t.message = $2 where e.id = $1 for update of e`,
      [episodeId, message.kind],
    );
    const episode = rows[0];
    if (!episode?.next) throw new Error(`${message.kind} in ${episode?.phase}`);
    if ('unit' in message) await discharge(tx, episodeId, message.kind, 'day' in message ? message.day : 0, message.unit);
    if (episode.next !== episode.phase) await entered(tx, episodeId, episode.next);
    await tx.query('insert into plain_rows values ($1, $2, $3, clock_timestamp())', [episodeId, episode.seq + 1, JSON.stringify(message)]);
    await tx.query('update plain_episodes set phase = $2, seq = $3 where id = $1', [episodeId, episode.next, episode.seq + 1]);
    return episode.seq + 1;
  });
}

async function discharge(tx: Tx, episodeId: string, kind: string, day: number, unit: number): Promise<void> {
  const { rowCount } = await tx.query(
    'update plain_owed set handed_in_at = clock_timestamp() where episode_id = $1 and kind = $2 and day = $3 and unit = $4 and handed_in_at is null',
    [episodeId, kind, day, unit],
  );
  if (rowCount !== 1) throw new Error(`${kind} of unit ${unit} is not owed`);
}

/** What a phase makes owed. */
async function entered(tx: Tx, episodeId: string, phase: string): Promise<void> {
  const owed = phase === 'responding' ? { kind: 'report', days: REPORT_DAYS } : phase === 'reporting' ? { kind: 'summary', days: [0] } : null;
  if (!owed) return;
  await tx.query('insert into plain_owed select $1, $2, day, unit from unnest($3::int[]) as day, generate_series(0, $4 - 1) as unit', [episodeId, owed.kind, owed.days, UNITS]);
}

/** Is the record whole? Every chain, every number, and whether the read models stand where the ledger stands. */
import { CHAIN_START, type ChainFault, checkChain } from '../domain/ledger.js';
import { readStream } from './ledger/rows.js';
import { type Pool, transaction, type Tx } from './pool.js';

export interface LedgerFault {
  readonly stream: string;
  readonly seq: number;
  readonly fault: ChainFault['fault'] | 'head' | 'projection' | 'document' | 'signing-key';
  readonly expected: string;
  readonly found: string;
}

export interface LedgerCheck {
  readonly streams: number;
  readonly rows: number;
  readonly faults: readonly LedgerFault[];
}

const PAGE_ROWS = 500;

/** Recomputes every row's hash, all as of one instant, while others write on. `progress` is told rows done and rows in all. */
export function checkLedger(pool: Pool, progress: (done: number, total: number) => void = () => undefined): Promise<LedgerCheck> {
  return transaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    return check(tx, progress);
  });
}

async function check(db: Tx, progress: (done: number, total: number) => void): Promise<LedgerCheck> {
  const faults: LedgerFault[] = [];
  // Rows without a stream's head are found as well as heads without rows.
  const { rows: streams } = await db.query<{ stream: string; rows: number; seq: number | null; hash: string | null; decisionNo: number | null }>(
    `select coalesce(s.stream, l.stream) as stream, coalesce(l.rows, 0) as rows, s.seq, s.head_hash as hash, s.decision_no as "decisionNo"
     from streams s full join (select stream, count(*) as rows from ledger group by stream) l using (stream) order by 1`,
  );
  const total = streams.reduce((sum, s) => sum + s.rows, 0);
  let done = 0;
  for (const { stream, seq, hash, decisionNo } of streams) {
    let head = CHAIN_START;
    for (;;) {
      const page = await readStream(db, stream, head.seq, PAGE_ROWS);
      const checked = checkChain(page, head);
      head = checked.head;
      faults.push(...checked.faults);
      done += page.length;
      progress(done, total);
      if (page.length < PAGE_ROWS) break;
    }
    const found = `${seq ?? '-'} ${hash ?? '-'} ${decisionNo ?? '-'}`;
    const expected = `${head.seq} ${head.hash} ${head.decisionNo}`;
    if (found !== expected) faults.push({ stream, seq: head.seq, fault: 'head', expected, found });
  }
  faults.push(...(await projectionFaults(db)), ...(await documentFaults(db)));
  return { streams: streams.length, rows: total, faults };
}

/** The last decision and the number of submissions of each episode, as the ledger has them and as the read models do. */
async function projectionFaults(db: Tx): Promise<LedgerFault[]> {
  const { rows } = await db.query<LedgerFault>(
    `with recorded as (
       select substr(stream, length('episode/') + 1) as id, max(seq) filter (where kind = 'decision') as seq, count(*) filter (where kind = 'submission') as submissions
       from ledger where stream like 'episode/%' group by stream
     ), projected as (
       select e.id, e.updated_seq as seq, (select count(*) from submissions s where s.episode_id = e.id) as submissions from episodes e
     )
     select 'episode/' || id as stream, coalesce(r.seq, p.seq) as seq, 'projection' as fault,
       concat_ws(' ', 'last decision', r.seq, 'submissions', r.submissions) as expected, concat_ws(' ', 'last decision', p.seq, 'submissions', p.submissions) as found
     from recorded r full join projected p using (id)
     where (r.seq, r.submissions) is distinct from (p.seq, p.submissions) order by 1`,
  );
  return rows;
}

/** Documents that a row names by digest and nobody has kept. */
async function documentFaults(db: Tx): Promise<LedgerFault[]> {
  const { rows } = await db.query<LedgerFault>(
    `select stream, seq, 'document' as fault, digest as expected, '-' as found
     from (select stream, seq, coalesce(event ->> 'documentDigest', event ->> 'digest') as digest from ledger where kind <> 'decision') named
     where digest is not null and not exists (select 1 from documents d where d.digest = named.digest) order by stream, seq`,
  );
  return rows;
}

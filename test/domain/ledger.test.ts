import { describe, expect, test } from '@jest/globals';
import { checkChain, GENESIS_HASH, ledgerHash, type LedgerRow } from '../../domain/ledger.js';

function chain(length: number): LedgerRow[] {
  const rows: LedgerRow[] = [];
  for (let seq = 1; seq <= length; seq++) {
    const unhashed = {
      stream: 'episode/e1',
      seq,
      eventId: `c${seq}#0`,
      commandId: `c${seq}`,
      kind: 'decision' as const,
      decisionNo: seq,
      recordedAtMs: 1_700_000_000_000 + seq,
      planAtMs: 1_700_000_000_000 + seq,
      rulesVersion: '1',
      planDigest: 'p',
      event: { type: 'prompt-cleared', clause: '3.2' },
      prevHash: rows.at(-1)?.hash ?? GENESIS_HASH,
    };
    rows.push({ ...unhashed, hash: ledgerHash(unhashed) });
  }
  return rows;
}

const faultsOf = (rows: readonly LedgerRow[]) => checkChain(rows).faults.map(({ seq, fault }) => [seq, fault]);

describe('the chain of a stream', () => {
  test('is whole, also when it is checked in parts', () => {
    const rows = chain(5);
    const first = checkChain(rows.slice(0, 2));
    const rest = checkChain(rows.slice(2), first.head);
    expect([...first.faults, ...rest.faults]).toEqual([]);
    expect(rest.head).toEqual({ seq: 5, hash: rows[4]!.hash, decisionNo: 5 });
  });

  test('the same row has the same hash whatever the order of its properties', () => {
    const [row] = chain(1);
    const { hash, ...rest } = row!;
    const turned = Object.fromEntries(Object.entries(rest).reverse()) as unknown as typeof rest;
    expect(ledgerHash({ ...turned, event: { clause: '3.2', type: 'prompt-cleared' } })).toBe(hash);
  });

  test.each([
    ['a changed event', (r: LedgerRow[]) => r.with(2, { ...r[2]!, event: { type: 'prompt-cleared', clause: '3.3' } }), [[3, 'hash']]],
    ['a changed time', (r: LedgerRow[]) => r.with(1, { ...r[1]!, recordedAtMs: 1 }), [[2, 'hash']]],
    ['a row taken out', (r: LedgerRow[]) => r.toSpliced(2, 1), [[4, 'gap'], [4, 'previous-hash'], [4, 'decision-number']]],
    ['two rows exchanged', (r: LedgerRow[]) => [r[0]!, r[2]!, r[1]!, r[3]!, r[4]!], undefined],
    ['a row of another stream', (r: LedgerRow[]) => r.with(3, { ...r[3]!, stream: 'episode/e2' }), [[4, 'other-stream'], [4, 'hash']]],
    ['a row replaced with a fresh hash', (r: LedgerRow[]) => {
      const forged = { ...r[2]!, event: { type: 'episode-closed' } };
      return r.with(2, { ...forged, hash: ledgerHash(forged) });
    }, [[4, 'previous-hash']]],
  ])('%s is found at its place', (_name, tamper, expected) => {
    const found = faultsOf(tamper(chain(5)));
    if (expected) expect(found).toEqual(expected);
    else expect(found.length).toBeGreaterThan(0);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { loadAqiTables, parseAqiTables } from '../../plans/aqi-tables.js';

const text = readFileSync(new URL('../../plans/aqi/hj633.yaml', import.meta.url), 'utf8');
/** The file with one thing changed, in its first or its last occurrence. */
const changed = (from: string, to: string, which: 'first' | 'last' = 'first') => {
  const at = which === 'first' ? text.indexOf(from) : text.lastIndexOf(from);
  expect(at).toBeGreaterThanOrEqual(0);
  return text.slice(0, at) + to + text.slice(at + from.length);
};
const faultsOf = (changedText: string) => {
  const result = parseAqiTables(changedText);
  return 'faults' in result ? result.faults : [];
};

describe('R26 AQI tables as data', () => {
  test('both standards load, in the order of their dates, without a gap', () => {
    const tables = loadAqiTables();
    expect(tables.map((t) => t.id)).toEqual(['HJ633-2012', 'HJ633-2026']);
    expect(tables[0]?.effectiveUntilMs).toBe(Date.parse('2026-03-01T00:00:00+08:00'));
    expect(tables[1]?.effectiveFromMs).toBe(tables[0]?.effectiveUntilMs);
    expect(tables[1]?.effectiveUntilMs).toBeNull();
  });

  test('unordered break points are refused with their path', () => {
    expect(faultsOf(changed('[0, 35, 75, 115,', '[0, 35, 115, 75,'))).toEqual([{ path: 'standards.0.points.pm25_24h.3', reason: '75 does not lie above 115' }]);
    expect(faultsOf(changed('pm25_24h: [0,', 'pm25_24h: [1,', 'last'))).toEqual([{ path: 'standards.1.points.pm25_24h.0', reason: 'the first point must be 0' }]);
  });

  test('overlapping dates, a gap between dates and a wrong order are refused', () => {
    const path = 'standards.1.effectiveFrom';
    expect(faultsOf(changed("effectiveUntil: '2026-03-01", "effectiveUntil: '2026-03-02"))).toEqual([{ path, reason: 'overlaps HJ633-2012, which is in force beyond it' }]);
    expect(faultsOf(changed("effectiveUntil: '2026-03-01", "effectiveUntil: '2026-02-01"))).toEqual([{ path, reason: 'leaves a time without a table after HJ633-2012' }]);
    expect(faultsOf(changed("effectiveFrom: '2026-03-01", "effectiveFrom: '2010-03-01", 'last'))).toEqual([{ path, reason: 'is not after that of HJ633-2012' }]);
    expect(faultsOf(changed("effectiveUntil: '2026-03-01", "effectiveUntil: '2011-03-01"))[0]).toEqual({ path: 'standards.0.effectiveUntil', reason: 'does not lie after effectiveFrom' });
  });

  test('a missing column, too many points, a second table of one id and a strange key are refused', () => {
    expect(faultsOf(changed('      so2_1h: [0, 150, 500, 650, 800]\n', ''))[0]?.path).toBe('standards.0.points.so2_1h');
    expect(faultsOf(changed('250, 350, 500]', '250, 350, 500, 600]'))[0]).toEqual({ path: 'standards.0.points.pm25_24h', reason: 'has more points than iaqi has values (8)' });
    expect(faultsOf(changed('id: HJ633-2026', 'id: HJ633-2012'))).toEqual([{ path: 'standards.1.id', reason: 'HJ633-2012 is already taken' }]);
    expect(faultsOf(changed('o3ValidHoursOf8: 6', 'o3Valid: 6')).map((f) => f.path)).toContain('standards.0.o3ValidHoursOf8');
  });

  test('a file that is no YAML, or no such file, is refused', () => {
    expect(faultsOf('id: [')).toHaveLength(1);
    expect(() => loadAqiTables('no-such-standard')).toThrow(/no-such-standard/);
  });
});

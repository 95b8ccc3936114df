import { describe, expect, test } from '@jest/globals';
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { Consequences } from '../../console/pages/approval-after.js';
import { headline } from '../../console/pages/approval-parts.js';
import { Frame } from '../../console/parts/say.js';
import { texts } from '../../console/texts/index.js';
import type { Page } from '../../console/web/page.js';
import type { EpisodeState, Evidence } from '../../domain/episode/state.js';
import type { LevelId } from '../../domain/plan.js';
import { HOUR_MS, startOfDayMs } from '../../domain/time.js';
import { loadPlan } from '../../plans/load.js';

const plan = loadPlan('kuitun-2023');
/** Monday, 10:00. */
const NOW_MS = startOfDayMs('2026-01-05') + 10 * HOUR_MS;
const page = { lang: 'zh', t: texts.zh, nowMs: NOW_MS, tell: (text: { zh: string }) => text.zh } as unknown as Page;
const EVIDENCE: Evidence = { action: 'publish', level: 'orange', fromLevel: null, effectiveAtMs: NOW_MS + 2 * HOUR_MS, expectedEndMs: null, primaryPollutants: [], clause: '3.3.2(2)', assessmentId: null, gradedLevel: null, consultationId: null, subject: null, correction: null, text: '呈请', missing: [] };

/** The line above the fold, and the whole. */
function told(evidence: Partial<Evidence>, current: LevelId | null): { line: string; all: string } {
  const levels = current === null ? [] : [{ level: current, responseLevel: current, fromMs: NOW_MS - 24 * HOUR_MS, noticeId: 'N1', orderId: null, begun: true }];
  const state = { levels, lift: null, measureChanges: [] } as unknown as EpisodeState;
  const by = { accountId: 'a', name: '某某', role: 'management', unitId: null, delegation: null } as const;
  const html = renderToString(h(Frame, { page, children: h(Consequences, { plan, state, nextRole: null, request: { evidence: { ...EVIDENCE, ...evidence }, submittedBy: by, openedAtMs: NOW_MS } }) }));
  const plain = (part: string) => part.replace(/<[^>]+>/g, '');
  return { line: plain(/<summary>(.*?)<\/summary>/s.exec(html)![1]!), all: plain(html) };
}
const measuresOf = (...levels: string[]) => plan.measures.filter((m) => levels.includes(m.level)).length;

describe('what an approval brings about, and what holds until then', () => {
  test('publish: whom it tells, the measures that start, the first daily report as an instant', () => {
    const { line, all } = told({}, null);
    expect(line).toBe(`批准后：通知25个单位；启动${measuresOf('yellow', 'orange')}项措施；单位日报 1月6日（星期二）12:00前（内部要求）`);
    expect(all).toContain('未批复前：不发布');
    expect(all).toMatch(/启动情况[^：]*：1月5日（星期一）14:00（内部要求、4小时内）/);
    expect(all).toContain('1月6日（星期二）24:00（预案期限');
  });

  test('raise: the higher level’s own measures, the start-up report', () => {
    const { line, all } = told({ action: 'raise', level: 'red', fromLevel: 'orange', effectiveAtMs: null }, 'orange');
    expect(line).toContain(`启动${measuresOf('red')}项措施`);
    expect(line).toContain('1月5日（星期一）14:00前');
    expect(all).toContain('未批复前：维持橙色预警');
  });

  test('lower: nothing starts; the measures that end are counted and listed', () => {
    const { line, all } = told({ action: 'lower', level: 'yellow', fromLevel: 'orange' }, 'orange');
    expect(line).toBe(`批准后：通知25个单位；停止${measuresOf('orange')}项措施`);
    expect(all).toContain(plan.measures.find((m) => m.level === 'orange')!.text.zh);
    expect(all).toContain('停止执行的措施');
    expect(all).not.toContain('开始执行的措施');
  });

  test('lift: every measure ends; the summaries fall due from its taking effect', () => {
    const { line, all } = told({ action: 'lift', level: null, fromLevel: 'orange' }, 'orange');
    expect(line).toContain(`停止${measuresOf('yellow', 'orange')}项措施`);
    expect(line).toContain('1月6日（星期二）12:00前');
    expect(all).toContain('未批复前：维持橙色预警');
  });

  test('R21: the lift of a part ends no measure and owes no summary; the page names the part', () => {
    const part = { zh: '城西片区', en: 'the west' };
    const { line, all } = told({ action: 'lift', level: null, fromLevel: 'orange', part }, 'orange');
    expect(line).toBe('批准后：通知25个单位；其余区域继续响应');
    expect(all).not.toContain('总结');
    expect(headline(page, plan, { ...EVIDENCE, action: 'lift', level: null, fromLevel: 'orange', part })).toBe('请批准：仅在城西片区解除重污染天气橙色预警');
  });

  test.each([
    ['relay', '批准后：向成员单位转发命令', '未签发前：命令照样有效'],
    ['correct', '批准后：通知25个单位', '未批复前：原通知仍然有效'],
    ['evaluate', '批准后：本次过程结束', '未批复前：本次过程不结束'],
  ] as const)('%s: no measure is spoken of', (action, line, until) => {
    const shown = told({ action, fromLevel: 'orange' }, 'orange');
    expect(shown.line).toBe(line);
    expect(shown.all).toContain(until);
  });
});

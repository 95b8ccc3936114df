import { describe, expect, test } from '@jest/globals';
import type { Story } from '../../support/episode.js';
import {
  act,
  air,
  by,
  consult,
  DAY,
  given,
  HOUR,
  IN_FORCE,
  liftIssued,
  CLEAR,
  MINUTE,
  note,
  order,
  published,
  receive,
  reporting,
  LIFT,
  responding,
  step,
  submit,
  T0,
  underFirstRules,
} from '../../support/episode.js';

const correct = (noticeId: string, kind: 'correction' | 'recall' = 'correction', text = '生效时间更正') =>
  by('management', { type: 'propose-correction', noticeId, kind, text });
const AT = T0 + 4 * HOUR;

function decided(story: Story, at: number): Story {
  let done = story;
  while (done.state.requests.some((r) => r.evidence.action !== 'relay')) {
    const { action } = done.state.requests.find((r) => r.evidence.action !== 'relay')?.evidence ?? {};
    done = given(done)
      .when(step('approve', action ? { action } : {}), at)
      .story();
  }
  return done;
}

describe('R32: a published notice is never edited (3.3.4, 5.2)', () => {
  test('a correction goes the notice’s own chain, supersedes it, and is owed and acknowledged again', () => {
    const asked = given(published('orange'))
      .when(correct('N1'), AT)
      .then({ type: 'request-opened', evidence: { action: 'correct', subject: 'N1', correction: 'correction', level: 'orange' } });
    const done = decided(asked, AT);
    expect(done.last('notice-corrected')).toMatchObject({
      kind: 'correction',
      notice: { id: 'N2', action: 'correct', supersedes: 'N1', text: '生效时间更正' },
    });
    expect(
      [
        ...new Set(
          done
            .owed(AT)
            .filter((o) => o.ref === 'N2')
            .map((o) => o.kind),
        ),
      ].sort(),
    ).toEqual(['acknowledgement', 'prefecture-filing', 'site-publication', 'zone-notice']);
    expect(done.state.notices.map((n) => n.id)).toEqual(['N1', 'N2']);
    given(done)
      .when(correct('N1'), AT + HOUR)
      .refused('already-done');
  });

  describe('R33: what changes a lift is told to those who were told of it, and filed with nobody', () => {
    const owedFor = (story: Story, at: number, noticeId: string) => [...new Set(story.owed(at).filter((o) => o.ref === noticeId).map((o) => o.kind))].sort();
    const AS_A_LIFT = ['acknowledgement', 'site-publication', 'zone-lift-instruction'];
    const at = CLEAR + HOUR;
    const changes: Record<string, (story: Story) => Story> = {
      corrected: (story) => decided(given(story).when(correct('N2'), at).story(), at),
      postponed: (story) => given(story).when(by('management', { type: 'postpone-lift', toMs: LIFT + DAY, reason: '反弹' }), at).then('lift-postponed'),
      rescinded: (story) => given(story).when(by('management', { type: 'rescind-lift', reason: '反弹' }), at).then('lift-rescinded'),
    };

    test.each(Object.keys(changes))('%s: the site, the zone, the acknowledgements; no filing', (change) => {
      const changed = changes[change]!(liftIssued());
      expect(owedFor(changed, at, 'N3')).toEqual(AS_A_LIFT);
      expect(changed.owed(at, 'prefecture-filing').filter((o) => o.ref === 'N3')).toEqual([]);
    });

    test('a correction of a correction of a lift still is; the prefecture is no recipient', () => {
      const twice = decided(given(changes['corrected']!(liftIssued())).when(correct('N3'), at).story(), at);
      expect(owedFor(twice, at, 'N4')).toEqual(AS_A_LIFT);
      expect(twice.last('notice-corrected').notice.recipients).toEqual(twice.last('lift-issued').notice.recipients);
    });

    test('under rules version 1 a correction was filed, and the others owed nothing', () => {
      const old = () => underFirstRules(liftIssued());
      expect(owedFor(changes['corrected']!(old()), at, 'N3')).toContain('prefecture-filing');
      for (const change of ['postponed', 'rescinded']) expect(owedFor(changes[change]!(old()), at, 'N3')).toEqual([]);
    });
  });

  test('by the management group, with its text, one at a time, of a notice there is', () => {
    given(published())
      .when(by('unit', { type: 'propose-correction', noticeId: 'N1', kind: 'correction', text: 'x' }), AT)
      .refused('not-your-role');
    given(published())
      .when(correct('N1', 'correction', ''), AT)
      .refused('reason-required');
    given(published()).when(correct('N7'), AT).refused('unknown-reference');
    given(given(published()).when(correct('N1'), AT).story())
      .when(correct('N1'), AT)
      .refused('request-open');
  });

  test('issued by mistake: recalled, the response ends at once and the episode ends withdrawn', () => {
    const recalled = decided(
      given(responding('yellow'))
        .when(correct('N1', 'recall', '误发'), IN_FORCE + MINUTE)
        .story(),
      IN_FORCE + HOUR,
    );
    expect(recalled.events.slice(-3).map((e) => e.type)).toEqual(['notice-corrected', 'lift-issued', 'response-ended']);
    expect(recalled.state).toMatchObject({ phase: 'reporting', lift: { cause: 'recall' } });
    const evaluated = recalled.until(IN_FORCE + 6 * DAY);
    const asked = given(evaluated)
      .when(by('management', { type: 'submit-evaluation', documentDigest: 'd', summary: '', missing: [] }), IN_FORCE + 6 * DAY)
      .story();
    expect(decided(asked, IN_FORCE + 6 * DAY).last('episode-closed')).toMatchObject({ ending: 'withdrawn', reason: 'recall' });
    given(reporting())
      .when(correct('N1', 'recall', '误发'), LIFT + HOUR)
      .refused('wrong-phase');
  });

  test('a raise recalled: the level before holds again; what a superior order demands is kept', () => {
    const at = T0 + 2 * DAY;
    const worse = note(air(at, { processes: [{ level: 'red', from: T0, to: at + DAY }], raise: 'red' }));
    const held = given(given(responding('yellow').until(at)).when(worse, at).story())
      .when(consult('raise', 'red'), at)
      .story();
    const raised = decided(given(held).when(submit('raise', 'red'), at).story(), at);
    const back = decided(
      given(raised)
        .when(correct('N2', 'recall', '误发'), at + MINUTE)
        .story(),
      at + MINUTE,
    );
    expect(back.last('warning-lowered')).toMatchObject({ from: 'red', notice: { level: 'yellow', effectiveAtMs: at + MINUTE } });
    const floor = given(raised)
      .when(receive(order('O1', 'start', { receivedAtMs: at, effectiveAtMs: at, level: 'orange' })), at)
      .story();
    const asked = given(floor)
      .when(correct(floor.state.levels.at(-1)?.noticeId ?? '', 'recall', '误发'), at + MINUTE)
      .story();
    const kept = given(
      given(asked)
        .when(step('approve', { action: 'correct' }), at + MINUTE)
        .story(),
    )
      .when(step('approve', { action: 'correct' }), at + MINUTE)
      .story();
    expect(kept.last('warning-lowered')).toMatchObject({ notice: { level: 'orange' } });
  });

  test('a lift recalled before it takes effect is taken back', () => {
    const asked = given(liftIssued())
      .when(correct('N2', 'recall', '误发'), CLEAR + HOUR)
      .story();
    expect(decided(asked, CLEAR + HOUR + MINUTE)).toMatchObject({ state: { phase: 'responding', lift: null } });
  });
});

describe('R21: measures by recorded order (4.2)', () => {
  const change = {
    kind: 'exempt',
    measureId: 'y-industry',
    scope: { zh: '热电厂', en: 'heating plant' },
    fromMs: IN_FORCE,
    toMs: null,
    basis: '保障类',
  } as const;
  const adjust =
    (of = {}, role: 'management' | 'unit' = 'management') =>
    (_: Story, at: number) => ({ type: 'adjust-measures' as const, change: { ...change, ...of }, act: act(role, at) });

  test('added, suspended or exempted for a scope, with its basis, by the office', () => {
    given(responding())
      .when(adjust(), IN_FORCE)
      .then({ type: 'measures-adjusted', change: { id: 'M1', kind: 'exempt', scope: { zh: '热电厂' } } });
    given(responding()).when(adjust({}, 'unit'), IN_FORCE).refused('not-your-role');
    given(responding())
      .when(adjust({ basis: ' ' }), IN_FORCE)
      .refused('reason-required');
    given(responding())
      .when(adjust({ toMs: IN_FORCE }), IN_FORCE)
      .refused('invalid');
    given(reporting()).when(adjust(), LIFT).refused('wrong-phase');
  });
});

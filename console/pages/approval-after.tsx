/** What follows if it is approved, and if it is not. */
import { timeOf } from '../../domain/episode/deadlines.js';
import type { EpisodeState, Evidence, LevelSpan, Request } from '../../domain/episode/state.js';
import { measuresInForce } from '../../domain/measures.js';
import type { Measure, ObligationRule, Plan, Trigger } from '../../domain/plan.js';
import { DAY_MS, dayStartMs, nextWholeHourMs } from '../../domain/time.js';
import { levelName, ruleText, TRIGGERS } from '../parts/plan-words.js';
import { Clause, Say, Time, usePage } from '../parts/say.js';
import { limitText } from '../web/time.js';

interface ConsequencesProps {
  readonly plan: Plan;
  readonly state: EpisodeState;
  readonly request: Pick<Request, 'evidence' | 'submittedBy' | 'openedAtMs'>;
  readonly nextRole: string | null;
}

/** In a line what counts; the rest is folded. */
export function Consequences({ plan, state, request, nextRole }: ConsequencesProps) {
  const page = usePage();
  const { t, lang, nowMs } = page;
  const { evidence } = request;
  const { action } = evidence;
  const notice = action === 'relay' || action === 'evaluate' ? null : plan.notices[action];
  const { starting, ending } = changedMeasures(plan, state, evidence, nowMs);
  const owed = owedFirst(plan, evidence, nowMs);
  const first = FIRST_TOLD.flatMap((kind) => owed.find((o) => o.rule.kind === kind) ?? [])[0];
  const firstAtMs = first?.targetAtMs ?? first?.dueAtMs ?? null;
  const line = [
    ...(nextRole === null ? [] : [t.approval.nextStep(nextRole)]),
    ...(notice?.recipients.includes('units') ? [t.approval.unitsTold(plan.units.length)] : []),
    ...(starting.length > 0 ? [t.approval.starting(starting.length)] : []),
    ...(ending.length > 0 ? [t.approval.ending(ending.length)] : []),
    ...(evidence.part ? [t.approval.restStands] : []),
    ...(first && firstAtMs !== null ? [`${page.tell(first.rule.title).replace(/[（(].*$/, '').trim()} ${t.approval.before(limitText(firstAtMs, nowMs, lang))}`] : []),
    ...(action === 'evaluate' ? [t.approval.closes] : action === 'relay' ? [t.approval.relayed] : []),
  ];
  return (
    <div class="after">
      <details>
        <summary>
          {t.approval.after}
          {t.common.colon}
          {line.join(t.common.semicolon)}
        </summary>
        {notice && <p>{notice.recipients.flatMap((r) => (r === 'units' ? [] : [t.approval.others[r]])).join(t.common.semicolon)}</p>}
        <h3>{t.approval.said}</h3>
        <p>
          {request.submittedBy.name}（{t.role[request.submittedBy.role]}）<Time at={request.openedAtMs} />
        </p>
        <p class="said">{evidence.text}</p>
        {owed.length > 0 && <Owed of={owed} />}
        <Measures title={t.approval.startingTitle} of={starting} />
        <Measures title={t.approval.endingTitle} of={ending} />
      </details>
      <p>{t.approval.until[action](levelName(page, plan, state.levels.at(-1)?.level ?? null))}</p>
    </div>
  );
}

/** Which of them the line names: the report that is the action's own. */
const FIRST_TOLD = ['daily-report', 'summary-report', 'startup-report'] as const;

function Measures({ title, of }: { title: string; of: readonly Measure[] }) {
  if (of.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {of.map((m) => (
          <li key={m.id}>
            <Say text={m.text} /> <Clause of={m.clause} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Owed({ of }: { of: readonly OwedFirst[] }) {
  const { t } = usePage();
  return (
    <>
      <h3>{t.plan.deadlines}</h3>
      <p class="hint">{t.approval.ifNow}</p>
      <ul>
        {of.map(({ rule, targetAtMs, dueAtMs }) => (
          <li key={rule.kind}>
            <Say text={rule.title} />
            {rule.target && targetAtMs !== null && (
              <>
                {t.common.colon}
                <Time at={targetAtMs} limit />（{t.common.target}
                {t.common.comma}
                {ruleText(t, rule.target)}）
              </>
            )}
            {rule.due && dueAtMs !== null && (
              <>
                {t.common.colon}
                <Time at={dueAtMs} limit />（{t.common.due}
                {t.common.comma}
                {ruleText(t, rule.due)}）
              </>
            )}{' '}
            <Clause of={rule.clause} />
          </li>
        ))}
      </ul>
    </>
  );
}

interface OwedFirst {
  readonly rule: ObligationRule;
  readonly targetAtMs: number | null;
  readonly dueAtMs: number | null;
}

/** R7: what was to begin before the approval came begins at the next whole hour. */
function effectiveMs({ effectiveAtMs }: Evidence, nowMs: number): number {
  return effectiveAtMs !== null && effectiveAtMs >= nowMs ? effectiveAtMs : nextWholeHourMs(nowMs);
}

/** What is owed first, and when: as if it were approved now. */
function owedFirst(plan: Plan, evidence: Evidence, nowMs: number): OwedFirst[] {
  const fromMs = effectiveMs(evidence, nowMs);
  // The lift of a part ends no response (R21).
  const triggers = evidence.part ? TRIGGERS[evidence.action].filter((of) => of !== 'lifted') : TRIGGERS[evidence.action];
  return plan.obligations.flatMap((rule): OwedFirst[] => {
    const trigger = rule.triggers.find((of) => triggers.includes(of));
    if (!trigger) return [];
    const at = (of: typeof rule.target, afterMs: number) => of && timeOf(of, originOf(trigger, nowMs, fromMs, afterMs), plan.settings.counting);
    // A day that begins after its own work's limit owes none: the next is the first.
    const afterMs = (at(rule.target ?? rule.due, 0) ?? Infinity) <= fromMs && trigger === 'response-day' ? DAY_MS : 0;
    return [{ rule, targetAtMs: at(rule.target, afterMs), dueAtMs: at(rule.due, afterMs) }];
  });
}

function originOf(trigger: Trigger, nowMs: number, effectiveAtMs: number, afterMs: number) {
  const startMs = dayStartMs(effectiveAtMs + afterMs);
  switch (trigger) {
    case 'response-day':
      return { atMs: startMs + DAY_MS, dayStartMs: startMs };
    case 'lifted':
      return { atMs: effectiveAtMs, dayStartMs: startMs };
    default:
      return { atMs: nowMs, dayStartMs: dayStartMs(nowMs) };
  }
}

/** By the same rule that tells units what is in force: before it takes effect, and from then on. */
function changedMeasures(plan: Plan, state: EpisodeState, evidence: Evidence, nowMs: number): { starting: Measure[]; ending: Measure[] } {
  const { action, level, part } = evidence;
  if (action === 'relay' || action === 'correct' || action === 'evaluate' || part) return { starting: [], ending: [] };
  const atMs = effectiveMs(evidence, nowMs);
  const at = (levels: readonly LevelSpan[]) => measuresInForce(plan, { levels, lift: null, measureChanges: state.measureChanges }, atMs).map((m) => m.measure);
  const before = at(state.levels);
  const after = level === null ? [] : at([...state.levels.filter((s) => s.fromMs < atMs), { level, responseLevel: level, fromMs: atMs, noticeId: '', orderId: null, begun: false }]);
  return { starting: after.filter((m) => !before.includes(m)), ending: before.filter((m) => !after.includes(m)) };
}

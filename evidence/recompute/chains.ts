/**
 * Approvals read from the rows alone (3.3.4, 3.3.6, 5.2; R12, R14, R30): what
 * takes effect has its whole chain, each step by its own role and person, on
 * the evidence that was shown; or it rests on a superior order.
 */
import { type Act, isOral, type Signatory } from '../../domain/act.js';
import { digestOf } from '../../domain/digest.js';
import { chainOf } from '../../domain/episode/decide/chains.js';
import type { EpisodeEvent, EventOf, NoticeFacts } from '../../domain/episode/events.js';
import type { Evidence } from '../../domain/episode/state.js';
import type { LedgerRow } from '../../domain/ledger.js';
import type { SuperiorOrder } from '../../domain/order.js';
import { rankOf } from '../../domain/plan.js';
import { delegatorsIn } from '../delegations.js';
import type { Tell } from '../fault.js';
import { type Frame, handle, type Visitor } from '../walk.js';
import { rowName } from './names.js';

interface Open {
  readonly evidence: Evidence;
  readonly evidenceDigest: string;
  /** Accounts: of whoever signed, and of whoever a hat was delegated by. */
  readonly submittedBy: readonly string[];
  readonly approvedBy: readonly string[];
  /** How many steps have been taken. */
  readonly steps: number;
}

type Effect = EventOf<'warning-published' | 'warning-raised' | 'warning-lowered' | 'lift-issued'>;
const ACTION = { 'warning-published': 'publish', 'warning-raised': 'raise', 'warning-lowered': 'lower', 'lift-issued': 'lift' } as const;

/** What a superior order of a kind may bring about: the level one lowers to binds like any other; a lift leaves the level that another order still demands. */
const ORDERED: Readonly<Record<(typeof ACTION)[Effect['type']], readonly SuperiorOrder['kind'][]>> = {
  publish: ['start', 'raise', 'lower'],
  raise: ['start', 'raise', 'lower'],
  lower: ['lower', 'lift'],
  lift: ['lift'],
};

export function chainsComplete({ plan, record }: Frame, tell: Tell): Visitor {
  const delegators = delegatorsIn(record.areaRows);
  const requests = new Map<string, Open>();
  const orders = new Map<string, SuperiorOrder>();
  /** Warnings told of so far, by their notice. */
  const told = new Map<string, Pick<NoticeFacts, 'level' | 'effectiveAtMs'> & { readonly orderId: string | null }>();

  /** A delegate's hand is the delegator's too: between them they take one step (R14). */
  function handsOf({ accountId, delegation }: Signatory): readonly string[] {
    const giver = delegation && delegators.get(delegation.id);
    return giver ? [accountId, giver] : [accountId];
  }

  function opened(row: LedgerRow, { requestId, evidence, evidenceDigest, act, type }: EventOf<'request-opened' | 'request-renewed'>): void {
    if (digestOf(evidence) !== evidenceDigest) tell(rowName(row), 'the digest put before the approvers is not that of the evidence');
    const submittedBy = type === 'request-opened' ? handsOf(act.actor) : (requests.get(requestId)?.submittedBy ?? []);
    requests.set(requestId, { evidence, evidenceDigest, submittedBy, approvedBy: [], steps: 0 });
  }

  function decided(row: LedgerRow, event: EventOf<'approval-decided'>): void {
    const { requestId, step, decision, evidenceDigest, act } = event;
    const request = requests.get(requestId);
    if (!request) return tell(rowName(row), `request ${requestId} was never opened`);
    const { clause, steps } = chainOf(plan, request.evidence);
    const { role, name } = act.actor;
    const wanted = steps[step];
    if (step !== request.steps) tell(rowName(row), `step ${step + 1} was taken when step ${request.steps + 1} was the one open (${clause})`);
    if (wanted?.role !== role) tell(rowName(row), `step ${step + 1} is for the ${wanted?.role ?? 'nobody'}, ${name} decided as ${role} (${clause})`);
    if (!plan.settings.onePersonTwoSteps && handsOf(act.actor).some((hand) => [...request.submittedBy, ...request.approvedBy].includes(hand))) tell(rowName(row), `${name} takes two steps of ${requestId} (R14)`);
    if (evidenceDigest !== request.evidenceDigest) tell(rowName(row), 'decided on other evidence than was put up');
    tellUnsigned(row, act);
    if (act.channel !== 'online' && plan.settings.phonePeople === 2 && !isWitnessed(act)) tell(rowName(row), `an approval by ${act.channel} recorded by one person (R30)`);
    if (decision === 'approve') requests.set(requestId, { ...request, steps: request.steps + 1, approvedBy: [...request.approvedBy, ...handsOf(act.actor)] });
    else requests.delete(requestId);
  }

  /** R14, R30: online is by one's own hand, and what was signed on paper is seen on the paper. */
  function tellUnsigned(row: LedgerRow, { channel, actor, recordedBy, entry, evidence }: Act): void {
    if (channel === 'online' && (recordedBy.accountId !== actor.accountId || entry !== 'direct')) tell(rowName(row), `${recordedBy.name} entered it for ${actor.name} as decided online: online is by one's own hand, in one's own time (R14, R30)`);
    if ((channel === 'paper' || channel === 'fax') && evidence.length === 0) tell(rowName(row), `an approval by ${channel} without the ${channel} (R30)`);
  }

  /** The request behind an effect: there, and approved to its last step. */
  function approved(row: LedgerRow, requestId: string, action: Evidence['action']): Evidence | null {
    const request = requests.get(requestId);
    if (!request) {
      tell(rowName(row), `rests on request ${requestId}, which is not open`);
      return null;
    }
    const { clause, steps } = chainOf(plan, request.evidence);
    const missing = steps.slice(request.steps).map((s) => s.role);
    if (missing.length > 0) tell(rowName(row), `took effect without the approval of the ${missing.join(' and the ')} (${clause})`);
    if (request.evidence.action !== action) tell(rowName(row), `rests on request ${requestId}, which asked for "${request.evidence.action}"`);
    requests.delete(requestId);
    return request.evidence;
  }

  /**
   * By a notice in place of its own: what was announced for later stands again, as it was, after an order's level (3.3.3);
   * where an order was ended before its time, what orders had announced for later is no lower than they had it (3.3.6).
   */
  function isAgain({ type, notice }: Effect, batch: readonly EpisodeEvent[]): boolean {
    const was = told.get(notice.supersedes ?? '');
    if (!was || type === 'lift-issued' || was.effectiveAtMs !== notice.effectiveAtMs) return false;
    const ended = batch.flatMap((e) => (e.type === 'order-took-effect' ? e.ended : []));
    if (was.orderId !== null && ended.length > 0 && rankOf(plan, notice.level) >= rankOf(plan, was.level)) return true;
    const isAfterAnOrder = batch.some((e) => (e.type === 'warning-published' || e.type === 'warning-raised') && e.orderId !== null && orders.has(e.orderId));
    return was.level === notice.level && (isAfterAnOrder || ended.length > 0);
  }

  function effect(row: LedgerRow, event: Effect, batch: readonly EpisodeEvent[]): void {
    const action = ACTION[event.type];
    const again = isAgain(event, batch);
    told.set(event.notice.id, { ...event.notice, orderId: 'orderId' in event ? event.orderId : null });
    if (event.requestId !== null) {
      const evidence = approved(row, event.requestId, action);
      const level = event.type === 'lift-issued' ? null : event.notice.level;
      if (evidence && action !== 'lift' && evidence.level !== level) tell(rowName(row), `the approvers saw ${evidence.level ?? 'no level'}, ${level ?? 'none'} took effect`);
      if (event.type === 'lift-issued' && evidence?.part) tell(rowName(row), `the approvers saw a lift for ${evidence.part.zh}, the whole area was lifted (R21)`);
      return;
    }
    const orderId = event.type === 'lift-issued' ? event.lift.orderId : event.orderId;
    const takesBack = batch.some((e) => (e.type === 'notice-corrected' && e.kind === 'recall') || (e.type === 'order-checked' && !e.confirmed));
    if (takesBack || again) return;
    const order = orderId === null ? undefined : orders.get(orderId);
    if (!order) return tell(rowName(row), `took effect with neither an approved request nor a superior order (3.3.3, 3.3.4)`);
    if (!ORDERED[action].includes(order.kind)) tell(rowName(row), `order ${order.id} is to ${order.kind}, not to ${action}`);
  }

  /** R21: for the part, and no other, that was put before the approvers; and so it is told. */
  function partLifted(row: LedgerRow, { requestId, part, notice }: EventOf<'part-lifted'>): void {
    const evidence = approved(row, requestId, 'lift');
    for (const named of [part, notice.part]) {
      if (evidence && digestOf(named ?? null) !== digestOf(evidence.part ?? null)) tell(rowName(row), `the approvers saw a lift for ${evidence.part?.zh ?? 'the whole area'}, ${named?.zh ?? 'the whole area'} was lifted (R21)`);
    }
  }

  function closed(row: LedgerRow, { ending }: EventOf<'episode-closed'>): void {
    if (ending !== 'completed') return;
    const evaluation = [...requests].find(([, r]) => r.evidence.action === 'evaluate');
    if (evaluation) approved(row, evaluation[0], 'evaluate');
    else tell(rowName(row), 'closed as completed without an evaluation (5.2)');
  }

  function see(row: LedgerRow, event: EpisodeEvent, batch: readonly EpisodeEvent[]): void {
    handle<unknown>(event, {
      'request-opened': (e) => opened(row, e),
      'request-renewed': (e) => opened(row, e),
      'approval-decided': (e) => decided(row, e),
      'request-withdrawn': (e) => requests.delete(e.requestId),
      'order-received': (e) => orders.set(e.order.id, e.order),
      'warning-published': (e) => effect(row, e, batch),
      'warning-raised': (e) => effect(row, e, batch),
      'warning-lowered': (e) => effect(row, e, batch),
      'lift-issued': (e) => effect(row, e, batch),
      'part-lifted': (e) => partLifted(row, e),
      'notice-corrected': (e) => approved(row, e.requestId, 'correct'),
      'relay-signed': (e) => approved(row, e.requestId, 'relay'),
      'episode-closed': (e) => closed(row, e),
    });
  }

  return { batch: ({ rows, events }) => rows.forEach((row, i) => see(row, events[i] ?? (row.event as EpisodeEvent), events)) };
}

/** Two people at the phone: one who spoke, one who wrote, one who heard it too. */
function isWitnessed({ actor, recordedBy, witness }: Act): boolean {
  return witness !== null && witness.accountId !== recordedBy.accountId && witness.accountId !== actor.accountId;
}

/** What was only said is signed later by whoever said it, or stands on record as missing (补签, R30). */
export function oralApprovalsSigned(_frame: Frame, tell: Tell): Visitor {
  const owed = new Map<string, { readonly row: LedgerRow; readonly act: Act }>();
  const missing = new Set<string>();

  return {
    batch({ rows, events }) {
      events.forEach((event, i) => {
        const row = rows[i];
        if (!row) return;
        if (event.type === 'approval-decided' && isOral(event.act)) owed.set(`${event.requestId}.${event.step}`, { row, act: event.act });
        if (event.type === 'approval-countersigned') signed(row, event);
        if (event.type === 'deadlines-settled') for (const { groupId, open } of event.groups) if (open.length > 0) missing.add(groupId);
      });
    },
    end({ state }) {
      if (state?.phase !== 'closed') return;
      for (const [ref, { row, act }] of owed) {
        if (!missing.has(`countersignature:${ref}`)) tell(rowName(row), `${act.actor.name} approved by ${act.channel} and never signed, and no row says that it is missing (R30)`);
      }
    },
  };

  function signed(row: LedgerRow, { requestId, step, act }: EventOf<'approval-countersigned'>): void {
    const ref = `${requestId}.${step}`;
    const spoken = owed.get(ref);
    if (!spoken) return tell(rowName(row), `there is no approval by phone of step ${step + 1} of ${requestId} to sign`);
    if (spoken.act.actor.accountId !== act.actor.accountId) tell(rowName(row), `${act.actor.name} signs what ${spoken.act.actor.name} approved`);
    if (act.recordedBy.accountId !== act.actor.accountId) tell(rowName(row), `${act.recordedBy.name} entered the signature of ${act.actor.name}: a signature is by one's own hand (R30)`);
    if (isOral(act)) tell(rowName(row), 'a countersignature is signed, not said');
    if (act.channel !== 'online' && act.evidence.length === 0) tell(rowName(row), `a countersignature by ${act.channel} without the ${act.channel} (R30)`);
    owed.delete(ref);
  }
}

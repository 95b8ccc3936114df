/* Follows the rows by the plan in the bundle, by code of its own: who had to approve, what fell due when, what was late. All else is recomputed by "qingkong verify". */
'use strict';

const DAY_MS = 86400000;
const BEIJING_MS = 8 * 3600000;
const dayStart = (day) => Date.parse(`${day}T00:00:00Z`) - BEIJING_MS;
const dayOf = (ms) => new Date(ms + BEIJING_MS).toISOString().slice(0, 10);
/** When an act counts as done: a direct one when it was recorded, another when it is said to have happened. */
const attested = (act, atMs) => (act.entry === 'direct' ? atMs : act.occurredAtMs);
const isSaid = (act) => act.channel === 'phone' || act.channel === 'meeting';

function checkDecisions(rows, areaRows, plan, obligations, asOfMs, tell) {
  const decisions = rows.filter((r) => r.kind === 'decision');
  checkApprovals(decisions, areaRows, plan, tell);
  checkSubmissions(rows, tell);
  checkObligations(rows, decisions, plan, obligations, asOfMs, tell);
}

const EFFECTS = { 'warning-published': 'publish', 'warning-raised': 'raise', 'warning-lowered': 'lower', 'lift-issued': 'lift', 'part-lifted': 'lift', 'notice-corrected': 'correct', 'relay-signed': 'relay' };
const MAY_ORDER = { publish: ['start', 'raise', 'lower'], raise: ['start', 'raise', 'lower'], lower: ['lower', 'lift'], lift: ['lift'] };

/** 3.3.4: what took effect has every step of its chain, each by its role, by different people, on what was put before them; or a superior order. */
function checkApprovals(rows, areaRows, plan, tell) {
  // Whoever gave a delegation, by its id: a delegate's hand is the delegator's too (R14).
  const givers = new Map(areaRows.filter((r) => r.event.type === 'access-changed' && r.event.change === 'delegated').map(({ event: { detail } }) => [detail.delegationId, detail.from]));
  const handsOf = ({ accountId, delegation }) => (delegation && givers.has(delegation.id) ? [accountId, givers.get(delegation.id)] : [accountId]);
  const open = new Map();
  const spoken = new Map();
  const orders = new Map();
  const told = new Map();
  const rank = (level) => plan.levels.findIndex((l) => l.id === level);
  const stepsOf = ({ action, level, fromLevel }) => {
    const keyed = action === 'lower' && plan.settings.lowerChain === 'current-level' ? fromLevel : level || fromLevel || plan.levels[0].id;
    return plan.chains[action][keyed].steps;
  };
  for (const row of rows) {
    const e = row.event;
    const say = (what) => tell(`ledger/episode.jsonl row ${row.seq}`, what);
    const rests = (requestId, action) => {
      const request = open.get(requestId);
      if (!request) return say(`rests on request ${requestId}, which is not open`);
      const missing = stepsOf(request.evidence).slice(request.steps);
      if (missing.length > 0) say(`took effect without the approval of the ${missing.map((s) => s.role).join(' and the ')}`);
      if (request.evidence.action !== action) say(`rests on a request for "${request.evidence.action}"`);
      if (e.notice && MAY_ORDER[action] && action !== 'lift' && e.notice.level !== request.evidence.level) say(`the approvers saw ${request.evidence.level}, ${e.notice.level} took effect`);
      // A part of the area, and no more, is lifted where a part was put before the approvers (R21).
      const parts = e.type === 'part-lifted' ? [e.part, e.notice.part] : action === 'lift' ? [e.part] : [];
      if (parts.some((part) => canonical(part || null) !== canonical(request.evidence.part || null))) say('lifted for another part of the area than the approvers saw');
      open.delete(requestId);
    };
    if (e.type === 'order-received') orders.set(e.order.id, e.order);
    else if (e.type === 'request-opened' || e.type === 'request-renewed') {
      if (sha256(utf8(canonical(e.evidence))) !== e.evidenceDigest) say('the digest put before the approvers is not that of the evidence');
      const before = open.get(e.requestId);
      open.set(e.requestId, { evidence: e.evidence, digest: e.evidenceDigest, from: before ? before.from : handsOf(e.act.actor), by: [], steps: 0 });
    } else if (e.type === 'request-withdrawn') open.delete(e.requestId);
    else if (e.type === 'approval-decided') {
      const request = open.get(e.requestId);
      if (!request) say(`request ${e.requestId} is not open`);
      else {
        const wanted = stepsOf(request.evidence)[e.step];
        const who = e.act.actor;
        if (e.step !== request.steps || !wanted || wanted.role !== who.role) say(`step ${e.step + 1} was not ${who.role}'s to take`);
        if (!plan.settings.onePersonTwoSteps && handsOf(who).some((hand) => request.from.includes(hand) || request.by.includes(hand))) say(`${who.name} takes two steps of one request`);
        if (e.evidenceDigest !== request.digest) say('decided on other evidence than was put up');
        checkHand(e.act, plan, say);
        if (isSaid(e.act)) spoken.set(`${e.requestId}.${e.step}`, { seq: row.seq, who: who.accountId });
        if (e.decision === 'approve') {
          request.by.push(...handsOf(who));
          request.steps += 1;
        } else open.delete(e.requestId);
      }
    } else if (e.type === 'approval-countersigned') {
      const owed = spoken.get(`${e.requestId}.${e.step}`);
      const { actor, recordedBy } = e.act;
      if (!owed || owed.who !== actor.accountId || recordedBy.accountId !== actor.accountId || isSaid(e.act) || (isPaper(e.act) && e.act.evidence.length === 0)) say('is no signature by the hand of whoever had approved by word');
      spoken.delete(`${e.requestId}.${e.step}`);
    } else if (e.type === 'episode-closed' && e.ending === 'completed') {
      const evaluation = [...open].find(([, r]) => r.evidence.action === 'evaluate');
      if (evaluation) rests(evaluation[0], 'evaluate');
      else say('closed as completed without an evaluation');
    } else if (EFFECTS[e.type]) {
      const action = EFFECTS[e.type];
      const beside = rows.filter((r) => r.commandId === row.commandId).map((r) => r.event);
      const isTakenBack = beside.some((b) => (b.type === 'notice-corrected' && b.kind === 'recall') || (b.type === 'order-checked' && !b.confirmed));
      // What was announced for later stands again, as it was, after an order's level (3.3.3); where an order was ended before its time, what orders had announced is no lower than they had it (3.3.6).
      const was = e.notice && told.get(e.notice.supersedes);
      const ended = beside.flatMap((b) => (b.type === 'order-took-effect' ? b.ended : []));
      const isNoLower = was && was.orderId && ended.length > 0 && rank(e.notice.level) >= rank(was.level);
      const isAsItWas = was && was.level === e.notice.level && (ended.length > 0 || beside.some((b) => (b.type === 'warning-published' || b.type === 'warning-raised') && orders.has(b.orderId)));
      const isAgain = e.type !== 'lift-issued' && was && was.effectiveAtMs === e.notice.effectiveAtMs && (isNoLower || isAsItWas);
      if (e.notice) told.set(e.notice.id, { ...e.notice, orderId: e.orderId || null });
      if (e.requestId !== null) rests(e.requestId, action);
      else if (!isTakenBack && !isAgain) {
        const order = orders.get(e.type === 'lift-issued' ? e.lift.orderId : e.orderId);
        if (!order || !MAY_ORDER[action].includes(order.kind)) say('took effect with neither an approved request nor a superior order');
      }
    }
  }
  checkSpoken(rows, spoken, tell);
}

const isPaper = ({ channel }) => channel === 'paper' || channel === 'fax';

/** R14, R30: online by one's own hand, on paper with the paper, by word with a second person beside. */
function checkHand({ channel, actor, recordedBy, entry, evidence, witness }, plan, say) {
  if (channel === 'online' && (recordedBy.accountId !== actor.accountId || entry !== 'direct')) say(`${recordedBy.name} entered it for ${actor.name} as decided online`);
  if (isPaper({ channel }) && evidence.length === 0) say(`by ${channel}, without the ${channel}`);
  if (channel !== 'online' && plan.settings.phonePeople === 2 && (!witness || [recordedBy.accountId, actor.accountId].includes(witness.accountId))) say(`by ${channel}, recorded by one person`);
}

/** R30: what was only said is signed, or stands on record as missing, by the end. */
function checkSpoken(decisions, spoken, tell) {
  if (!decisions.some((r) => r.event.type === 'episode-closed')) return;
  const missing = new Set(decisions.flatMap(({ event: e }) => (e.type === 'deadlines-settled' ? e.groups.filter((g) => g.open.length > 0).map((g) => g.groupId) : [])));
  for (const [ref, { seq }] of spoken) if (!missing.has(`countersignature:${ref}`)) tell(`ledger/episode.jsonl row ${seq}`, 'approved by word and never signed, and no row says that it is missing');
}

/** 5.1: a submission counts from its receipt, or from when it is said to have happened; a correction keeps the first time. */
function checkSubmissions(rows, tell) {
  const first = new Map();
  for (const { kind, seq, planAtMs, event: e } of rows) {
    if (kind !== 'submission') continue;
    const wanted = first.has(e.obligationId) ? first.get(e.obligationId).countsAtMs : attested(e.act, planAtMs);
    if (e.countsAtMs !== wanted) tell(`ledger/episode.jsonl row ${seq}`, `should count from ${wanted}, counts from ${e.countsAtMs}`);
    first.set(e.obligationId, { countsAtMs: wanted });
  }
}

/** What made obligations come into being: by trigger and reference, when, and whose where the plan's rule does not say. */
function originsIn(rows) {
  const origins = new Map();
  let lift = null;
  const add = (trigger, ref, atMs, own = {}) => origins.set(`${trigger} ${ref}`, { trigger, ref, atMs, ...own });
  const notices = new Map();
  const isOfALift = (id) => {
    const found = notices.get(id);
    return !!found && (found.action === 'correct' ? isOfALift(found.supersedes) : ['lift', 'postpone', 'rescind'].includes(found.action));
  };
  for (const { event: e, rulesVersion } of rows) {
    if (e.notice) notices.set(e.notice.id, e.notice);
    // Since version 2 of the rules what changes a lift owes what a lift owes.
    const isToldAgain = Number(rulesVersion) >= 2;
    if (isToldAgain && (e.type === 'lift-postponed' || e.type === 'lift-rescinded')) add(e.type, e.notice.id, e.atMs);
    const notice = { 'warning-published': 'published', 'warning-raised': 'raised', 'warning-lowered': 'lowered', 'lift-issued': 'lift-issued', 'part-lifted': 'lift-issued', 'notice-corrected': isToldAgain && e.notice && isOfALift(e.notice.supersedes) ? 'lift-corrected' : 'corrected' }[e.type];
    if (notice) add(notice, e.notice.id, e.atMs);
    if (e.type === 'lift-issued') lift = e.lift.id;
    if (e.type === 'response-ended') add('lifted', lift, e.effectiveAtMs);
    if (e.type === 'consultation-recorded') add('consulted', e.consultationId, attested(e.act, e.atMs));
    if (e.type === 'approval-decided' && isSaid(e.act)) add('approved-by-phone', `${e.requestId}.${e.step}`, attested(e.act, e.atMs), { owner: `account:${e.act.actor.accountId}` });
    if (e.type === 'order-received') add('order-received', e.order.id, e.order.receivedAtMs);
    if (e.type === 'task-assigned') add('task-assigned', e.taskId, e.atMs, { owner: e.ownerId, targetAtMs: e.targetAtMs, dueAtMs: e.dueAtMs });
  }
  return origins;
}

function timeBy(rule, { atMs, day }, counting) {
  if (!rule) return null;
  if ('minutesAfter' in rule) return atMs + rule.minutesAfter * 60000;
  if ('dayOffset' in rule) return dayStart(day) + rule.dayOffset * DAY_MS + rule.hour * 3600000;
  return counting === 'elapsed' ? atMs + rule.withinDays * DAY_MS : dayStart(day) + (1 + rule.withinDays) * DAY_MS;
}

const BY_DECISION = ['consultation', 'countersignature', 'order-check', 'relay-signature', 'evaluation', 'task'];
const FLAG = { starting: 'startup', daily: 'daily', summary: 'summary' };

function checkObligations(rows, decisions, plan, obligations, asOfMs, tell) {
  const origins = originsIn(decisions);
  const ended = decisions.find((r) => r.event.type === 'response-ended');
  const endMs = ended ? ended.event.effectiveAtMs : Infinity;
  const filed = new Map();
  for (const { kind, event: e } of rows) if (kind === 'submission') filed.set(e.obligationId, { countsAtMs: filed.has(e.obligationId) ? filed.get(e.obligationId).countsAtMs : e.countsAtMs, versions: e.version });
  const instants = new Set(decisions.flatMap(({ event: e }) => [e.atMs, ...(e.act ? [e.act.occurredAtMs] : [])]));
  const ownersOf = (rule, origin) => {
    if (origin.owner) return [origin.owner];
    if (rule.owner.role) return [rule.owner.role];
    return plan.units.filter((u) => rule.owner.units === 'acknowledging' || u.reports[FLAG[rule.owner.units]]).map((u) => u.id);
  };
  const listed = new Set(obligations.map((o) => o.id));
  for (const o of obligations) {
    const say = (what) => tell('views/obligations.json', `${o.id}: ${what}`);
    const rule = plan.obligations.find((r) => r.kind === o.kind && r.triggers.includes(o.trigger));
    const isDay = o.trigger === 'open-day' || o.trigger === 'response-day';
    // Where the plan counts consultations in hours, a period of the day stands for the day.
    const every = o.kind === 'consultation' && plan.settings.consultEvery.everyHours;
    const [periodDay, hour] = o.ref.split('.');
    const periodEndMs = every ? dayStart(periodDay) + (Number(hour) + every) * 3600000 : null;
    const origin = every ? { atMs: Math.min(periodEndMs, endMs), day: periodDay, targetAtMs: periodEndMs } : isDay ? { atMs: Math.min(dayStart(o.ref) + DAY_MS, endMs), day: o.ref } : origins.get(`${o.trigger} ${o.ref}`);
    if (!rule || !origin) {
      say('nothing on record brings it about');
      continue;
    }
    const at = { ...origin, day: origin.day || dayOf(origin.atMs) };
    const wanted = { targetAtMs: at.targetAtMs || timeBy(rule.target, at, plan.settings.counting), dueAtMs: at.dueAtMs || timeBy(rule.due, at, plan.settings.counting) };
    for (const limit of ['targetAtMs', 'dueAtMs']) if (o[limit] !== wanted[limit]) say(`${limit} should be ${wanted[limit]}, is ${o[limit]}`);
    if (!ownersOf(rule, origin).includes(o.ownerId)) say('is not its to fulfil');
    const found = filed.get(o.id);
    if (found ? o.submittedAtMs !== found.countsAtMs || o.versions !== found.versions : o.submittedAtMs !== null && !(BY_DECISION.includes(o.kind) && instants.has(o.submittedAtMs))) say('is not fulfilled as the rows say');
    const isLate = wanted.dueAtMs !== null && (o.submittedAtMs === null ? asOfMs : o.submittedAtMs) > wanted.dueAtMs;
    const states = o.submittedAtMs === null ? (isLate ? ['overdue'] : ['not-due', 'due-soon']) : [isLate ? 'submitted-late' : 'submitted'];
    if (!states.includes(o.status)) say(`should be ${states.join(' or ')}, is ${o.status}`);
  }
  const voided = new Set(decisions.filter((r) => r.event.type === 'order-checked' && !r.event.confirmed).map((r) => r.event.orderId));
  // The relay of an order left to the next episode is owed there.
  for (const { event: e } of decisions) {
    if (e.type === 'order-left') voided.add(e.orderId);
    if (e.type === 'order-taken-up') voided.delete(e.orderId);
  }
  for (const origin of origins.values()) {
    for (const rule of plan.obligations.filter((r) => r.triggers.includes(origin.trigger) && !(r.kind === 'relay-signature' && voided.has(origin.ref))))
      for (const owner of ownersOf(rule, origin)) if (!listed.has(`${rule.kind}:${origin.ref}:${owner}`)) tell('views/obligations.json', `${rule.kind}:${origin.ref}:${owner} is owed and not listed`);
  }
}

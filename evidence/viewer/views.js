/* What the rows come to, for the reader: the files under views/ derived again, by code of this page's own. */
'use strict';

function checkViews(rows, views, tell) {
  compare('notices', noticesIn(rows), views.notices, tell);
  compare('approvals', approvalsIn(rows), views.approvals, tell);
  compare('refusals', refusalsIn(rows), views.refusals, tell);
}

function compare(name, wanted, found, tell) {
  const path = `views/${name}.json`;
  if (!Array.isArray(found) || found.length !== wanted.length) return tell(path, `should have ${wanted.length} items`);
  wanted.forEach((item, i) => {
    if (canonical(item) !== canonical(found[i])) tell(path, `item ${i + 1} is not what the rows come to`);
  });
}

function noticesIn(rows) {
  const of = (type, id) => rows.filter((r) => r.kind === 'audit' && r.event.type === type && r.event.noticeId === id).map((r) => r.event);
  const acknowledged = (id) =>
    rows.filter(({ kind, event: e }) => kind === 'submission' && e.kind === 'acknowledgement' && e.version === 1 && e.obligationId === `acknowledgement:${id}:${e.ownerId}`).map(({ event: e }) => ({ recipient: `unit:${e.ownerId}`, atMs: e.countsAtMs, by: e.act.actor }));
  return rows
    .filter((r) => r.kind === 'decision' && r.event.notice)
    .map(({ seq, event: { notice, clause, atMs } }) => ({
      ...notice,
      clause,
      issuedAtMs: atMs,
      seq,
      deliveries: of('notice-delivered', notice.id).flatMap((e) => e.recipients.map((recipient) => ({ recipient, channel: e.channel, atMs: e.atMs }))),
      receipts: [...of('notice-receipted', notice.id).map((e) => ({ recipient: e.recipient, atMs: attested(e.act, e.atMs), by: e.act.actor })), ...acknowledged(notice.id)],
    }));
}

const APPROVALS = ['request-opened', 'request-renewed', 'request-withdrawn', 'approval-decided', 'approval-countersigned'];

function approvalsIn(rows) {
  return rows
    .filter((r) => r.kind === 'decision' && APPROVALS.includes(r.event.type))
    .map(({ seq, event: { type, atMs, requestId, step, decision, act } }) => ({ seq, atMs, type, requestId, step: step === undefined ? null : step, decision: decision === undefined ? null : decision, act }));
}

function refusalsIn(rows) {
  return rows.filter((r) => r.kind === 'audit' && r.event.type === 'refused').map(({ seq, event: { atMs, clause, accountId, what, code } }) => ({ seq, atMs, clause, accountId, what, code }));
}

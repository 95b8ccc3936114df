/** Something owed, in words: whose it is, what, by when, and where it is done. */
import type { ObligationKind } from '../../domain/plan.js';
import type { ShownObligation } from '../../usecases/obligations.js';
import { Status } from './level.js';
import { DayName, Hour, Phrase, Say, Time, usePage } from './say.js';

/** What a published notice gives rise to, once per notice. */
const PER_NOTICE: readonly ObligationKind[] = ['zone-notice', 'prefecture-filing', 'site-publication', 'acknowledgement', 'startup-report', 'zone-lift-instruction'];

/** With its day (or the hour from which a part of it counts), what gave rise to it, or what it asks. */
export function Title({ of: o }: { of: ShownObligation }) {
  const { t } = usePage();
  const [, day, hour] = /^(\d{4}-\d\d-\d\d)(?:\.(\d\d))?$/.exec(o.ref) ?? [];
  return (
    <>
      <Say text={o.title} />
      {day !== undefined ? (
        <>
          {' '}
          <DayName day={day} />
          {hour !== undefined && ` ${hour}:00`}
        </>
      ) : PER_NOTICE.includes(o.kind) ? (
        <Phrase of={(at) => t.common.ofNotice(at, t.plan.triggers[o.trigger] ?? '')}>
          <Hour at={o.opensAtMs} />
        </Phrase>
      ) : (
        o.about && (
          <>
            {t.common.colon}
            <Say text={o.about} />
          </>
        )
      )}
    </>
  );
}

/** The state; an open one says, too, that the office's own target has passed. */
export function State({ of: o }: { of: ShownObligation }) {
  const { t } = usePage();
  const isPastTarget = o.missedTarget && o.submittedAtMs === null && o.status !== 'overdue';
  return (
    <span class={isPastTarget ? o.status : undefined}>
      <Status of={o.status} />
      {isPastTarget && t.common.pastTarget}
    </span>
  );
}

/** The limit that counts now: the office's target while it lies ahead, then the plan's due time. */
export function limitOf(o: Pick<ShownObligation, 'targetAtMs' | 'dueAtMs'>, nowMs: number): { readonly atMs: number; readonly kind: 'target' | 'due' } | null {
  if (o.targetAtMs !== null && (o.targetAtMs >= nowMs || o.dueAtMs === null)) return { atMs: o.targetAtMs, kind: 'target' };
  return o.dueAtMs === null ? null : { atMs: o.dueAtMs, kind: 'due' };
}

export function Limit({ of }: { of: Pick<ShownObligation, 'targetAtMs' | 'dueAtMs'> }) {
  const { t, nowMs } = usePage();
  const limit = limitOf(of, nowMs);
  return (
    limit && (
      <>
        {t.common[limit.kind]} <Time at={limit.atMs} relative="left" />
      </>
    )
  );
}

/** Where it is done: most are handed in, some are decided. */
export function dutyHref({ kind, episodeId, ref, id }: Pick<ShownObligation, 'kind' | 'episodeId' | 'ref' | 'id'>): string {
  const episode = encodeURIComponent(episodeId);
  switch (kind) {
    case 'consultation':
      return `/office/${episode}/consultation`;
    case 'evaluation':
      return `/office/${episode}/evaluation`;
    case 'order-check':
      return `/office/orders/${encodeURIComponent(ref)}/check`;
    case 'relay-signature':
      return `/office/${episode}`;
    case 'countersignature': {
      const [request = '', step = ''] = ref.split('.');
      return `/approvals/${episode}/${encodeURIComponent(request)}/countersign/${encodeURIComponent(step)}`;
    }
    default:
      return `/reports/${episode}/${encodeURIComponent(id)}`;
  }
}

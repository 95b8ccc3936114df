/** A line of an episode's timeline: when, what, why; who with which hat, on what. */
import { levelClass } from '../parts/level.js';
import { Clause, Time, usePage } from '../parts/say.js';
import type { Line } from './timeline.js';
import type { Detail } from './timeline-words.js';

export function Told({ of }: { of: Detail }) {
  return <>{of.map((piece, i) => (typeof piece === 'number' ? <Time key={i} at={piece} /> : piece))}</>;
}

export function LineItem({ line, unfolded }: { line: Line; unfolded: boolean }) {
  const { t } = usePage();
  const { act, digest, href, detail, evidence } = line;
  return (
    <li id={`e${line.seq}`} class={`${levelClass(line.level)}${line.late ? ' late' : ''}`}>
      <Time at={line.atMs} /> <span class="what">{href === null ? line.what : <a href={href}>{line.what}</a>}</span> {line.clause && <Clause of={line.clause} />}
      {detail.some((piece) => piece !== '') && (
        <div class="said">
          <Told of={detail} />
        </div>
      )}
      {act && (
        <div class="meta">
          {act.actor.name}（{t.role[act.actor.role]}）{act.actor.delegation && t.common.delegated(act.actor.delegation.by)}
          {act.channel !== 'online' && ` · ${t.channel[act.channel]}`}
          {act.recordedBy.accountId !== act.actor.accountId && ` · ${t.form.onBehalf} ${act.recordedBy.name}`}
          {digest !== null && (
            <>
              {' '}
              · {t.approval.digest} <code>{digest.slice(0, 8)}</code>
            </>
          )}
        </div>
      )}
      {[...evidence, ...(act?.evidence ?? [])].map((e) => (
        <div class="meta" key={e.digest}>
          {t.episodes.evidence}
          {t.common.colon}
          <a href={`/api/v1/documents/${e.digest}`}>{e.title}</a>
        </div>
      ))}
      {line.parts.length > 0 && (
        <details class="prints" open={unfolded}>
          <summary id={`d${line.seq}`}>{t.common.details}</summary>
          <ul>
            {line.parts.map((p, i) => (
              <li key={i} class={p.late ? 'submitted-late' : undefined}>
                <a href={p.href}>
                  <Told of={p.detail} />
                </a>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

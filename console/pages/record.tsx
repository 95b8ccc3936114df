/** The record itself: the engine's history carried out again, who looked, and the viewer to take along. */
import type { Router } from 'express';
import { accesses, accessQuery, nightlyReplays } from '../../usecases/accesses.js';
import type { Deps } from '../../usecases/deps.js';
import type { HistoryVerdict } from '../../usecases/engine.js';
import { evidenceViewer } from '../../usecases/evidence.js';
import { episode } from '../../usecases/episodes.js';
import { engineReplays, replayEngine } from '../../usecases/replay-history.js';
import { Layout } from '../parts/layout.js';
import { ViewerLink } from '../parts/record-links.js';
import { DayName, Say, Time, usePage } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { Fields } from '../web/fields.js';
import { plainPage } from '../web/form.js';
import { areaIdOf, callerOf, type Page, pageOf } from '../web/page.js';
import { parsed } from '../web/parsed.js';

export function recordPages(router: Router, deps: Deps, sessions: Sessions): void {
  plainPage(router, deps, sessions, '/episodes/:episode/replay/engine', engine);
  plainPage(router, deps, sessions, '/record', record);
  router.get('/evidence-viewer', async (request, response) => {
    callerOf(await pageOf(deps, sessions, request, response));
    const { name, body, digest } = evidenceViewer();
    response.setHeader('ETag', `"${digest}"`);
    response.type('html').attachment(name).send(body);
  });
}

async function engine(page: Page, params: Readonly<Record<string, string>>) {
  const { t, deps, request, response } = page;
  const caller = callerOf(page);
  const episodeId = params['episode'] ?? '';
  const path = `/episodes/${encodeURIComponent(episodeId)}`;
  if (request.query['run'] !== undefined) {
    await replayEngine(deps, caller, episodeId);
    // Loading the page again should not begin again.
    response.redirect(303, `${path}/replay/engine`);
    return <></>;
  }
  const { isArchived, replays } = await engineReplays(deps, caller, episodeId);
  return (
    <Layout title={t.replay.engine} drill={(await episode(deps, caller, episodeId)).state.drill}>
      <h1>{t.replay.engine}</h1>
      <p>{t.replay.engineText}</p>
      {isArchived ? (
        <form method="get" action={`${path}/replay/engine`} class="row">
          <button class="primary" name="run" value="1">
            {t.replay.engineRun}
          </button>
          <a class="button" href={`/api/v1${path}/history`}>
            {t.replay.history}
          </a>
        </form>
      ) : (
        <p class="notice">{t.replay.noHistory}</p>
      )}
      {replays.map(({ seq, recordedAtMs, event }) => (
        <section class={event.verdict.deterministic ? 'done' : 'problem'} key={seq}>
          <Verdict of={event.verdict} />
          <p class="meta">
            <Time at={recordedAtMs} /> · {event.by.name}（{t.role[event.by.role]}） · {t.replay.code} <code>{event.verdict.code.slice(0, 12)}</code> · SHA-256 <code>{event.digest.slice(0, 12)}</code>
          </p>
        </section>
      ))}
      <p>
        <a href={path}>{t.common.back}</a>
      </p>
    </Layout>
  );
}

function Verdict({ of }: { of: HistoryVerdict }) {
  const { t } = usePage();
  const { parting } = of;
  if (!parting) return <p>{t.replay.deterministic(of)}</p>;
  return (
    <>
      <p>
        <strong>{t.replay.parts}</strong>
        {t.common.colon}
        <Say text={parting.what} />
      </p>
      {parting.eventId !== null && <p>{t.replay.partsAt({ run: parting.run, event: parting.eventId, type: parting.eventType ?? '' })}</p>}
      {parting.detail !== '' && (
        <p class="meta">
          <code>{parting.detail}</code>
        </p>
      )}
    </>
  );
}

async function record(page: Page) {
  const { t, deps } = page;
  const caller = callerOf(page);
  const areaId = areaIdOf(page);
  const before = Fields.of(page.request.query).optional('before');
  const query = parsed(accessQuery, before === undefined ? {} : { beforeSeq: before });
  const [{ accesses: looked, next }, nightly] = await Promise.all([accesses(deps, caller, areaId, query), nightlyReplays(deps, caller, areaId)]);
  return (
    <Layout title={t.record.title}>
      <h1>{t.record.title}</h1>
      <section class="card" aria-labelledby="nightly">
        <h2 id="nightly">{t.record.nightly}</h2>
        <p class="hint">{t.record.nightlyHint}</p>
        {nightly.length === 0 && <p>{t.record.noNightly}</p>}
        <ul class="lines">
          {nightly.map(({ seq, event }) => (
            <li key={seq}>
              <DayName day={event.day} />{' '}
              {event.parted.length === 0 ? <span class="ok">✓ {t.record.nightlyGood(event.checked)}</span> : <span class="overdue">✗ {t.record.nightlyBad({ bad: event.parted.length, of: event.checked })}</span>}
              {event.parted.map((p) => (
                <div key={p.episodeId}>
                  <a href={`/episodes/${encodeURIComponent(p.episodeId)}/replay/engine`}>{p.number}</a> <Say text={p.what} />
                </div>
              ))}
            </li>
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="accesses">
        <h2 id="accesses">{t.record.accesses}</h2>
        <p class="hint">{t.record.accessesHint}</p>
        {looked.length === 0 ? (
          <p>{t.record.none}</p>
        ) : (
          <div class="scroll" tabIndex={0} role="region" aria-labelledby="accesses">
            <table>
              <thead>
                <tr>
                  <th scope="col">{t.record.when}</th>
                  <th scope="col">{t.record.who}</th>
                  <th scope="col">{t.record.what}</th>
                  <th scope="col">{t.record.subject}</th>
                </tr>
              </thead>
              <tbody>
                {looked.map((a) => (
                  <tr key={a.seq}>
                    <td>
                      <Time at={a.recordedAtMs} />
                    </td>
                    <td>
                      {a.by.name}（{t.role[a.by.role]}）
                    </td>
                    <td>{t.record.whats[a.what] ?? a.what}</td>
                    <td>{t.record.subjects[a.subject] ?? <a href={`/episodes/${encodeURIComponent(episodeOfSubject(a.subject))}`}>{a.subject}</a>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {next !== null && (
          <p>
            <a class="button" href={`/record?before=${next}`}>
              {t.record.next}
            </a>
          </p>
        )}
      </section>
      <ViewerLink />
    </Layout>
  );
}

/** What if names the plan that it was asked under besides. */
function episodeOfSubject(subject: string): string {
  return subject.split(' ')[0] ?? subject;
}

/** The replay of reasons: an episode step by step, each step an address of its own. */
import type { Router } from 'express';
import type { Deps } from '../../usecases/deps.js';
import { notFound } from '../../usecases/failure.js';
import { type ReplayStep, replayStep } from '../../usecases/replay.js';
import { Layout } from '../parts/layout.js';
import { Time } from '../parts/say.js';
import type { Sessions } from '../sessions.js';
import { paths } from '../web/assets.js';
import { plainPage } from '../web/form.js';
import { callerOf, type Page } from '../web/page.js';
import { Expected, Later, Steps, Way } from './replay-around.js';
import { Basis, Fact, StateThen } from './replay-parts.js';

export function replayPages(router: Router, deps: Deps, sessions: Sessions): void {
  plainPage(router, deps, sessions, '/episodes/:episode/replay', replay);
}

async function replay(page: Page, params: Readonly<Record<string, string>>) {
  const step = await replayStep(page.deps, callerOf(page), params['episode'] ?? '', stepAsked(page.request.query['at']));
  return <Replay page={page} step={step} />;
}

/** Without a number the story begins at its beginning. */
function stepAsked(at: unknown): number {
  if (at === undefined) return 1;
  const seq = typeof at === 'string' && /^\d{1,9}$/.test(at) ? Number(at) : 0;
  if (seq < 1) throw notFound('row');
  return seq;
}

function Replay({ page, step }: { page: Page; step: ReplayStep }) {
  const { t } = page;
  const { state, row, way, chainFaults } = step;
  const path = `/episodes/${encodeURIComponent(state.id)}`;
  return (
    <Layout title={`${t.replay.title} ${state.number} ${row.seq}/${way.last}`} drill={state.drill} planDigest={state.planDigest}>
      <script src={paths.replay} defer />
      <div id="replay">
        <h1>
          <a href={path}>{state.number}</a> · {t.replay.title}
        </h1>
        <p role="status">
          <strong>{t.replay.step({ at: row.seq, of: way.last })}</strong> · <Time at={row.planAtMs} />
        </p>
        <Way step={step} />
        <p class="hint">{t.replay.keys}</p>
        {chainFaults.length > 0 && (
          <p class="problem" role="alert">
            {t.replay.chainBroken(chainFaults.length)}
          </p>
        )}
        <div class="columns replaying">
          <div>
            <Fact step={step} />
            <StateThen step={step} />
            <Basis step={step} />
          </div>
          <div>
            <Steps step={step} />
            <Expected step={step} />
            <Later step={step} />
          </div>
        </div>
        <p>
          <a href={`${path}/replay/engine`}>{t.replay.engine}</a>
          {chainFaults.length === 0 && <span class="meta"> {t.replay.chainHolds(way.last)}</span>}
        </p>
      </div>
    </Layout>
  );
}

/** The record behind an episode: any of its states, its engine history, who looked. */
import { z } from 'zod';
import { accesses, accessQuery, nightlyReplays } from '../../usecases/accesses.js';
import type { Deps } from '../../usecases/deps.js';
import { stateAt } from '../../usecases/replay.js';
import { archivedHistory, engineReplays, replayEngine } from '../../usecases/replay-history.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { verbatim } from '../present.js';
import { areaParams, episodeParams } from './schemas.js';

const tag = '存证 record';

export const recordRoutes = (deps: Deps): Endpoint[] => [
  endpoint('get', '/episodes/{episodeId}/state', { tag, summary: '某一序号之后的状态及其依据，按当时所知（审计、办公室）', params: episodeParams, query: z.strictObject({ at: z.coerce.number().int().min(1) }) }, async ({ caller, params, query }) => {
    const { event, state, submitted, ...then } = await stateAt(deps, caller, params.episodeId, query.at);
    return { ...then, event: verbatim(event), state: verbatim(state), submitted: verbatim(submitted) };
  }),
  endpoint('get', '/episodes/{episodeId}/history', { tag, summary: '归档的引擎历史（JSON，各段由旧到新）', params: episodeParams }, async ({ caller, params, response }) => {
    const { name, body, digest } = await archivedHistory(deps, caller, params.episodeId);
    response.setHeader('ETag', `"${digest}"`);
    response.type('application/json').attachment(name).send(body);
  }),
  endpoint('get', '/episodes/{episodeId}/history/replay', { tag, summary: '用今天的程序重新执行归档的引擎历史；结论记入账本', params: episodeParams }, ({ caller, params }) => replayEngine(deps, caller, params.episodeId)),
  endpoint('get', '/episodes/{episodeId}/history/replays', { tag, summary: '历次引擎复算的结论', params: episodeParams }, ({ caller, params }) => engineReplays(deps, caller, params.episodeId)),
  endpoint('get', '/areas/{areaId}/accesses', { tag, summary: '谁查阅过记录，新的在前', params: areaParams, query: accessQuery }, ({ caller, params, query }) => accesses(deps, caller, params.areaId, query)),
  endpoint('get', '/areas/{areaId}/history-replays', { tag, summary: '每夜引擎复算的结果', params: areaParams }, async ({ caller, params }) => ({ replays: await nightlyReplays(deps, caller, params.areaId) })),
];

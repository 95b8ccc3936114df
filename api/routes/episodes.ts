/** Reading episodes. */
import { z } from 'zod';
import type { Deps } from '../../usecases/deps.js';
import { approvals } from '../../usecases/approvals.js';
import { episode, episodeQuery, episodes, events, measures, notices } from '../../usecases/episodes.js';
import { evidenceBundle } from '../../usecases/evidence.js';
import { obligations, submissions } from '../../usecases/obligations.js';
import { admitReader, waitForSeq } from '../../usecases/reading.js';
import { episodeOf } from '../../usecases/episode.js';
import { id } from '../../usecases/schemas.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { isoOf, verbatim } from '../present.js';
import { episodeParams, seqQuery } from './schemas.js';

const tag = '过程 episodes';

export const episodeRoutes = (deps: Deps): Endpoint[] => [
  endpoint('get', '/episodes', { tag, summary: '过程一览，新的在前', query: episodeQuery }, ({ caller, query }) => episodes(deps, caller, query)),
  endpoint('get', '/episodes/{episodeId}', { tag, summary: '一次过程', params: episodeParams, query: seqQuery }, async ({ caller, params, query }) => {
    await waitForSeq(deps, caller, params, query.afterSeq);
    return episode(deps, caller, params.episodeId);
  }),
  endpoint('get', '/episodes/{episodeId}/events', { tag, summary: '时间线：账本原行', params: episodeParams, query: seqQuery.extend({ after: z.coerce.number().int().min(0).default(0) }) }, async ({ caller, params, query }) => {
    await waitForSeq(deps, caller, params, query.afterSeq);
    const { rows, hasMore } = await events(deps, caller, params.episodeId, query.after);
    return { events: rows.map(({ recordedAtMs, planAtMs, event, ...row }) => ({ ...row, at: isoOf(planAtMs), recordedAt: isoOf(recordedAtMs), event: verbatim(event) })), hasMore };
  }),
  endpoint('get', '/episodes/{episodeId}/obligations', { tag, summary: '时限账（5.1）', params: episodeParams, query: seqQuery }, async ({ caller, params, query }) => {
    await waitForSeq(deps, caller, params, query.afterSeq);
    return obligations(deps, caller, params.episodeId);
  }),
  endpoint('get', '/episodes/{episodeId}/submissions', { tag, summary: '报送的各版本', params: episodeParams, query: seqQuery.extend({ obligation: id.optional() }) }, async ({ caller, params, query }) => {
    await waitForSeq(deps, caller, params, query.afterSeq);
    return submissions(deps, caller, params.episodeId, query.obligation ?? null);
  }),
  endpoint('get', '/episodes/{episodeId}/approvals', { tag, summary: '请示及其审批链', params: episodeParams, query: seqQuery }, async ({ caller, params, query }) => {
    await waitForSeq(deps, caller, params, query.afterSeq);
    await admitReader(deps, caller, await episodeOf(deps, params.episodeId));
    return approvals(deps, params.episodeId);
  }),
  endpoint('get', '/episodes/{episodeId}/notices', { tag, summary: '通知及其送达、回执', params: episodeParams, query: seqQuery }, async ({ caller, params, query }) => {
    await waitForSeq(deps, caller, params, query.afterSeq);
    return notices(deps, caller, params.episodeId);
  }),
  endpoint('get', '/episodes/{episodeId}/measures', { tag, summary: '现行措施，可按单位', params: episodeParams, query: seqQuery.extend({ unit: id.optional() }) }, async ({ caller, params, query }) => {
    await waitForSeq(deps, caller, params, query.afterSeq);
    return measures(deps, caller, params.episodeId, query.unit ?? null);
  }),
  endpoint('get', '/episodes/{episodeId}/evidence', { tag, summary: '证据包（ZIP）', params: episodeParams }, async ({ caller, params, response }) => {
    const { name, body } = await evidenceBundle(deps, caller, params.episodeId);
    response.type('application/zip').attachment(name).send(Buffer.from(body));
  }),
];

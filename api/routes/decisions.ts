/** What people decide in an episode. */
import { z } from 'zod';
import { countersign, countersignature, decideStep, stepDecision } from '../../usecases/approvals.js';
import {
  actOnly,
  adjust,
  adjustMeasures,
  adjustment,
  assignTask,
  closeTask,
  declareNotApplicable,
  liftPostponement,
  measureChange,
  newConsultation,
  newLift,
  newProposal,
  newTask,
  noticeCorrection,
  postponeLift,
  proposeCorrection,
  recordConsultation,
  rescindLift,
  submitLift,
  submitProposal,
  withdrawEpisode,
  withdrawRequest,
  withReason,
} from '../../usecases/decisions.js';
import type { Deps } from '../../usecases/deps.js';
import { flagDust, newDustFlag } from '../../usecases/dust.js';
import { episodeOf } from '../../usecases/episode.js';
import { newEvaluation, submitEvaluation } from '../../usecases/evaluation.js';
import { id } from '../../usecases/schemas.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { decided as answer, episodeParams as params } from './schemas.js';

const tag = '决定 decisions';
const requestParams = z.strictObject({ episodeId: id, requestId: id });
const taskParams = z.strictObject({ episodeId: id, taskId: id });

export const decisionRoutes = (deps: Deps): Endpoint[] => [
  endpoint('post', '/episodes/{episodeId}/consultations', { tag, summary: '会商结论（3.2）', params, body: newConsultation, answer }, ({ caller, params: p, body }) => recordConsultation(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/proposals', { tag, summary: '呈报发布、升级、降级（3.3.3）', params, body: newProposal, answer }, ({ caller, params: p, body }) => submitProposal(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/approvals/{requestId}/decision', { tag, summary: '审核、批准、退回、不同意（3.3.4）', params: requestParams, body: stepDecision, answer }, ({ caller, params: p, body }) =>
    decideStep(deps, caller, p.episodeId, p.requestId, body),
  ),
  endpoint('post', '/episodes/{episodeId}/approvals/{requestId}/countersignature', { tag, summary: '补签电话批示（8.6）', params: requestParams, body: countersignature, answer }, ({ caller, params: p, body }) =>
    countersign(deps, caller, p.episodeId, p.requestId, body),
  ),
  endpoint('post', '/episodes/{episodeId}/approvals/{requestId}/withdrawal', { tag, summary: '撤回呈报', params: requestParams, body: withReason, answer }, ({ caller, params: p, body }) =>
    withdrawRequest(deps, caller, p.episodeId, p.requestId, body),
  ),
  endpoint('post', '/episodes/{episodeId}/adjustments', { tag, summary: '调整应急响应级别（4.2），或呈报升级、降级（3.3.3）', params, body: adjustment, answer }, ({ caller, params: p, body }) => adjust(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/lift', { tag, summary: '发布解除（3.3.6）', params, body: newLift, answer }, ({ caller, params: p, body }) => submitLift(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/lift/postponement', { tag, summary: '推迟解除', params, body: liftPostponement, answer }, ({ caller, params: p, body }) => postponeLift(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/lift/rescission', { tag, summary: '撤销解除', params, body: withReason, answer }, ({ caller, params: p, body }) => rescindLift(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/dust-flags', { tag, summary: '标记沙尘时段（1.4）', params, body: newDustFlag }, async ({ caller, params: p, body }) => flagDust(deps, caller, (await episodeOf(deps, p.episodeId)).state.areaId, body)),
  endpoint('post', '/episodes/{episodeId}/measures', { tag, summary: '增加、暂停、豁免、恢复措施（4.2）', params, body: measureChange, answer }, ({ caller, params: p, body }) => adjustMeasures(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/corrections', { tag, summary: '更正或撤销已发通知（3.3.4）', params, body: noticeCorrection, answer }, ({ caller, params: p, body }) => proposeCorrection(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/tasks', { tag, summary: '交办任务（督查调度）', params, body: newTask, answer }, ({ caller, params: p, body }) => assignTask(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/tasks/{taskId}/closure', { tag, summary: '任务办结', params: taskParams, body: actOnly, answer }, ({ caller, params: p, body }) => closeTask(deps, caller, p.episodeId, p.taskId, body)),
  endpoint('post', '/episodes/{episodeId}/not-applicable', { tag, summary: '认定不适用（沙尘，1.4）', params, body: withReason, answer }, ({ caller, params: p, body }) => declareNotApplicable(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/withdrawal', { tag, summary: '发布前撤销过程', params, body: withReason, answer }, ({ caller, params: p, body }) => withdrawEpisode(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/evaluation', { tag, summary: '总结评估送审（5.2）', params, body: newEvaluation, answer }, ({ caller, params: p, body }) => submitEvaluation(deps, caller, p.episodeId, body)),
];

/** What is handed in, by units and the office: receipts come at once, with the engine up or down. */
import { z } from 'zod';
import type { Deps } from '../../usecases/deps.js';
import { confirmReceipt, newReceipt } from '../../usecases/receipts.js';
import { acknowledge, giveTaskFeedback, issueBulletin, newAcknowledgement, newBulletin, newPublication, newReport, recordPublication, report, taskFeedback } from '../../usecases/submissions.js';
import { id } from '../../usecases/schemas.js';
import { notFound } from '../../usecases/failure.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { episodeParams as params, receipt as answer } from './schemas.js';

const tag = '报送 submissions';
const taskParams = z.strictObject({ episodeId: id, taskId: id });

export const submissionRoutes = (deps: Deps): Endpoint[] => [
  endpoint('post', '/episodes/{episodeId}/acknowledgements', { tag, summary: '签收（4.2）', params, body: newAcknowledgement, answer }, ({ caller, params: p, body }) => acknowledge(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/reports', { tag, summary: '启动情况、日报、总结，办公室与技术组的报告（5.1）', params, body: newReport, answer }, ({ caller, params: p, body }) => report(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/bulletins', { tag, summary: '向成员单位通报（5.1（2））', params, body: newBulletin, answer }, ({ caller, params: p, body }) => issueBulletin(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/publications', { tag, summary: '官网公开的位置和时间（3.3.5）', params, body: newPublication, answer }, ({ caller, params: p, body }) => recordPublication(deps, caller, p.episodeId, body)),
  endpoint('post', '/episodes/{episodeId}/tasks/{taskId}/feedback', { tag, summary: '任务反馈', params: taskParams, body: taskFeedback, answer }, ({ caller, params: p, body }) => giveTaskFeedback(deps, caller, p.episodeId, p.taskId, body)),
  endpoint('post', '/notices/{id}/receipts', { tag, summary: '通知回执；编号为“过程.通知”', params: z.strictObject({ id }), body: newReceipt }, ({ caller, params: p, body }) => {
    const dot = p.id.lastIndexOf('.');
    if (dot <= 0) throw notFound('notice');
    return confirmReceipt(deps, caller, p.id.slice(0, dot), p.id.slice(dot + 1), body);
  }),
];

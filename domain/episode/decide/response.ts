/** While the response runs: its own level, its measures, tasks (4.2, R21, R31). */
import { levelOf, OFFICE_GROUPS, rankOf } from '../../plan.js';
import { ok, refuse, type Result } from '../../refusal.js';
import type { PersonCommand } from '../commands.js';
import { decides } from '../../versions.js';
import { decidedLevel, standingSpan } from '../state.js';
import type { Draft } from './draft.js';

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>;

export function adjustResponse(draft: Draft, command: Of<'adjust-response'>): Result<null> {
  const { plan, state, nowMs } = draft;
  const level = decides(state.rulesVersion, 'a-response-is-adjusted-from-now-on') ? (standingSpan(state, nowMs)?.level ?? null) : decidedLevel(state);
  if (state.phase !== 'responding' || level === null) return refuse('wrong-phase', '4.2', '当前没有应急响应', 'there is no response');
  if (command.act.actor.role !== 'commander' && command.act.actor.role !== 'director')
    return refuse('not-your-role', '4.2', '由指挥长或办公室主任决定', 'the commander or the director decides');
  if (!plan.levels.some((l) => l.id === command.responseLevel))
    return refuse('invalid', '4.1', '没有该级别', 'no such level', { path: 'responseLevel' });
  const rank = rankOf(plan, command.responseLevel);
  if (rank < rankOf(plan, level))
    return refuse('below-floor', '4.1', '应急响应不得低于预警级别', "the response is never below the warning's level", {
      path: 'responseLevel',
    });
  if (rank > rankOf(plan, level) && !plan.settings.responseMayExceedWarning)
    return refuse('invalid', '4.1', '应急响应与预警级别一致', "the response is at the warning's level", { path: 'responseLevel' });
  if (!command.reason.trim()) return refuse('reason-required', '4.2', '应写明理由', 'a reason is needed', { path: 'reason' });
  draft.add({
    type: 'response-adjusted',
    clause: levelOf(plan, command.responseLevel).response.clause,
    responseLevel: command.responseLevel,
    reason: command.reason,
    act: command.act,
  });
  return ok(null);
}

export function adjustMeasures(draft: Draft, command: Of<'adjust-measures'>): Result<null> {
  const { state } = draft;
  if (state.phase !== 'responding') return refuse('wrong-phase', '4.2', '当前没有应急响应', 'there is no response');
  if (!['management', 'director', 'commander'].includes(command.act.actor.role))
    return refuse('not-your-role', '4.2', '由指挥部办公室下达', "the headquarters' office orders it");
  const { change } = command;
  if (!change.basis.trim()) return refuse('reason-required', '4.2', '应写明依据', 'the basis is needed', { path: 'change.basis' });
  if (change.toMs !== null && change.toMs <= change.fromMs)
    return refuse('invalid', '4.2', '结束时间应晚于开始时间', 'it ends after it begins', { path: 'change.toMs' });
  draft.add({ type: 'measures-adjusted', clause: '4.2', change: { id: draft.nextId('M', 'measure'), ...change }, act: command.act });
  return ok(null);
}

export function assignTask(draft: Draft, command: Of<'assign-task'>): Result<null> {
  const { plan, state, nowMs } = draft;
  if (state.phase === 'closed') return refuse('wrong-phase', '4.2', '事件已结束', 'the episode is closed');
  if (!['management', 'director', 'commander'].includes(command.act.actor.role))
    return refuse('not-your-role', '附件1 二(二).1', '由管理组交办', 'the management group assigns tasks');
  const isTheOffices = decides(state.rulesVersion, 'a-task-may-be-the-offices') && OFFICE_GROUPS.some((group) => group === command.ownerId);
  if (!isTheOffices && !plan.units.some((u) => u.id === command.ownerId))
    return refuse('unknown-reference', '附件1', '没有该单位', 'no such unit', { path: 'ownerId' });
  const { targetAtMs, dueAtMs } = command;
  if (targetAtMs === null && dueAtMs === null)
    return refuse('invalid', '4.2', '应写明办结时限', 'a task has a time limit', { path: 'dueAtMs' });
  if (Math.min(targetAtMs ?? Infinity, dueAtMs ?? Infinity) <= nowMs)
    return refuse('retroactive', '4.2', '时限应晚于当前时间', 'the time limit lies ahead', { path: 'dueAtMs' });
  const { ownerId, basis, content, act } = command;
  draft.add({ type: 'task-assigned', clause: '4.2', taskId: draft.nextId('T', 'task'), ownerId, basis, content, targetAtMs, dueAtMs, act });
  return ok(null);
}

export function closeTask(draft: Draft, command: Of<'close-task'>): Result<null> {
  if (draft.state.phase === 'closed') return refuse('wrong-phase', '4.2', '事件已结束', 'the episode is closed');
  const task = draft.state.tasks.find((t) => t.id === command.taskId);
  if (!task) return refuse('unknown-reference', '4.2', '没有该任务', 'no such task', { path: 'taskId' });
  if (task.closedAtMs !== null) return refuse('already-done', '4.2', '已办结', 'already closed');
  if (!['management', 'director', 'commander'].includes(command.act.actor.role))
    return refuse('not-your-role', '附件1 二(二).1', '由管理组办结', 'the management group closes tasks');
  draft.add({ type: 'task-closed', clause: '4.2', taskId: command.taskId, act: command.act });
  return ok(null);
}

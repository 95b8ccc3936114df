/** An area: the air, superior orders, drills, and how things stand. */
import { z } from 'zod';
import type { Deps } from '../../usecases/deps.js';
import { newDrill, startDrill } from '../../usecases/drills.js';
import { flagDust, newDustFlag } from '../../usecases/dust.js';
import { newForecast, recordForecast } from '../../usecases/forecasts.js';
import { areas, owedByMe } from '../../usecases/obligations.js';
import { newObservations, recordObservations } from '../../usecases/observations.js';
import { addTransmission, checkOrder, newOrder, newTransmission, orderCheck, orders, recordOrder } from '../../usecases/orders.js';
import { admitReader, waitForSeq } from '../../usecases/reading.js';
import { areaOf } from '../../usecases/plans.js';
import { id } from '../../usecases/schemas.js';
import { situation } from '../../usecases/situation.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { verbatim } from '../present.js';
import { areaParams, seqQuery } from './schemas.js';

const tag = '区域 areas';
const orderParams = z.strictObject({ areaId: id, orderId: id });

export const areaRoutes = (deps: Deps): Endpoint[] => [
  endpoint('get', '/areas', { tag, summary: '我能看到的区域' }, ({ caller }) => areas(deps, caller)),
  endpoint('get', '/areas/{areaId}', { tag, summary: '当前形势：级别、阶段、下一步、时限', params: areaParams, query: seqQuery }, async ({ caller, params, query }) => {
    await waitForSeq(deps, caller, params, query.afterSeq);
    return situation(deps, caller, params.areaId);
  }),
  endpoint('get', '/areas/{areaId}/plan', { tag, summary: '现行预案（全文数据）', params: areaParams }, async ({ caller, params }) => {
    const area = await areaOf(deps, params.areaId);
    await admitReader(deps, caller, area);
    return { digest: area.digest, plan: verbatim(area.plan) };
  }),
  endpoint('get', '/areas/{areaId}/obligations', { tag, summary: '我的各身份现在所欠', params: areaParams }, ({ caller, params }) => owedByMe(deps, caller, params.areaId)),
  endpoint('post', '/areas/{areaId}/forecasts', { tag, summary: '录入预报（3.1）', params: areaParams, body: newForecast }, ({ caller, params, body }) => recordForecast(deps, caller, params.areaId, body)),
  endpoint('post', '/areas/{areaId}/observations', { tag, summary: '录入监测值（3.1）', params: areaParams, body: newObservations }, ({ caller, params, body }) => recordObservations(deps, caller, params.areaId, body)),
  endpoint('post', '/areas/{areaId}/dust-flags', { tag, summary: '标记沙尘时段（1.4）', params: areaParams, body: newDustFlag }, ({ caller, params, body }) => flagDust(deps, caller, params.areaId, body)),
  endpoint('get', '/areas/{areaId}/orders', { tag, summary: '上级命令', params: areaParams, query: seqQuery }, async ({ caller, params, query }) => {
    await waitForSeq(deps, caller, params, query.afterSeq);
    await admitReader(deps, caller, await areaOf(deps, params.areaId));
    return orders(deps, params.areaId);
  }),
  endpoint('post', '/areas/{areaId}/orders', { tag, summary: '登记上级命令（3.3.3）', params: areaParams, body: newOrder }, ({ caller, params, body }) => recordOrder(deps, caller, params.areaId, body)),
  endpoint('post', '/areas/{areaId}/orders/{orderId}/transmissions', { tag, summary: '同一命令的再次传达（纸件）', params: orderParams, body: newTransmission }, ({ caller, params, body }) =>
    addTransmission(deps, caller, params.areaId, params.orderId, body),
  ),
  endpoint('post', '/areas/{areaId}/orders/{orderId}/check', { tag, summary: '第二人复核', params: orderParams, body: orderCheck }, ({ caller, params, body }) => checkOrder(deps, caller, params.areaId, params.orderId, body)),
  endpoint('post', '/areas/{areaId}/drills', { tag, summary: '开始演练（8.3）', params: areaParams, body: newDrill }, ({ caller, params, body }) => startDrill(deps, caller, params.areaId, body)),
];

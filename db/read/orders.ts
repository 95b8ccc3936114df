import type { Act } from '../../domain/act.js';
import type { SuperiorOrder } from '../../domain/order.js';
import type { Db } from '../pool.js';

export interface OrderRow {
  readonly order: SuperiorOrder;
  /** Of its receipt. */
  readonly seq: number;
  /** Null until the second person has looked at it. */
  readonly confirmed: boolean | null;
  readonly checkAct: Act | null;
}

const COLUMNS = 'content as "order", seq, confirmed, check_act as "checkAct"';

export async function orderById(db: Db, areaId: string, id: string): Promise<OrderRow | null> {
  const { rows } = await db.query<OrderRow>(`select ${COLUMNS} from orders where area_id = $1 and id = $2`, [areaId, id]);
  return rows[0] ?? null;
}

/** Newest first. */
export async function listOrders(db: Db, areaId: string, limit: number): Promise<OrderRow[]> {
  const { rows } = await db.query<OrderRow>(`select ${COLUMNS} from orders where area_id = $1 order by seq desc limit $2`, [areaId, limit]);
  return rows;
}

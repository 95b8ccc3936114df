/** Whether somebody can act now wherever the plan waits for somebody. */
import { accountsInUse } from '../../db/accounts/principals.js';
import { databaseClock } from '../../db/clock.js';
import { listAreas, readPlan } from '../../db/plans.js';
import { createPool } from '../../db/pool.js';
import { rotaGaps } from '../../usecases/rota.js';
import { type Check, fail, ok } from './check.js';

const NAME = 'rota';

export async function checkRota(databaseUrl: string): Promise<Check[]> {
  const pool = createPool(databaseUrl, { max: 1 });
  try {
    const accounts = await accountsInUse(pool, await databaseClock(pool));
    const areas = (await listAreas(pool)).filter((a) => a.drillsArea === null);
    const checks: Check[] = [];
    for (const { areaId, planDigest } of areas) {
      const gaps = rotaGaps(await readPlan(pool, planDigest), areaId, accounts);
      checks.push(...gaps.map((gap) => fail(NAME, { zh: `${areaId}：${gap.zh}`, en: `${areaId}: ${gap.en}` }, REMEDY)));
      if (gaps.length === 0) checks.push(ok(NAME, `${areaId}：每个审批步骤、每个单位都有可办理的账号`, `${areaId}: every approval step and every unit has an account that can act`));
    }
    return checks;
  } finally {
    await pool.end();
  }
}

const REMEDY = {
  zh: '请由管理员在“账号”页启用或新增账号、授予该身份，或由持有人书面委托',
  en: 'have an administrator enable or add an account with that role, or the holder delegate it in writing',
};

import { readConfig } from '../config/env.js';
import { migrate } from '../db/migrate.js';
import { savePlan, setAreaPlan } from '../db/plans.js';
import { createPool } from '../db/pool.js';
import { loadPlan } from '../plans/load.js';

/**
 * The one-shot step of a production start: the schema, and the configured plan
 * as the one under which the area's next episode begins. `DATABASE_URL` is the
 * owner's, `APP_DATABASE_PASSWORD` goes to the application's role.
 */
const { databaseUrl, databaseOwnerUrl, appDatabasePassword, plan, area } = readConfig();
const ownerUrl = databaseOwnerUrl ?? databaseUrl;
try {
  if (ownerUrl === undefined) throw new Error("DATABASE_URL is not set: give the owner's URL.");
  await migrate(ownerUrl, console.log, appDatabasePassword === undefined ? {} : { appPassword: appDatabasePassword });
  const pool = createPool(ownerUrl, { max: 1, queryWithinMs: null });
  await setAreaPlan(pool, area, await savePlan(pool, loadPlan(plan), Date.now())).finally(() => pool.end());
  console.log(`plan ${plan} stands for ${area}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

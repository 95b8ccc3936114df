import { readConfig } from '../config/env.js';
import { migrate } from '../db/migrate.js';

/** The one-shot step of a production start: `DATABASE_URL` is the owner's, `APP_DATABASE_PASSWORD` goes to the application's role. */
const { databaseUrl, databaseOwnerUrl, appDatabasePassword } = readConfig();
const ownerUrl = databaseOwnerUrl ?? databaseUrl;
try {
  if (ownerUrl === undefined) throw new Error("DATABASE_URL is not set: give the owner's URL.");
  await migrate(ownerUrl, console.log, appDatabasePassword === undefined ? {} : { appPassword: appDatabasePassword });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

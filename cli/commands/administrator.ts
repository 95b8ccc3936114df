/** `administrator add`: the first account of a new installation; it makes the others in the console or over the API. */
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Config } from '../../config/env.js';
import { insertAccount, insertHat } from '../../db/accounts/accounts.js';
import { createPool, transaction } from '../../db/pool.js';
import { runningServices } from '../../embedded/stack.js';
import { hashPassword } from '../../usecases/passwords.js';
import { EXIT, Failure } from '../failure.js';

const LEAST_CHARACTERS = 12;

/** The password comes on standard input, so that it stands in no history and no process list. */
export async function addAdministrator(config: Config, login: string, name: string): Promise<{ readonly login: string; readonly accountId: string }> {
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password.length < LEAST_CHARACTERS) throw new Failure(EXIT.badInput, `the password on standard input has fewer than ${LEAST_CHARACTERS} characters`, 'Give a longer one: printf %s "$PASSWORD" | npm run -s qingkong -- administrator add LOGIN');
  const databaseUrl = config.databaseUrl ?? runningServices(config.dataDir)?.databaseUrl;
  if (databaseUrl === undefined) throw new Failure(EXIT.unavailable, 'no database is known', 'Set DATABASE_URL, or start the system with "npm start" on the same DATA_DIR');
  const pool = createPool(databaseUrl, { max: 1 });
  const accountId = `a-${randomUUID()}`;
  try {
    const passwordHash = await hashPassword(password);
    await transaction(pool, async (tx) => {
      const isNew = await insertAccount(tx, { id: accountId, login, name, passwordHash, demonstration: false, createdAtMs: Date.now() });
      if (!isNew) throw new Failure(EXIT.badInput, `the login "${login}" is taken`, 'Choose another');
      await insertHat(tx, accountId, { id: `${accountId}.1`, role: 'administrator', unitId: null, areaId: null, fromMs: 0, untilMs: null });
    });
    return { login, accountId };
  } finally {
    await pool.end();
  }
}

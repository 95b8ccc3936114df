/** Demonstration accounts, for the embedded default only: nobody in them exists. */
import { randomBytes } from 'node:crypto';
import type { Plan, Role, UnitId } from '../domain/plan.js';
import { DAY_MS } from '../domain/time.js';
import { insertAccount, insertHat, passwordOf, setPassword } from '../db/accounts/accounts.js';
import { insertToken, revokeCredentials } from '../db/accounts/credentials.js';
import { transaction } from '../db/pool.js';
import type { Deps } from './deps.js';
import { hashPassword, secretDigest } from './passwords.js';
import { newTokenSecret } from './sign-in.js';

export interface DemoHat {
  readonly role: Role;
  readonly unitId: UnitId | null;
  readonly areaId: string;
}

export interface DemoAccount {
  readonly login: string;
  readonly password: string;
  readonly token: string;
  readonly name: string;
  readonly hats: readonly DemoHat[];
}

type Person = readonly [login: string, name: string, ...hats: (readonly [Role, UnitId?])[]];

const TOKEN_DAYS = 366;

/** The director heads a reporting unit (2.1), and so wears two hats. */
const OFFICE: readonly Person[] = [
  ['technical', '技术组', ['technical']],
  ['management', '管理组值班员', ['management']],
  ['management2', '管理组复核员', ['management']],
  ['director', '办公室主任', ['director'], ['unit', 'ecology']],
  ['deputy', '办公室副主任', ['director']],
  ['deputy2', '办公室副主任（二）', ['director']],
  ['commander', '指挥长', ['commander']],
  ['prefecture', '自治州指挥部办公室', ['prefecture']],
  ['zone', '经开区管委会', ['zone']],
  ['auditor', '审计员', ['auditor']],
  ['administrator', '系统管理员', ['administrator']],
  ['integration', '监测数据接口', ['integration']],
];

/**
 * Makes the accounts of a plan's people, each with a password and a token that
 * this answer alone holds. Made before, they get new ones and the old ones end.
 */
export async function seedDemo({ pool, clock }: Pick<Deps, 'pool' | 'clock'>, plan: Plan, areaId: string = plan.areaId): Promise<DemoAccount[]> {
  const nowMs = await clock(pool);
  const accounts = await Promise.all(
    peopleOf(plan).map(async ([login, name, ...hats]) => {
      const password = randomBytes(9).toString('base64url');
      const demo: DemoAccount = {
        login,
        password,
        token: newTokenSecret(),
        name: `演示·${name}`,
        hats: hats.map(([role, unitId]) => ({ role, unitId: unitId ?? null, areaId })),
      };
      return { demo, passwordHash: await hashPassword(password) };
    }),
  );
  await transaction(pool, async (tx) => {
    for (const { demo, passwordHash } of accounts) {
      const id = `demo-${demo.login}`;
      const isNew = await insertAccount(tx, { id, login: demo.login, name: demo.name, passwordHash, demonstration: true, createdAtMs: nowMs });
      if (!isNew) {
        if ((await passwordOf(tx, demo.login))?.id !== id) throw new Error(`the login "${demo.login}" belongs to somebody real: no demonstration accounts here`);
        await setPassword(tx, id, passwordHash);
        await revokeCredentials(tx, id, nowMs);
      }
      for (const [i, hat] of demo.hats.entries()) await insertHat(tx, id, { id: `${id}.${i + 1}`, ...hat, fromMs: 0, untilMs: null });
      const digest = secretDigest(demo.token);
      await insertToken(tx, { id: digest.slice(0, 16), digest, accountId: id, label: '演示', createdAtMs: nowMs, expiresAtMs: nowMs + TOKEN_DAYS * DAY_MS });
    }
  });
  return accounts.map(({ demo }) => demo);
}

/** Every unit's reporter; the first unit has a reviewer, too. A plan without the director's unit leaves that hat off. */
function peopleOf(plan: Plan): Person[] {
  const isThere = (unitId: UnitId | undefined) => unitId === undefined || plan.units.some((u) => u.id === unitId);
  const office = OFFICE.map(([login, name, ...hats]): Person => [login, name, ...hats.filter(([, unitId]) => isThere(unitId))]);
  const reporters = plan.units.map((u): Person => [`unit-${u.id}`, `${u.shortName.zh}填报员`, ['unit', u.id]]);
  const reviewers = plan.units.slice(0, 1).map((u): Person => [`unit-${u.id}-review`, `${u.shortName.zh}审核员`, ['unit', u.id]]);
  return [...office, ...reporters, ...reviewers];
}

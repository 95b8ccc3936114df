import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf } from '../domain/digest.js';
import type { Plan } from '../domain/plan.js';
import { loadAqiTables } from './aqi-tables.js';
import { checkEditions, checkPlan } from './check.js';
import { type PlanFault, PlanRefused, type Report } from './faults.js';
import { readYaml, type YamlContent } from './read.js';

const PLANS_FOLDER = dirname(fileURLToPath(import.meta.url));

export type PlanCheck =
  | { readonly ok: true; readonly faults: readonly []; readonly plan: Plan }
  | { readonly ok: false; readonly faults: readonly PlanFault[] };

/** A plan by its name (`kuitun-2023`) or its file's path. Throws `PlanRefused` with all its faults. */
export function loadPlan(nameOrPath: string): Plan {
  const isName = /^[\w-]+$/.test(nameOrPath);
  const result = checkPlanFile(isName ? join(PLANS_FOLDER, `${nameOrPath}.yaml`) : nameOrPath);
  if (!result.ok) throw new PlanRefused(nameOrPath, result.faults);
  return result.plan;
}

/** Names of the plans shipped with the system. */
export function listPlans(): string[] {
  return planFilesIn(PLANS_FOLDER).map((file) => basename(file, '.yaml'));
}

/** SHA-256 of the plan's canonical JSON: an episode's first event names its plan by it. */
export function planDigest(plan: Plan): string {
  return digestOf(plan);
}

/** Reads a file and checks it in every respect, also against the other editions in its folder. */
export function checkPlanFile(path: string): PlanCheck {
  const read = readPlan(path);
  if (!('plan' in read)) return { ok: false, faults: read.faults };
  const { plan, placeOf } = read;
  const faults: PlanFault[] = [];
  const report: Report = (where, reason, reasonZh) => faults.push({ path: where, reason, reasonZh, ...placeOf(where) });
  checkAqiTables(plan, report);
  checkEditions(plan, siblingsOf(path), report);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, faults: [], plan };
}

function readPlan(path: string): ({ readonly plan: Plan } & Pick<YamlContent, 'placeOf'>) | { readonly faults: readonly PlanFault[] } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why = messageOf(error);
    return { faults: [{ path: '', reason: `cannot be read: ${why}; shipped plans are ${listPlans().join(', ')}`, reasonZh: `无法读取：${why}；自带预案有 ${listPlans().join('、')}` }] };
  }
  const yaml = readYaml(text);
  if ('faults' in yaml) return yaml;
  const checked = checkPlan(yaml.content);
  if ('plan' in checked) return { plan: checked.plan, placeOf: yaml.placeOf };
  return { faults: checked.faults.map((fault) => ({ ...fault, ...yaml.placeOf(fault.path) })) };
}

function checkAqiTables(plan: Plan, report: Report): void {
  try {
    loadAqiTables(plan.settings.aqiTables);
  } catch (error) {
    report('settings.aqiTables', `these AQI tables cannot be used: ${messageOf(error)}`, `限值表不可用：${messageOf(error)}`);
  }
}

/** The other plans in a file's folder; what is refused by itself is no edition of anything. */
function siblingsOf(path: string): Plan[] {
  return planFilesIn(dirname(resolve(path)))
    .filter((file) => file !== resolve(path))
    .flatMap((file) => {
      const other = readPlan(file);
      return 'plan' in other ? [other.plan] : [];
    });
}

function planFilesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(folder, name));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

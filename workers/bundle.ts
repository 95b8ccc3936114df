import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

const ROOT = join(import.meta.dirname, '..');
/** What a bundle is made of: our sources, and by the lock every package's version. */
const SOURCES = ['workflows', 'domain', 'workers/bundle.ts', 'package-lock.json'];
const KEPT = 4;

/**
 * What our workflows stand on, and keeps nothing of any of them: loaded once for
 * all that run in a worker. Else each would load it anew, and run it cold.
 */
const PURE = ['rules', 'watch', 'digest', 'clock', 'time'];

/** The workflows as the worker's sandbox loads them; made once, before any worker starts. */
export function bundleWorkflows(root: string = ROOT): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowsAt(join(root, 'workflows/index.ts'), PURE.map((name) => join(root, `domain/${name}.ts`)));
}

/** The same for other workflows, by the file that exports them. */
export function bundleWorkflowsAt(workflowsPath: string, preloadModules: string[] = []): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath,
    preloadModules,
    logger: new DefaultLogger('WARN'),
    // Sources import each other with the suffix they will have once compiled.
    webpackConfigHook: (config) => ({ ...config, resolve: { ...config.resolve, extensionAlias: { '.js': ['.ts', '.js'] } } }),
  });
}

/**
 * The bundle of these very sources from `cacheDir`, made where it is not there:
 * a restart after a crash need not wait for it. Where the folder cannot be
 * written it is made each time.
 */
export async function cachedBundle(cacheDir: string): Promise<WorkflowBundleOption> {
  const folder = join(cacheDir, 'bundles');
  const codePath = join(folder, `${digestOfSources()}.js`);
  if (existsSync(codePath)) return { codePath };
  const bundle = await bundleWorkflows();
  try {
    mkdirSync(folder, { recursive: true });
    const unfinished = `${codePath}.${randomUUID()}`;
    writeFileSync(unfinished, bundle.code);
    renameSync(unfinished, codePath);
    removeOldest(folder);
  } catch (error) {
    if (!['EACCES', 'EROFS', 'ENOSPC', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  return bundle;
}

export function digestOfSources(): string {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(filesUnder).sort()) hash.update(`${file}\n`).update(readFileSync(join(ROOT, file))).update('\n');
  return hash.digest('hex').slice(0, 32);
}

function filesUnder(path: string): string[] {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  return readdirSync(join(ROOT, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(path, name));
}

function removeOldest(folder: string): void {
  const bundles = readdirSync(folder).map((name) => ({ path: join(folder, name), madeMs: statSync(join(folder, name)).mtimeMs }));
  for (const { path } of bundles.sort((a, b) => b.madeMs - a.madeMs).slice(KEPT)) rmSync(path, { force: true });
}

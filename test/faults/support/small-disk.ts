/**
 * PostgreSQL's disk, full while a test wants it: a small file system where this
 * user may mount one, else the limit on the size of its files, which needs no
 * rights: the log cannot grow any more, as on a disk without a block left.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from '../../../embedded/databases.js';
import type { System } from './system.js';

export interface SmallDisk {
  readonly what: string;
  readonly postgresDir: string;
  /** Leaves room for a few decisions at most. */
  fill(system: System): Promise<void>;
  /** There is room again; a server that gave up is started again. */
  free(system: System): Promise<void>;
  remove(): void;
}

/** Room for a new cluster and little more. */
const SIZE_MB = 224;
/** Of a segment of the log: no table has grown as large by then. */
const LOG_FILLED_BYTES = 8 * 2 ** 20;
const LEFT_BYTES = 64 * 2 ** 10;

export function smallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'qingkong-small-disk-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', folder]).status === 0;
  chmodSync(folder, 0o755);
  const postgresDir = join(folder, 'postgres');
  mkdirSync(postgresDir);
  return isMounted ? mounted(folder, postgresDir) : limited(folder, postgresDir);
}

function mounted(folder: string, postgresDir: string): SmallDisk {
  const ballast = join(folder, 'ballast');
  return {
    what: `a file system of ${SIZE_MB} MB`,
    postgresDir,
    fill: () => Promise.resolve(fillUp(ballast)),
    free: async (system) => {
      rmSync(ballast);
      await system.restart('postgres');
    },
    remove: () => {
      spawnSync('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function limited(folder: string, postgresDir: string): SmallDisk {
  let server = 0;
  return {
    what: "a limit on the size of PostgreSQL's files",
    postgresDir,
    fill: async ({ ownerUrl }) => {
      server = await serverPid(ownerUrl);
      limitFiles(server, (await logPosition(ownerUrl)) + LEFT_BYTES);
    },
    free: async (system) => {
      // If it has given up, what is started next is not limited.
      if (system.isRunning('postgres')) limitFiles(server, 'unlimited');
      await system.restart('postgres');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** To the last block. */
function fillUp(ballast: string): void {
  const file = openSync(ballast, 'w');
  try {
    for (let size = 2 ** 20; size >= 512; size /= 2) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** How far into its segment the log is written, once that is farther than any table is long. */
function logPosition(ownerUrl: string): Promise<number> {
  return withClient(ownerUrl, async (client) => {
    for (;;) {
      const { rows } = await client.query<{ at: number }>('select (pg_walfile_name_offset(pg_current_wal_lsn())).file_offset as at');
      const { at } = rows[0]!;
      if (at > LOG_FILLED_BYTES && at < 2 * LOG_FILLED_BYTES - 2 * LEFT_BYTES) return at;
      await client.query(`select pg_logical_emit_message(true, 'filling', repeat('x', $1))`, [LEFT_BYTES]);
    }
  });
}

/** The parent of whatever serves a connection. */
function serverPid(ownerUrl: string): Promise<number> {
  return withClient(ownerUrl, async (client) => {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return ps('-o', 'ppid=', '-p', String(rows[0]!.pid))[0]!;
  });
}

/** Of the server and every process it has begun, by its own user; the hard limit stays, so that there is a way back. */
function limitFiles(server: number, bytes: number | 'unlimited'): void {
  const [uid, gid] = ps('-o', 'uid=,gid=', '-p', String(server)) as [number, number];
  for (const pid of [server, ...ps('-o', 'pid=', '--ppid', String(server))]) {
    const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`], { encoding: 'utf8', uid, gid });
    if (status !== 0 && pid === server) throw new Error(`PostgreSQL's files cannot be limited: ${stderr}`);
  }
}

function ps(...args: readonly string[]): number[] {
  return spawnSync('ps', args, { encoding: 'utf8' }).stdout.split(/\s+/).filter(Boolean).map(Number);
}

import { noSpace } from './folders.js';
import { lastLine } from './log-files.js';
import { portProblem } from './ports.js';
import { SetupProblem } from './problem.js';

/** A killed server's children hold its shared memory for some moments more. */
export function isPassing(output: string): boolean {
  return output.includes('pre-existing shared memory block');
}

export function isPortTaken(output: string): boolean {
  return output.includes('could not bind IPv4 address');
}

/** Why PostgreSQL ended at its start, from what it wrote. */
export function postgresProblem(output: string, port: number, clusterDir: string, logFile: string): SetupProblem {
  if (isPortTaken(output)) return portProblem(port, '127.0.0.1', 'POSTGRES_PORT', undefined);
  if (output.includes('No space left on device')) return noSpace(clusterDir);
  if (output.includes('Permission denied') || output.includes('has wrong ownership')) {
    return new SetupProblem(
      { zh: `PostgreSQL 无权读写 ${clusterDir}`, en: `PostgreSQL may not read and write ${clusterDir}` },
      {
        zh: '请以第一次启动时的用户运行，或更正该文件夹的所有者',
        en: 'run as the user of the first start, or correct the owner of that folder',
      },
    );
  }
  if (output.includes('database files are incompatible with server')) {
    return new SetupProblem(
      { zh: `${clusterDir} 由另一个版本的 PostgreSQL 建立`, en: `${clusterDir} was made by another version of PostgreSQL` },
      {
        zh: '请用原来的版本导出数据（pg_dump），或换一个 DATA_DIR',
        en: 'export its data with that version (pg_dump), or set another DATA_DIR',
      },
    );
  }
  return new SetupProblem(
    { zh: `PostgreSQL 无法启动（${lastLine(output)}）`, en: `PostgreSQL did not start (${lastLine(output)})` },
    { zh: `请查看 ${logFile}，或设置 DATABASE_URL`, en: `see ${logFile}, or set DATABASE_URL` },
  );
}

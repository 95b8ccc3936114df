import { createServer } from 'node:net';
import getPort from 'get-port';
import { SetupProblem, systemCode } from './problem.js';

/** A free port on this machine; the preferred one where it is free. */
export async function freePort(preferred?: number, host = '127.0.0.1'): Promise<number> {
  // get-port withholds for a while what it gave before, which a quick restart wants again.
  return preferred !== undefined && (await isPortFree(preferred, host)) ? preferred : getPort({ host });
}

export async function isPortFree(port: number, host: string): Promise<boolean> {
  return (await tryListen(port, host)) === null;
}

/** Throws a SetupProblem when the port cannot be listened on; `variable` is the setting that chooses it. */
export async function requireFreePort(port: number, host: string, variable: string): Promise<void> {
  const error = await tryListen(port, host);
  if (error === null) return;
  throw portProblem(port, host, variable, error);
}

export function portProblem(port: number, host: string, variable: string, error: unknown): SetupProblem {
  const code = systemCode(error);
  if (code === 'EADDRNOTAVAIL') {
    return new SetupProblem(
      { zh: `本机没有地址 ${host}`, en: `this machine has no address ${host}` },
      { zh: '请更正 BIND', en: 'correct BIND' },
      { cause: error },
    );
  }
  const [zh, en] =
    code === 'EACCES' ? ['不允许使用（小于 1024 的端口需要特权）', 'not allowed (ports below 1024 need privileges)'] : ['已被占用', 'in use'];
  return new SetupProblem(
    { zh: `端口 ${port} ${zh}`, en: `port ${port} is ${en}` },
    { zh: `请用 ${variable} 指定另一个端口，或停止占用它的程序`, en: `set ${variable} to another port, or stop the program that holds it` },
    { cause: error },
  );
}

function tryListen(port: number, host: string): Promise<Error | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/**
 * Stands between the worker and PostgreSQL and can keep back the answer to a
 * commit: the ledger has the decision, the worker does not know it, and so the
 * server cannot have stored the workflow task. However short that window is
 * otherwise, here it is open for as long as a test wants.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** `CommandComplete` of a commit, as the protocol writes it. */
const COMMITTED = Buffer.from('C\0\0\0\x0bCOMMIT\0', 'latin1');
/** In the row that a decision inserts. */
const DECISION = Buffer.from('"kind":"decision"');

interface Held {
  readonly bytes: Buffer;
  readonly toWorker: Socket;
  /** Lets pass whatever follows. */
  readonly goOn: () => void;
}

export class HeldCommits {
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();
  /** Ends the waiting of `holdNext`. */
  giveUp: (error: Error) => void = () => undefined;
  private hold: (() => void) | null = null;
  private held: Held | null = null;

  /** Listens for the worker; gives the port. */
  async listen(postgresPort: number): Promise<number> {
    const server = createServer((toWorker) => this.pass(toWorker, connect(postgresPort, '127.0.0.1')));
    this.server = server;
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return (server.address() as AddressInfo).port;
  }

  /** Resolves when the worker's next decision is committed; its answer, and whatever follows on that connection, is kept back. */
  holdNext(withinMs = 60_000): Promise<void> {
    return new Promise((resolve, reject) => {
      this.giveUp = (error) => {
        clearTimeout(late);
        this.hold = null;
        reject(error);
      };
      const late = setTimeout(() => this.giveUp(new Error(`no decision was committed within ${withinMs / 1000} s`)), withinMs);
      this.hold = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }

  /** Lets the answer through, if there is still anyone to have it. */
  release(): void {
    const { held } = this;
    this.held = null;
    if (!held) return;
    held.toWorker.write(held.bytes);
    held.goOn();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server?.close(done));
  }

  private pass(toWorker: Socket, toServer: Socket): void {
    for (const [socket, other] of [
      [toWorker, toServer],
      [toServer, toWorker],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    let sent = Buffer.alloc(0);
    let isDeciding = false;
    toWorker.on('data', (data) => {
      sent = Buffer.concat([sent.subarray(-DECISION.length), data]);
      isDeciding ||= sent.includes(DECISION);
      toServer.write(data);
    });
    const answer = (data: Buffer): void => {
      const isCommitted = isDeciding && data.includes(COMMITTED);
      if (isCommitted) isDeciding = false;
      if (!isCommitted || this.hold === null) return void toWorker.write(data);
      toServer.off('data', answer);
      this.held = { bytes: data, toWorker, goOn: () => void toServer.on('data', answer) };
      this.hold();
      this.hold = null;
    };
    toServer.on('data', answer);
  }
}

/** Between a pool and PostgreSQL: cut (connections refused), silent (accepted, never answered) or forgetful (what was open is dead and nobody is told) while a test wants it. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class BrokenLink {
  private server: Server | null = null;
  private port = 0;
  private isSilent = false;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly target: URL) {}

  /** The same database by way of the link. */
  static async to(databaseUrl: string): Promise<{ readonly link: BrokenLink; readonly url: string }> {
    const link = new BrokenLink(new URL(databaseUrl));
    await link.mend();
    const url = new URL(databaseUrl);
    url.port = String(link.port);
    return { link, url: url.toString() };
  }

  async mend(): Promise<void> {
    this.isSilent = false;
    for (const socket of this.sockets) socket.resume();
    if (this.server) return;
    const server = createServer((near) => this.join(near, connect(Number(this.target.port), this.target.hostname)));
    await new Promise<void>((done) => server.listen(this.port, '127.0.0.1', done));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async cut(): Promise<void> {
    const { server } = this;
    this.server = null;
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => (server ? server.close(done) : done(undefined)));
  }

  silence(): void {
    this.isSilent = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** As a firewall that lost its table: packets of the connections that are open go nowhere, no end of them is told, new ones are good. */
  forget(): void {
    for (const socket of this.sockets) socket.removeAllListeners('data').on('data', () => undefined);
  }

  private join(near: Socket, far: Socket): void {
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (data) => other.write(data));
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
      if (this.isSilent) socket.pause();
    }
  }
}

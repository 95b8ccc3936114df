import pg from 'pg';
import { sha256Hex } from '../domain/digest.js';

/** A statement with its values, and who waits for its result. */
export interface Asked {
  readonly text: string;
  readonly values: unknown[];
  readonly answered: (result: pg.QueryResult) => void;
  readonly failed: (error: Error) => void;
}

/** What the library's own query does and its types leave out. */
interface Statement {
  readonly name: string;
  readonly text: string;
  readonly _result: { _types: unknown };
  prepare(connection: Wire): void;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: unknown): void;
  handleReadyForQuery(connection: unknown): void;
}

interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  readonly submittedNamedStatements: Record<string, string>;
  parse(statement: { readonly name: string }): void;
  close(what: { readonly type: 'S'; readonly name: string }): void;
  sync(): void;
}

const LibraryQuery = pg.Query as unknown as new (config: object, callback: (error: Error | null, result: pg.QueryResult) => void) => Statement;

const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text) ?? `q${sha256Hex(text).slice(0, 30)}`;
  names.set(text, known);
  return known;
}

/**
 * Several statements sent in one packet and answered in one: most of what a
 * short transaction costs is that two processes wake each other. All succeed or
 * all fail, as within a transaction they would. Each is parsed and planned once
 * per connection, under a name made of its text.
 */
export class Batch {
  private readonly statements: readonly Statement[];
  /** Parsed by this very batch: if it fails nobody knows how far the server came. */
  private readonly fresh: string[] = [];
  private at = 0;
  private isOver = false;
  /** Set by the library where a query has a time limit: it wants to be told of the end. */
  callback?: (error: Error | null) => void;

  constructor(
    private readonly asked: readonly Asked[],
    types: unknown,
    private readonly ended: () => void,
  ) {
    this.statements = asked.map(({ text, values, answered }) => new LibraryQuery({ name: nameOf(text), text, values }, (_error, result) => answered(result)));
    for (const { _result: result } of this.statements) result._types = types;
  }

  submit(connection: Wire): null {
    // Closing a name that nobody knows is no fault, and parsing one that is known would be.
    const parse = (statement: { readonly name: string }): void => {
      this.fresh.push(statement.name);
      connection.close({ type: 'S', name: statement.name });
      connection.parse(statement);
    };
    const within = Object.create(connection, { sync: { value: () => undefined }, parse: { value: parse } }) as Wire;
    connection.stream.cork();
    for (const statement of this.statements) statement.prepare(within);
    connection.sync();
    connection.stream.uncork();
    return null;
  }

  handleRowDescription(message: unknown): void {
    this.statements[this.at]?.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.statements[this.at]?.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, connection: unknown): void {
    this.statements[this.at]?.handleCommandComplete(message, connection);
    this.at++;
  }

  handleError(error: Error, connection: Wire): void {
    for (const name of this.fresh) delete connection.submittedNamedStatements[name];
    this.end(error);
    for (const { failed } of this.asked) failed(error);
  }

  handleReadyForQuery(connection: unknown): void {
    this.end(null);
    for (const statement of this.statements) statement.handleReadyForQuery(connection);
  }

  /** Once: what was given up for its time may still be answered. */
  private end(error: Error | null): void {
    if (this.isOver) return;
    this.isOver = true;
    this.callback?.(error);
    this.ended();
  }
}

/**
 * A client that sends together what is asked of it in one turn of the process,
 * or while it waits for an answer: statements with values, of which ours have
 * few and fixed texts. Everything else is asked as the library does.
 */
export class BatchingClient extends pg.Client {
  private waiting: Asked[] = [];
  private isAsking = false;
  private isToSend = false;

  // The library's overloads are many; ours is the one with a text and its values, the others pass through.
  override query = ((...args: unknown[]): unknown => {
    const [text, values, ...rest] = args;
    if (typeof text === 'string' && Array.isArray(values) && rest.length === 0) return this.ask(text, values);
    this.send();
    return (super.query as (...given: unknown[]) => unknown)(...args);
  }) as pg.Client['query'];

  private ask(text: string, values: unknown[]): Promise<pg.QueryResult> {
    return new Promise((answered, failed) => {
      this.waiting.push({ text, values, answered, failed });
      if (this.isAsking || this.isToSend) return;
      this.isToSend = true;
      process.nextTick(() => this.send());
    });
  }

  private send(): void {
    this.isToSend = false;
    if (this.waiting.length === 0) return;
    const asked = this.waiting;
    this.waiting = [];
    this.isAsking = true;
    const batch = new Batch(asked, (this as unknown as { readonly _types: unknown })._types, () => {
      this.isAsking = false;
      if (this.waiting.length > 0) process.nextTick(() => this.send());
    });
    super.query(batch as unknown as pg.Submittable);
  }
}

/** Hostile strings in every free text that the contract takes, each with a number of its own. */
import { randomUUID } from 'node:crypto';
import type { Answer, TestApi } from '../../support/api.js';
import { formOf, type Operation, operationsOf, pathOf, type Schema, typesOf } from '../../support/contract.js';

const LONG = `"'></textarea></title><script>window.hurt=1</script><img src=x onerror="window.hurt=1"><svg onload=window.hurt=1>{{7*7}}javascript:window.hurt=1 =HYPERLINK("x")`;
const MIDDLE = `</textarea><script>window.hurt=1</script><img src=x onerror=hurt=1>`;
const SHORT = `"><svg onload=x>`;

/** The longest of them that a field takes. */
function hostileText(number: number, { maxLength = 1000 }: Schema): string {
  const text = `#${number}#${[LONG, MIDDLE, SHORT].find((t) => t.length + 5 <= maxLength) ?? ''}`;
  if (text.length > maxLength) throw new Error(`nothing hostile fits into ${maxLength} characters`);
  return text;
}

const isFreeText = (schema: Schema) => typesOf(schema).includes('string') && schema.enum === undefined && schema.format === undefined && schema.pattern === undefined;

interface Sending {
  readonly params?: Readonly<Record<string, string>>;
  /** Free texts that would be out of place in this request. */
  readonly leave?: readonly string[];
  /** As given, since nobody is to read them. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export class HostileClient {
  /** `POST /tokens label` for each free text that was taken. */
  readonly covered = new Set<string>();
  private paper = '';
  /** What was sent, by its number. */
  readonly texts: string[] = [];

  private constructor(
    private readonly api: TestApi,
    private readonly operations: ReadonlyMap<string, Operation>,
  ) {}

  static async of(api: TestApi): Promise<HostileClient> {
    return new HostileClient(api, new Map((await operationsOf(api)).map((o) => [o.name, o])));
  }

  /** Posts a request whose every free text is hostile, and insists on its success. */
  async post(login: string, path: string, base: object, { params = {}, leave = [], secrets = {} }: Sending = {}): Promise<Answer['body']> {
    const operation = this.operations.get(`POST ${path}`);
    if (!operation?.body) throw new Error(`no operation POST ${path} with a body`);
    const places: string[] = [];
    const body = { ...(this.filled(operation.body, base, '', places, [...leave, ...Object.keys(secrets)]) as object), ...secrets };
    if (this.paper !== '' && JSON.stringify(base).includes(this.paper)) await this.bring(login, '同一份');
    const { status, body: answer } = await this.api.as(login).post(pathOf(operation, params), body);
    if (status >= 300) throw new Error(`POST ${path} as ${login}: ${status} ${JSON.stringify(answer)}`);
    for (const place of places) this.covered.add(`${operation.name} ${place}`);
    return answer;
  }

  /** Uploads a paper with a hostile title; gives its digest. */
  async upload(login: string): Promise<string> {
    this.paper = await this.bring(login, this.next({ maxLength: 200 }));
    this.covered.add('POST /documents title');
    return this.paper;
  }

  /** Whoever names a document has it at hand. */
  private async bring(login: string, title: string): Promise<string> {
    const { token } = this.api.as(login).account;
    const headers = { Authorization: `Bearer ${token}`, 'Idempotency-Key': randomUUID(), 'Content-Type': 'text/html' };
    const { status, body } = await this.api.request('POST', `/api/v1/documents?title=${encodeURIComponent(title)}`, { body: '<script>window.hurt=1</script>', headers });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body.digest as string;
  }

  next(schema: Schema = {}): string {
    const text = hostileText(this.texts.length, schema);
    this.texts.push(text);
    return text;
  }

  /** Every free text of the contract: `POST /tokens label`. */
  all(): string[] {
    const found = [...this.operations.values()].flatMap(({ name, method, body, parameters }) => [
      ...(body === null ? [] : freeTexts(body, '').map((place) => `${name} ${place}`)),
      ...parameters.filter((p) => p.in === 'query' && method === 'POST' && isFreeText(p.schema)).map((p) => `${name} ${p.name}`),
    ]);
    return [...new Set(found)];
  }

  private filled(schema: Schema, value: unknown, at: string, places: string[], leave: readonly string[]): unknown {
    const form = formOf(schema, value);
    const put = (of: Schema, place: string) => {
      places.push(place);
      return this.next(of);
    };
    if (Array.isArray(value)) return value.map((item) => (isFreeText(form.items ?? {}) ? put(form.items!, `${at}.*`) : this.filled(form.items ?? {}, item, `${at}.*`, places, leave)));
    if (typeof value !== 'object' || value === null) return value;
    const texts = Object.entries(form.properties ?? {}).filter(([name, of]) => isFreeText(of) && !leave.includes(under(at, name)));
    const given = Object.entries(value as Record<string, unknown>).map(([name, of]) => {
      const open = typeof form.additionalProperties === 'object' ? form.additionalProperties : {};
      const known = form.properties?.[name];
      if (!known && typeof of === 'string') return [name, put(formOf(open, of), under(at, '{}'))] as const;
      return [name, this.filled(known ?? open, of, under(at, name), places, leave)] as const;
    });
    return Object.fromEntries([...given, ...texts.map(([name, of]) => [name, put(of, under(at, name))] as const)]);
  }
}

const under = (at: string, name: string) => (at === '' ? name : `${at}.${name}`);

function freeTexts(schema: Schema, at: string): string[] {
  if (isFreeText(schema)) return [at];
  return [
    ...(schema.anyOf ?? []).flatMap((form) => freeTexts(form, at)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, of]) => freeTexts(of, under(at, name))),
    ...(schema.items ? freeTexts(schema.items, `${at}.*`) : []),
    ...(typeof schema.additionalProperties === 'object' ? freeTexts(schema.additionalProperties, under(at, '{}')) : []),
  ];
}

/** The changes of `mutations.ts` made inside the viewer's page, on its own reading of a bundle and judged by its own check. */
import type { Tally } from './mutations.js';

export type Kind = 'values' | 'files' | 'swaps' | 'bytes';

interface PageFile {
  readonly path: string;
  readonly body: Uint8Array;
  readonly digest: string;
}

/** What the page's scripts define. */
interface Page {
  readonly filesIn: (bytes: Uint8Array, tell: () => void) => PageFile[];
  readonly checkFiles: (files: readonly PageFile[], tell: () => void) => void;
  readonly canonical: (value: unknown) => string;
  readonly utf8: (text: string) => Uint8Array;
  readonly textOf: (bytes: Uint8Array) => string;
  readonly sha256: (bytes: Uint8Array) => string;
}

/**
 * Runs in the page: it must need nothing from outside itself. The first fault
 * ends a check, as whatever follows can take none back; a file that is not
 * changed keeps the digest that the page has made of it.
 */
export function changesInPage(given: { readonly kind: Kind; readonly bundle: string; readonly other: string }): Tally {
  // Scripts' constants are no properties of the window; their names are in scope all the same.
  const { filesIn, checkFiles, canonical, utf8, textOf, sha256 } = (0, eval)('({ filesIn, checkFiles, canonical, utf8, textOf, sha256 })') as Page;
  const FOUND = new Error('the first fault');
  const first = () => {
    throw FOUND;
  };
  const tally = { tried: 0, fault: 0, refused: 0, wrong: [] as string[] };
  const look = (name: string, check: () => void) => {
    tally.tried++;
    try {
      check();
      tally.wrong.push(`${name}: missed`);
    } catch (error) {
      if (error === FOUND) tally.fault++;
      else if ((error as Error).constructor.name === 'Unreadable') tally.refused++;
      else tally.wrong.push(`${name}: ${String(error)}`);
    }
  };
  const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const bytes = bytesOf(given.bundle);
  const files = filesIn(bytes, first).map(({ path, body, digest }) => ({ path, body, digest }));
  const withBody = (path: string, body: Uint8Array) => files.map((f) => (f.path === path ? { path, body, digest: sha256(body) } : f));
  const tries = (name: string, changed: readonly PageFile[]) => look(name, () => checkFiles(changed, first));
  const linesOf = (path: string) => textOf(files.find((f) => f.path === path)!.body).split('\n').slice(0, path.endsWith('.jsonl') ? -1 : 1);
  const ROWS = ['ledger/episode.jsonl', 'ledger/area.jsonl'];

  if (given.kind === 'values') values();
  if (given.kind === 'files') whole();
  if (given.kind === 'swaps') for (const { path, body } of filesIn(bytesOf(given.other), first)) if (files.some((f) => f.path === path && f.digest !== sha256(body))) tries(`${path} of another`, withBody(path, body));
  if (given.kind === 'bytes') between();
  return tally;

  /** Each value changed where it stands, and put back. */
  function values(): void {
    for (const path of [...ROWS, 'manifest.json', 'signature.json']) {
      const lines = linesOf(path);
      lines.forEach((line, i) => {
        const value = JSON.parse(line) as unknown;
        const before = lines.slice(0, i).map((l) => `${l}\n`).join('');
        const after = lines.slice(i + 1).map((l) => `\n${l}`).join('') + (path.endsWith('.jsonl') ? '\n' : '');
        const change = (holder: { [key: string]: unknown }, name: string) => {
          for (const key of Object.keys(holder)) {
            const was = holder[key];
            if (typeof was === 'object' && was !== null) {
              change(was as { [key: string]: unknown }, `${name}.${key}`);
              continue;
            }
            holder[key] = typeof was === 'number' ? was + 1 : typeof was === 'boolean' ? !was : typeof was !== 'string' ? 'was null' : `${was.slice(0, -1)}${was.endsWith('0') ? '1' : '0'}`;
            tries(`${name}.${key}`, withBody(path, utf8(before + canonical(value) + after)));
            holder[key] = was;
          }
        };
        change(value as { [key: string]: unknown }, `${path} ${i + 1}`);
        tries(`${path} ${i + 1} spaced`, withBody(path, utf8(before + line.replace('{', '{ ') + after)));
      });
    }
  }

  function whole(): void {
    files.forEach(({ path, body, digest }, i) => {
      const flipped = Uint8Array.from(body);
      flipped[flipped.length >> 1]! ^= 1;
      tries(`${path} flipped`, withBody(path, flipped));
      tries(`${path} cut`, withBody(path, body.subarray(0, -1)));
      tries(`${path} left out`, files.filter((f) => f.path !== path));
      tries(`${path} added to`, [...files.slice(0, i), { path: `documents/added-${i}`, body, digest }, ...files.slice(i)]);
      const next = files[i + 1];
      if (next) tries(`${path} after ${next.path}`, files.map((f, n) => (n === i ? next : n === i + 1 ? files[i]! : f)));
    });
    for (const path of ROWS) {
      const lines = linesOf(path);
      const file = (some: readonly string[]) => withBody(path, utf8(some.map((l) => `${l}\n`).join('')));
      for (let i = 0; i + 1 < lines.length; i++) {
        tries(`${path} ${i + 1} after ${i + 2}`, file(lines.map((l, n) => (n === i ? lines[i + 1]! : n === i + 1 ? lines[i]! : l))));
        tries(`${path} cut after ${i + 1}`, file(lines.slice(0, i + 1)));
      }
    }
  }

  function between(): void {
    let at = 0;
    const flip = () => {
      bytes[at]! ^= 1;
      look(`byte ${at}`, () => checkFiles(filesIn(bytes, first), first));
      bytes[at]! ^= 1;
    };
    for (const { path, body } of files) {
      for (const end = at + 30 + path.length; at < end; at++) flip();
      at += body.length;
    }
    for (; at < bytes.length; at++) flip();
    look('a byte more', () => checkFiles(filesIn(Uint8Array.from([...bytes, 0]), first), first));
    look('a byte less', () => checkFiles(filesIn(bytes.subarray(0, -1), first), first));
  }
}

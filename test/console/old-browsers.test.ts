import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import doiuse from 'doiuse';
import { Linter } from 'eslint';
import postcss from 'postcss';

const ASSETS = join(import.meta.dirname, '../../console/assets');
const OLDEST = 'chrome 90';
/** Chromium 90 has them but for corners that no page needs: sticky table headers as a group, breaks by column. */
const PARTLY_FINE = ['css-sticky', 'multicolumn'];

/** What its data does not hold: `start` and `end` in flex boxes came with 93, where `flex-end` has always done. */
const NEWER = /flex.*(align-items|justify-content|align-self): (start|end)\b|color-mix\(|@scope|@starting-style|\d(dvh|svh|lvh|cqw)\b/;

const ours = readdirSync(ASSETS);
const scripts = [...ours.filter((f) => f.endsWith('.js')).map((f) => join(ASSETS, f)), createRequire(import.meta.url).resolve('htmx.org/dist/htmx.min.js')];

function faultsOfScript(code: string): string[] {
  return new Linter().verify(code, { languageOptions: { ecmaVersion: 2020, sourceType: 'script' } }).map((m) => `${m.line}: ${m.message}`);
}

async function unsupported(css: string): Promise<string[]> {
  const found = new Set<string>();
  await postcss([doiuse({ browsers: [OLDEST], onFeatureUsage: ({ feature }) => void found.add(feature) })]).process(css, { from: undefined });
  return [...found].filter((feature) => !PARTLY_FINE.includes(feature));
}

test('the checks see what Chromium 90 does not know', async () => {
  expect(faultsOfScript('let a; a ||= 1;')).toHaveLength(1);
  expect(faultsOfScript('class A { static {} }')).toHaveLength(1);
  expect(await unsupported('.a:has(b){color:red} .x{& .y{color:red}} @container (min-width:1px){.z{color:red}} @layer a{.b{color:red}}')).toEqual(
    expect.arrayContaining(['css-has', 'css-nesting', 'css-container-queries', 'css-cascade-layers']),
  );
});

test.each(scripts.map((path) => [path.replace(/^.*\/(?=[^/]+$)/, ''), path]))('%s is ES2020', (_name, path) => {
  expect(faultsOfScript(readFileSync(path, 'utf8'))).toEqual([]);
});

test.each(ours.filter((f) => f.endsWith('.css')))(`%s uses nothing that ${OLDEST} does not know`, async (file) => {
  const css = readFileSync(join(ASSETS, file), 'utf8');
  expect(await unsupported(css)).toEqual([]);
  expect(css.split('\n').filter((line) => NEWER.test(line))).toEqual([]);
});

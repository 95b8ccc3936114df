import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { UseCaseFailure, invalid } from '../../usecases/failure.js';
import { faultInEnglish } from '../../console/texts/faults-en.js';
import { pageProblemOf } from '../../console/web/problem.js';

const here = new URL('../../', import.meta.url);
const sources = ['usecases', 'console/web', 'console/pages'].flatMap((folder) => readdirSync(new URL(folder, here)).map((name) => readFileSync(new URL(`${folder}/${name}`, here), 'utf8')));

/** What `invalid(…)`, a schema's message or the checks of a report say in Chinese alone. */
const SAYINGS = [/invalid\(\s*[^;]*?,\s*(['`])((?:(?!\1).)*)\1\s*\)/g, /(?:message|error): (['`])((?:(?!\1).)*)\1/g, /\.(?:regex|min|refine)\([^;\n]*?, (['`])((?:(?!\1).)*)\1\)/g, /refuseParts\([^;]*?(['`])((?:(?!\1).)*[\u4e00-\u9fff](?:(?!\1).)*)\1\)/g, /(?:\? null :|return) (['`])((?:(?!\1).)*)\1;/g];

test('every fault that a form is told of has its English words', () => {
  const said = new Set(sources.flatMap((text) => SAYINGS.flatMap((form) => [...text.matchAll(form)].map((found) => found[2]!))).filter((words) => /^[^$]*[\u4e00-\u9fff]/.test(words)));
  expect(said.size).toBeGreaterThan(60);
  const without = [...said].filter((words) => ['this entry is not right', ''].includes(faultInEnglish(words.replace(/\$\{[^}]*\}/g, '3'))));
  expect(without).toEqual([]);
});

test('a rule’s refusal and a use case’s fault are told in both languages', () => {
  const refusal = { code: 'reason-required', clause: '3.3.4', text: { zh: '应写明理由', en: 'a reason is needed' }, path: 'act.reason' } as const;
  expect(pageProblemOf(new UseCaseFailure({ kind: 'refused', refusal }))?.faults).toEqual([{ path: 'reason', text: { zh: '应写明理由', en: 'a reason is needed' } }]);
  expect(pageProblemOf(invalid('unitId', '预案中没有该单位'))?.faults).toEqual([{ path: 'unitId', text: { zh: '预案中没有该单位', en: 'the plan has no such unit' } }]);
});

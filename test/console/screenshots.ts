/** `npm run screenshots`: the main pages of a demonstration episode, wide and on a phone, into docs/screenshots. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { approve, HOUR_MS, START_MS, testApi } from '../support/api.js';
import { launch, PHONE, signIn, WIDE } from './support/browser.js';
import { ask, publish, respond } from './support/story.js';

const FOLDER = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));

const BEFORE: readonly (readonly [string, string, string])[] = [['approval', 'commander', '/approvals/EP/R1']];
const AFTER: readonly (readonly [string, string | null, string])[] = [
  ['desk', 'management', '/'],
  ['unit', 'unit-education', '/unit'],
  ['report', 'unit-education', '/reports/EP/daily-report:2026-01-06:education'],
  ['forecasts', 'technical', '/forecasts'],
  ['office', 'management', '/office/EP'],
  ['episode', 'auditor', '/episodes/EP'],
  ['plan', 'auditor', '/plan'],
  ['public', null, '/public'],
];

mkdirSync(FOLDER, { recursive: true });
const api = await testApi();
const browser = await launch('zh-CN');
const episodeId = await ask(api);
await approve(api, 'director', episodeId);
await api.at(START_MS + HOUR_MS / 2);
await take(BEFORE);
await publish(api, episodeId, ['commander']);
await api.at(START_MS + 2.5 * HOUR_MS);
await respond(api, episodeId);
await take(AFTER);
await browser.close();
await api.close();

async function take(pages: readonly (readonly [string, string | null, string])[]): Promise<void> {
  for (const [size, viewport] of [['wide', WIDE], ['phone', PHONE]] as const)
    for (const [name, login, path] of pages) {
      const context = await browser.newContext({ viewport, locale: 'zh-CN' });
      const page = await context.newPage();
      if (login !== null) await signIn(page, api.url, api.as(login).account);
      await page.goto(`${api.url}${path.replace('EP', episodeId)}`);
      await page.waitForLoadState('load');
      // The desk whole: its last card is the air.
      await page.screenshot({ path: `${FOLDER}${name}-${size}.png`, fullPage: name === 'desk' && size === 'wide' });
      await context.close();
    }
}

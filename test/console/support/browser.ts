/** Debian's Chromium, driven. Free of jest, so that the screenshots' script uses it too. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const found = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path));

export const hasBrowser = found !== undefined;
export const WIDE = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** `lang`: of the browser's own parts, such as the fields for dates; Debian has the words of other languages in chromium-l10n. */
export function launch(lang?: string): Promise<Browser> {
  if (found === undefined) throw new Error('no Chromium here: apt-get install -y chromium, or set CHROMIUM_PATH');
  return chromium.launch({ executablePath: found, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', ...(lang === undefined ? [] : [`--lang=${lang}`])], ...(lang === undefined ? {} : { env: { ...process.env, LANGUAGE: lang.replace('-', '_') } }) });
}

/** Types into the sign-in form, as a person would. */
export async function signIn(page: Page, url: string, { login, password }: { login: string; password: string }, to = '/'): Promise<void> {
  await page.goto(`${url}/sign-in?to=${encodeURIComponent(to)}`);
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', password);
  await page.click('main button');
  await page.waitForLoadState('load');
}

/** What a page says, its frame apart. */
export async function mainText(page: Page, address: string): Promise<string> {
  await page.goto(address);
  return page.locator('main').innerText();
}

export type { Browser, BrowserContext, Page };

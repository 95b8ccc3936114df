/** People at their browsers: each signs in once, stays in an area, and acts by what the pages offer. */
import { expect } from '@jest/globals';
import type { DemoAccount } from '../../../usecases/demo.js';
import { type Browser, type BrowserContext, type Page, signIn, WIDE } from './browser.js';

/** A loaded machine may be slow; nobody is hurried. */
const PATIENCE_MS = 60_000;

export interface Desk {
  readonly url: string;
  readonly accounts: ReadonlyMap<string, DemoAccount>;
  /** As the settings name it; null: the one the account starts in. */
  readonly area: string | null;
}

export class People {
  private readonly contexts = new Map<string, BrowserContext>();
  private readonly faults: string[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly desk: Desk,
  ) {}

  /** Who has acted so far. */
  get seen(): readonly string[] {
    return [...this.contexts.keys()];
  }

  /** Opens a page as somebody and acts there; no script may fail and nothing may be asked of another machine. */
  async as(login: string, path: string, act: (page: Page) => Promise<void>): Promise<void> {
    const page = await (this.contexts.get(login) ?? (await this.enter(login))).newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (e) => void this.faults.push(`${login} ${path}: ${e.message}`));
    // A form that is refused comes back with a 4xx, which Chromium puts on its console, too.
    page.on('console', (m) => void (m.type() === 'error' && !/status of 4\d\d/.test(m.text()) && this.faults.push(`${login} ${path}: ${m.text()}`)));
    page.on('request', (r) => void (r.url().startsWith(this.desk.url) || this.faults.push(`${login} ${path} asked for ${r.url()}`)));
    await page.goto(`${this.desk.url}${path}`);
    await act(page);
    await page.close();
    expect(this.faults.splice(0)).toEqual([]);
  }

  passwordOf(login: string): string {
    return this.accountOf(login).password;
  }

  async close(): Promise<void> {
    for (const context of this.contexts.values()) await context.close();
  }

  private accountOf(login: string): DemoAccount {
    const account = this.desk.accounts.get(login);
    if (!account) throw new Error(`nobody is called ${login}`);
    return account;
  }

  private async enter(login: string): Promise<BrowserContext> {
    const context = await this.browser.newContext({ viewport: WIDE });
    this.contexts.set(login, context);
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await signIn(page, this.desk.url, this.accountOf(login));
    if (this.desk.area !== null) {
      await page.locator('.settings summary').click();
      await page.locator('.settings select[name=area]').selectOption({ label: this.desk.area });
      await page.getByRole('button', { name: '确定' }).click();
      await page.locator('.drill').waitFor();
    }
    await page.close();
    return context;
  }
}

/** Presses the form's button until it leads on; what nobody knows the outcome of is pressed again, as the page says. */
export async function submit(page: Page, button = page.locator('main form button.primary').last()): Promise<void> {
  for (;;) {
    await Promise.all([page.waitForEvent('load'), button.click()]);
    const problems = await page.locator('.problem').allInnerTexts();
    if (problems.some((text) => text.includes('请再按一次'))) continue;
    return expect(problems).toEqual([]);
  }
}

/** Looks again until the page says it. */
export async function untilSaid(page: Page, selector: string, text: string | RegExp): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while ((await page.locator(selector, { hasText: text }).count()) === 0) {
    if (performance.now() > deadline) throw new Error(`${selector} does not say ${String(text)}: ${await page.locator('main').innerText()}`);
    await page.waitForTimeout(200);
    await page.reload();
  }
}

/** Tests that need a browser; where there is none they skip by name, and the run's last line (`skipped-reporter.mjs`) says what to install. */
import { describe, test } from '@jest/globals';
import { hasBrowser } from './browser.js';

/** `describe`; without a browser one skipped test that says how to get one. */
export function describeInBrowser(name: string, fn: () => void): void {
  if (hasBrowser) describe(name, fn);
  else describe(name, () => test.skip('skipped: no Chromium on this machine (apt-get install -y chromium fonts-noto-cjk, or set CHROMIUM_PATH)', () => undefined));
}

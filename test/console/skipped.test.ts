import { expect, test } from '@jest/globals';

interface Run {
  readonly testResults: readonly { readonly testResults: readonly { readonly title: string }[] }[];
}
type Reporter = new (config: object, options: { write: (line: string) => void }) => { onRunComplete(contexts: unknown, run: Run): void };

const file: string = '../support/skipped-reporter.mjs';

test('a run without a browser ends in one line that says what to install; one with it says nothing', async () => {
  const { default: SkippedReporter } = (await import(file)) as { default: Reporter };
  const lines: string[] = [];
  const reporter = new SkippedReporter({}, { write: (line) => void lines.push(line.trim()) });
  const skipped = { testResults: [{ title: 'skipped: no Chromium on this machine (…)' }] };
  const passed = { testResults: [{ title: 'a test' }] };
  reporter.onRunComplete(null, { testResults: [skipped, passed, skipped] });
  reporter.onRunComplete(null, { testResults: [passed] });
  expect(lines).toEqual(['2 test files of the console were skipped: no Chromium on this machine. Install it with "apt-get install -y chromium fonts-noto-cjk", or set CHROMIUM_PATH.']);
});

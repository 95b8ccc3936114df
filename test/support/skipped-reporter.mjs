/** One line at the end of a run that had no browser: what was skipped, and what to install. */
const MARK = 'skipped: no Chromium';

export default class SkippedReporter {
  constructor(_config, { write = (line) => void process.stderr.write(line) } = {}) {
    this.write = write;
  }

  onRunComplete(_contexts, { testResults }) {
    const files = testResults.filter(({ testResults: tests }) => tests.some(({ title }) => title.startsWith(MARK))).length;
    if (files > 0) this.write(`\n${files} test files of the console were skipped: no Chromium on this machine. Install it with "apt-get install -y chromium fonts-noto-cjk", or set CHROMIUM_PATH.\n`);
  }
}

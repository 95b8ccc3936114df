// A child for the supervision tests: says who it is, and ends or stays as told.
import { appendFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

const [file, behaviour] = process.argv.slice(2);
appendFileSync(file, `start ${process.pid}\n`);
if (behaviour === 'crash') process.exit(3);
process.on('SIGTERM', () => {
  appendFileSync(file, `asked ${process.pid}\n`);
  if (behaviour !== 'stubborn') process.exit(0);
});
setInterval(() => undefined, 1_000);

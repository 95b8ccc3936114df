/** `npm run test:faults [-- --full] [-- PART OF A NAME]`: the fault tests alone, one file after the other. */
import { spawnSync } from 'node:child_process';

const given = process.argv.slice(2);
const isFull = given.includes('--full');
const names = given.filter((argument) => argument !== '--full');
const { status } = spawnSync(
  process.execPath,
  [
    ...['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--runInBand', '--globals', JSON.stringify({ faultsInFull: isFull })],
    ...(names.length > 0 ? names.map((name) => `test/faults/.*${name}`) : ['test/faults']),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;

/** `npm run -s qingkong -- COMMAND`: the back-test, the checks, the drill. */
import { runCommand } from './program.js';

process.exitCode = await runCommand(process.argv.slice(2));

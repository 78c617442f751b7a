import { ownAccount } from '../world';
import { run } from './run';

/** `npm run ledger -- …`: what Steward wrote, from its storage or from a folder. */
process.stdout.on('error', () => process.exit(2));
const out = {
  print: (line: string) => void process.stdout.write(`${line}\n`),
  complain: (line: string) => void process.stderr.write(`${line}\n`),
};
void run(process.argv.slice(2), ownAccount, out).then((code) => (process.exitCode = code));

import { createApp } from '../world';
import { run } from './run';

/** `npm run doctor`: what is wrong with the deployment. */
process.stdout.on('error', () => process.exit(1));
const out = {
  print: (line: string) => void process.stdout.write(`${line}\n`),
  complain: (line: string) => void process.stderr.write(`${line}\n`),
};
void run(process.argv.slice(2), () => createApp().world(() => undefined), out).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    out.complain(`doctor: ${String(error)}`);
    process.exitCode = 1;
  },
);

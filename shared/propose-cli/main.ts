import { createApp } from '../world';
import { run } from './run';

/** `npm run propose -- …`: what a person can apply about a finding. */
process.stdout.on('error', () => process.exit(1));
const out = {
  print: (text: string) => void process.stdout.write(text),
  complain: (line: string) => void process.stderr.write(`propose: ${line}\n`),
};
const today = new Date().toISOString().slice(0, 10);
void run(process.argv.slice(2), { worldOf: () => createApp().world(() => undefined), today, out }).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    out.complain(String(error));
    process.exitCode = 1;
  },
);

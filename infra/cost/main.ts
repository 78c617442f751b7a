import { run } from './run';

/** `npm run cost -- …`: what a month costs, by a model. */
const { code, out, err } = run(process.argv.slice(2));
process.stdout.write(out);
process.stderr.write(err);
process.exitCode = code;

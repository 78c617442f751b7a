import { run } from './run';

/** `npm run policy -- …`: the engine of `shared/policy` on files, without Azure. */
const { code, out, err } = run(process.argv.slice(2), new Date().toISOString());
process.stdout.on('error', () => process.exit(code));
process.stdout.write(out);
process.stderr.write(err);
process.exitCode = code;

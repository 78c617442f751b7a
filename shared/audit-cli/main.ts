import { run } from './run';

/** `npm run audit -- …`: the in-cluster controls on files, without a cluster. */
const { code, out, err } = run(process.argv.slice(2), new Date().toISOString().slice(0, 10));
process.stdout.on('error', () => process.exit(code));
process.stdout.write(out);
process.stderr.write(err);
process.exitCode = code;

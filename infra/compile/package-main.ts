import { dirname } from 'node:path';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { listOf, packageFile, packageOf } from './package';

/** `npm run package`: the zip of what was built. */
const made = packageOf({
  host: readFileSync('host.json'),
  manifest: readFileSync('package.json'),
  app: readFileSync('dist/app.js'),
});
mkdirSync(dirname(packageFile), { recursive: true });
writeFileSync(packageFile, made.zip);
process.stdout.write(listOf(made));

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { listOf, packageOf } from './package';

/** `npm run package`: dist/package/steward.zip of what was built. */
const made = packageOf({
  host: readFileSync('host.json'),
  manifest: readFileSync('package.json'),
  app: readFileSync('dist/app.js'),
});
mkdirSync('dist/package', { recursive: true });
writeFileSync('dist/package/steward.zip', made.zip);
process.stdout.write(listOf(made));

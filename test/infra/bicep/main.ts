import { writeFileSync } from 'node:fs';
import { deployed, infraChecks, predictedBy, scenarios, templates } from './checks';
import { findBicep, type Bicep } from './cli';

const bicep = findBicep();
if (bicep === undefined) {
  console.error('infra: NOT CHECKED. Neither bicep on the PATH, nor az bicep, nor dotnet to restore it was found.');
  process.exitCode = 1;
} else {
  if (process.argv.includes('--write')) write(bicep);
  check(bicep);
}

/** Formats all templates and compiles what the button deploys. */
function write(cli: Bicep): void {
  for (const pattern of ['infra/**/*.bicep', 'infra/**/*.bicepparam', 'test/infra/params/*.bicepparam']) {
    cli.run('format', '--pattern', pattern);
  }
  const { status, stdout, stderr } = cli.run('build', '--stdout', 'infra/azuredeploy.bicep');
  if (status !== 0) throw new Error(stderr);
  writeFileSync(deployed, stdout.endsWith('\n') ? stdout : `${stdout}\n`);
}

function check(cli: Bicep): void {
  let wrong = 0;
  for (const { name, complaints } of infraChecks) {
    const found = complaints(cli);
    if (found.length > 0) wrong += 1;
    console.log(`${found.length === 0 ? '✔' : '✖'} ${name}`);
    for (const line of found) console.log(`    ${line}`);
  }
  const resources = scenarios.flatMap((file) => predictedBy(cli, file)).length;
  console.log(
    `infra: ${templates.length} templates and ${resources} resources of ${scenarios.length} predicted deployments checked with Bicep ${cli.version}, ${wrong} of ${infraChecks.length} checks failed`,
  );
  if (wrong > 0) process.exitCode = 1;
}

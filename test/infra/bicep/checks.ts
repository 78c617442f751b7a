import { cpSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Bicep } from './cli';
import { shapeComplaints } from './shape';
import { complaintsOf, filesBelow, inTemporaryFolder, snapshotOf, withoutGenerator, type Predicted } from './templates';

/** Something that only the Bicep CLI can tell of the templates. */
export interface InfraCheck {
  readonly name: string;
  /** What is wrong; nothing when all is right. */
  complaints(bicep: Bicep): readonly string[];
}

const [infra, given] = ['infra', 'test/infra/params'];
export const templates = filesBelow(infra, '.bicep');
const parameters = [...filesBelow(infra, '.bicepparam'), ...filesBelow(given, '.bicepparam')];
/** Deployments of different kinds, of which each is predicted. */
export const scenarios = filesBelow(given, '.bicepparam');

/** What the button deploys. */
export const deployed = 'infra/azuredeploy.json';

export const infraChecks: readonly InfraCheck[] = [
  {
    name: `${templates.length} templates compile, no rule of the linter has anything to say, and ${deployed} is what they compile to`,
    complaints: (bicep) =>
      onACopy((folder) => [...complaintsAfter(bicep, folder, 'build', '**/*.bicep'), ...drift(folder)]),
  },
  {
    name: `${parameters.length} files of parameters fit their templates`,
    complaints: (bicep) => onACopy((folder) => complaintsAfter(bicep, folder, 'build-params', '**/*.bicepparam')),
  },
  {
    name: 'all of them are formatted',
    complaints: (bicep) => onACopy((folder) => formatting(bicep, folder)),
  },
  ...scenarios.map((file) => ({
    name: `what ${basename(file)} deploys has the shape of Azure's API`,
    complaints: (bicep: Bicep) => shapeComplaints(bicep, predictedBy(bicep, file)),
  })),
];

/** The CLI writes beside what it reads. */
function onACopy<T>(work: (folder: string) => T): T {
  return inTemporaryFolder((folder) => {
    for (const each of [infra, given]) cpSync(each, join(folder, each), { recursive: true });
    return work(folder);
  });
}

/** One process for all files: each diagnostic once, with the path from the root of the project. */
function complaintsAfter(bicep: Bicep, folder: string, command: string, pattern: string): readonly string[] {
  const lines = complaintsOf(bicep.run(command, '--pattern', join(folder, pattern)));
  return [...new Set(lines.map((line) => line.replaceAll(`${folder}/`, '')))];
}

function drift(folder: string): readonly string[] {
  const [committed, built] = [deployed, join(folder, deployed)].map((file) =>
    JSON.stringify(withoutGenerator(JSON.parse(readFileSync(file, 'utf8')))),
  );
  return committed === built
    ? []
    : [`${deployed} is not what azuredeploy.bicep compiles to; run npm run infra -- --write`];
}

function formatting(bicep: Bicep, folder: string): readonly string[] {
  const complaints = ['**/*.bicep', '**/*.bicepparam'].flatMap((pattern) =>
    complaintsAfter(bicep, folder, 'format', pattern),
  );
  const changed = [...templates, ...parameters].filter(
    (file) => readFileSync(file, 'utf8') !== readFileSync(join(folder, file), 'utf8'),
  );
  return [...complaints, ...changed.map((file) => `${file} is not formatted; run npm run infra -- --write`)];
}

const predictions = new Map<string, readonly Predicted[]>();

/** Predicted once in a process. */
export function predictedBy(bicep: Bicep, params: string): readonly Predicted[] {
  const known = predictions.get(params) ?? snapshotOf(bicep, params);
  predictions.set(params, known);
  return known;
}

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { packageFile } from '../../infra/compile/package';

const root = join(__dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe.each(['ci.yml', 'release.yml'])('the workflow %s', (name) => {
  const file = `.github/workflows/${name}`;
  const workflow = parse(read(file)) as {
    permissions: Record<string, string>;
    jobs: Record<
      string,
      { permissions?: Record<string, string>; 'timeout-minutes'?: number; steps: { uses?: string }[] }
    >;
  };

  test('is what GitHub understands', () => {
    const validator = join(root, 'node_modules/@action-validator/cli/cli.mjs');
    const run = spawnSync(process.execPath, [validator, file], { cwd: root, encoding: 'utf8' });
    expect(`${run.stdout}${run.stderr}`.trim()).toBe('');
    expect(run.status).toBe(0);
  });

  test('may read only, except where a job says what more it needs, and names no secret', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(read(file)).not.toMatch(/secrets\./);
    for (const job of Object.values(workflow.jobs)) {
      const signsIn = job.steps.some(({ uses = '' }) => uses.startsWith('azure/login@'));
      expect(job.permissions?.['id-token'] ?? 'none').toBe(signsIn ? 'write' : 'none');
      expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    }
  });
});

test('a release is made of what npm run package makes, and azd sends the same files', () => {
  expect(read('.github/workflows/release.yml')).toContain(
    `gh release create "$TAG" ${packageFile} infra/azuredeploy.json`,
  );
  const sent = read('.funcignore')
    .split('\n')
    .filter((line) => line.startsWith('!') && line !== '!dist');
  expect(sent.map((line) => line.slice(1)).toSorted()).toEqual(['dist/app.js', 'host.json', 'package.json']);
});

test('an unknown key in a workflow would be seen', () => {
  const validator = join(root, 'node_modules/@action-validator/cli/cli.mjs');
  const wrong = 'on: push\njobs:\n  a:\n    runs-in: ubuntu-24.04\n    steps:\n      - run: ls\n';
  const run = spawnSync(process.execPath, ['-e', validatorOf(wrong)], { cwd: root, encoding: 'utf8' });
  expect(run.stdout).toContain('errors');
  expect(existsSync(validator)).toBe(true);
});

function validatorOf(text: string): string {
  return `console.log(JSON.stringify(require('@action-validator/core').validateWorkflow(${JSON.stringify(text)})))`;
}

/** Azure Developer CLI: the keys of azure.yaml that are used here. */
const hook = z.strictObject({ kind: z.literal('ts'), run: z.string() });
const azureYaml = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/),
  metadata: z.strictObject({ template: z.string() }),
  requiredVersions: z.strictObject({ azd: z.string() }),
  infra: z.strictObject({
    provider: z.literal('bicep'),
    layers: z.array(
      z.strictObject({
        name: z.string(),
        path: z.string(),
        module: z.string(),
        dependsOn: z.array(z.string()).optional(),
      }),
    ),
  }),
  services: z.record(
    z.string(),
    z.strictObject({
      project: z.string(),
      language: z.literal('ts'),
      host: z.literal('function'),
      remoteBuild: z.boolean(),
    }),
  ),
  workflows: z.strictObject({ up: z.strictObject({ steps: z.array(z.strictObject({ azd: z.string() })) }) }),
  hooks: z.record(z.enum(['postdeploy', 'postdown']), hook),
  pipeline: z.strictObject({ provider: z.literal('github'), variables: z.array(z.string()) }),
});

describe('azure.yaml', () => {
  const project = azureYaml.parse(parse(read('azure.yaml')));

  test('names templates, hooks and a service that exist', () => {
    for (const { path, module } of project.infra.layers) {
      expect(existsSync(join(root, path, `${module}.bicep`))).toBe(true);
      expect(existsSync(join(root, path, `${module}.bicepparam`))).toBe(true);
    }
    for (const { run } of Object.values(project.hooks)) expect(existsSync(join(root, run))).toBe(true);
    const [service = ''] = Object.keys(project.services);
    expect(read('infra/modules/app.bicep')).toContain(`'azd-service-name': '${service}'`);
  });

  test('provisions every layer in its order, with the code in between', () => {
    const steps = project.workflows.up.steps.map(({ azd }) => azd);
    expect(steps).toEqual(['package --all', 'provision core', 'deploy --all', 'provision events']);
  });

  test('hands on the variables that the parameters read', () => {
    const parameters = ['infra/main.bicepparam', 'infra/events/main.bicepparam'].map(read).join('\n');
    const names = [...parameters.matchAll(/readEnvironmentVariable\('([A-Z_]+)'/g)].map(([, name]) => name ?? '');
    for (const variable of project.pipeline.variables) expect(names).toContain(variable);
    const outputs = [...read('infra/main.bicep').matchAll(/^output ([A-Z_]+)/gm)].map(([, name]) => name);
    const fromCore = [...read('infra/events/main.bicepparam').matchAll(/readEnvironmentVariable\('([A-Z_]+)'/g)];
    const needed = fromCore.map(([, name]) => name).filter((name) => name !== 'STEWARD_SYSTEM_TOPIC_ID');
    expect(needed.filter((name) => !outputs.includes(name))).toEqual([]);
  });
});

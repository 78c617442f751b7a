import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { singleFindings, type Finding } from '../../shared/core/finding';
import { readManifests } from '../../shared/kubernetes/manifests/read';
import { deployment } from './deployment';
import { startSandbox, type Sandbox } from './sandbox';
import { loadEstate, type Estate } from './subscription/index';

jest.setTimeout(120_000);

let sandbox: Sandbox;
let shop: Estate;
let promised: readonly Finding[];

beforeAll(async () => {
  const { resources, objects = [], ...estate } = await loadEstate(join(__dirname, 'estate'));
  shop = {
    ...estate,
    resources: resources.filter(({ id }) => /\/(rg-shop|aks-shop)$/.test(id)),
    objects: objects.filter(({ clusterId }) => clusterId.endsWith('/aks-shop')),
  };
  sandbox = await startSandbox({ estate: shop, settings: { REMEDIATE: '' } });
  await sandbox.createEstate();
  await sandbox.settle();
  const findings = (await sandbox.findings()).flatMap(singleFindings);
  promised = findings.filter(({ findingId, remedy }) => remedy.includes(`npm run propose -- ${findingId}`));
});
afterAll(() => sandbox.close());

test('each finding that promises a proposal has one, as YAML over HTTP', async () => {
  const answers = await Promise.all(
    promised.map(async ({ findingId }) => {
      const response = await fetch(`${sandbox.host.url}/api/proposals/${findingId}`);
      const { manifests, problems } = readManifests(await response.text(), 'a.yaml');
      return [response.status, response.headers.get('content-type'), problems.length, manifests.length > 0];
    }),
  );
  expect(answers).toEqual(promised.map(() => [200, 'application/yaml; charset=utf-8', 0, true]));
  const controls = new Set(promised.map(({ controlId }) => controlId));
  expect(controls).toEqual(new Set([...controls, 'ingress-certificates', 'network-policies', 'pod-security']));
});

test('the command prints the same', async () => {
  const { findingId } = promised.find(({ controlId }) => controlId === 'ingress-certificates')!;
  const over = await (await fetch(`${sandbox.host.url}/api/proposals/${findingId}`)).text();
  const env = {
    PATH: process.env['PATH'],
    ...deployment(shop).settings(sandbox.subscription),
    AzureWebJobsStorage: sandbox.azurite.connectionString,
  };
  const printed = await new Promise<readonly [unknown, string]>((resolve) => {
    execFile(process.execPath, ['dist/propose.js', findingId], { env }, (error, out) => resolve([error, out]));
  });
  expect(printed).toEqual([null, over]);
});

import type { Finding } from '../../shared/core/finding';
import { nameOf } from '../../shared/core/resource';
import { reportOf } from './reports';
import { startSandbox, type Sandbox } from './sandbox';
import { refusals, type Estate, type WireResource } from './subscription/index';

jest.setTimeout(90_000);

const subscriptionId = 'c56a4180-65aa-42ec-a945-5fd21dec0538';
const subscription = `/subscriptions/${subscriptionId}`;
const group = `${subscription}/resourceGroups/rg-app`;
const networkId = (name: string): string => `${group}/providers/Microsoft.Network/virtualNetworks/${name}`;

const network = (name: string): WireResource => ({
  id: networkId(name),
  name,
  type: 'Microsoft.Network/virtualNetworks',
  location: 'westeurope',
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
    subnets: [{ name: 'nodes', properties: { addressPrefix: '10.0.0.0/24' } }],
  },
});
const policy = (kind: string, name: string, properties: object, scope = subscription): WireResource => ({
  id: `${scope}/providers/Microsoft.Authorization/${kind}/${name}`,
  name,
  type: `Microsoft.Authorization/${kind}`,
  properties: { ...properties },
});
const dayFromNow = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** An initiative of Steward's with nothing in it, assigned, and an exemption from it. */
const initiative = policy('policySetDefinitions', 'steward', { policyType: 'Custom', policyDefinitions: [] });
const assignment = policy('policyAssignments', 'steward', {
  displayName: 'Steward',
  scope: subscription,
  policyDefinitionId: initiative.id,
  metadata: { steward: '1' },
});
const exemption = policy(
  'policyExemptions',
  'by-policy',
  {
    policyAssignmentId: assignment.id,
    policyDefinitionReferenceIds: ['flow-logs'],
    exemptionCategory: 'Waiver',
    displayName: 'The partner logs it',
    expiresOn: `${dayFromNow(90)}T00:00:00Z`,
    metadata: { owner: 'partner team' },
  },
  networkId('by-policy'),
);

const names = ['by-file', 'by-policy', 'expired', 'invalid', 'ordinary'];
const estate: Estate = {
  name: 'exemptions',
  tenantId: '0b8f0a3c-2f5e-4a1d-9c3b-5d6e7f8a9b0c',
  subscriptionId,
  resources: [
    { id: group, name: 'rg-app', type: 'Microsoft.Resources/resourceGroups', location: 'westeurope', properties: {} },
    initiative,
    assignment,
    ...names.map(network),
  ],
};

const entry = (name: string, changed: object = {}): object => ({
  scope: networkId(name),
  control: 'flow-logs',
  owner: 'network team',
  reason: 'it moves',
  expires: dayFromNow(90),
  ...changed,
});
const file = JSON.stringify({
  version: 1,
  exemptions: [
    entry('by-file'),
    entry('expired', { expires: dayFromNow(-2) }),
    entry('invalid', { expires: dayFromNow(500) }),
  ],
});

async function played<T>(
  exemptions: string,
  look: (sandbox: Sandbox) => Promise<T>,
  prepare: (sandbox: Sandbox) => void = () => undefined,
): Promise<T> {
  const sandbox = await startSandbox({ estate, exemptions });
  try {
    prepare(sandbox);
    await sandbox.createEstate();
    await sandbox.settle();
    await sandbox.host.run('reconcile');
    await sandbox.settle();
    return await look(sandbox);
  } finally {
    await sandbox.close();
  }
}

const ofNetworks = (findings: readonly Finding[]): Record<string, string> =>
  Object.fromEntries(
    findings
      .filter(({ controlId, resourceType }) => controlId === 'flow-logs' && /virtualNetworks$/.test(resourceType))
      .map(({ resourceId, state }) => [nameOf(resourceId), state]),
  );
const logged = (sandbox: Sandbox): readonly string[] =>
  sandbox
    .writes()
    .map(({ path }) => /\/flowLogs\/fl-(.+)-[^-]+$/.exec(path)?.[1] ?? '')
    .filter((name) => name !== '')
    .toSorted();
const watchOf = (findings: readonly Finding[]): Finding | undefined =>
  findings.find(({ controlId }) => controlId === 'exemptions');

test('networks that the file or Azure Policy exempts are left alone, and the others are put right', () =>
  played(
    file,
    async (sandbox) => {
      const findings = await sandbox.findings();
      expect(ofNetworks(findings)).toEqual({
        'by-file': 'exempt',
        'by-policy': 'exempt',
        expired: 'resolved',
        invalid: 'resolved',
        ordinary: 'resolved',
      });
      expect(logged(sandbox)).toEqual(['expired', 'invalid', 'ordinary']);
      const byPolicy = findings.find(
        ({ resourceId, state }) => nameOf(resourceId) === 'by-policy' && state === 'exempt',
      );
      expect(byPolicy?.reason).toMatch(/\(owner partner team\): The partner logs it; otherwise: no flow log covers/);
      expect(watchOf(findings)?.aspects).toMatchObject([
        {
          title: 'Entry 3 of the file of exemptions: Exemption of invalid from flow-logs',
          state: 'open',
          reason: expect.stringMatching(/more than a year from now/),
        },
        {
          title: 'Exemption of expired from flow-logs',
          state: 'open',
          reason: expect.stringMatching(/^it expired on/),
        },
      ]);
      expect(await reportOf(sandbox)).toMatch(/open +medium +rg-steward +exemptions +Exemption of expired/);
    },
    (sandbox) => sandbox.subscription.seed([exemption]),
  ));

test.each<[string, string, (sandbox: Sandbox) => void, RegExp]>([
  ['the file is garbage', 'exemptions: none', () => undefined, /The file of exemptions: the file is no JSON object/],
  [
    'Azure Policy’s exemptions are forbidden',
    file,
    (sandbox) =>
      void sandbox.subscription.faults.add({
        match: ({ path }) => /policyExemptions$/i.test(path),
        times: Infinity,
        answer: refusals.authorizationFailed('Microsoft.Authorization/policyExemptions/read', subscription),
      }),
    /Policy exemptions of subscription .*: AuthorizationFailed \(403\)/,
  ],
])('while %s nothing at all is written, and both are findings', (_, text, prepare, reason) =>
  played(
    text,
    async (sandbox) => {
      expect(sandbox.writes()).toEqual([]);
      const findings = await sandbox.findings();
      expect(ofNetworks(findings)).toMatchObject({ expired: 'open', ordinary: 'open' });
      const ordinary = findings.find(
        ({ controlId, resourceId }) => controlId === 'flow-logs' && nameOf(resourceId) === 'ordinary',
      );
      expect(ordinary?.remedy).toMatch(/^not written: exemptions cannot be read: /);
      expect(ordinary?.remedy).toMatch(reason);
      expect(watchOf(findings)).toMatchObject({ state: 'open', severity: 'high' });
      const rows = sandbox.rows('StewardFindings_CL');
      expect(rows.filter(({ ControlId }) => ControlId === 'exemptions')).toContainEqual(
        expect.objectContaining({ FindingState: 'open', FindingSeverity: 'high' }),
      );
    },
    prepare,
  ),
);

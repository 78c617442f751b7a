import { clusterAccess } from '../../shared/controls/cluster-access';
import { minorSupport } from '../../shared/controls/cluster-access/kubernetes-support';
import { nodeImages } from '../../shared/controls/cluster-access/node-images';
import { retirements } from '../../shared/controls/cluster-access/retirements';
import type { Json, Resource } from '../../shared/core/resource';
import type { Verdict } from '../../shared/core/verdict';
import { having, inventoryOf } from '../given';
import { cluster, pool, verdictsOf, withPool, type Properties } from './clusters';

const judged = (subject: Resource, now = '2026-03-01T08:00:00.000Z'): Readonly<Record<string, Verdict>> =>
  verdictsOf(clusterAccess.evaluate(subject, { ...inventoryOf([]), now }));

/** The verdict on one thing after a change of properties. */
const after = (key: string, changed: Readonly<Record<string, Json | undefined>>, now?: string): Verdict | undefined =>
  judged(having(cluster, changed), now)[key];

const violation = (severity: string, reason: string | RegExp): object => ({
  state: 'violation',
  problems: [{ severity, reason: typeof reason === 'string' ? reason : expect.stringMatching(reason) }],
});

const properties = cluster.properties ?? {};
const apiServer = properties['apiServerAccessProfile'] as Properties;

test('a cluster that is private, signs people in with Entra ID and runs what is supported is compliant in all', () => {
  const states = Object.entries(judged(cluster)).map(([key, { state }]) => [key, state]);
  expect(states).toEqual([
    ['local-accounts', 'compliant'],
    ['entra-integration', 'compliant'],
    ['azure-rbac', 'compliant'],
    ['api-server-reach', 'compliant'],
    ['run-command', 'compliant'],
    ['workload-identity', 'compliant'],
    ['kubernetes-version', 'compliant'],
    ['components', 'compliant'],
    ['node-images', 'compliant'],
  ]);
});

/** The one thing that changes, the aspect that flips, and how. */
const wrongs: readonly (readonly [string, string, Readonly<Record<string, Json | undefined>>, string, RegExp])[] = [
  ['local accounts are on', 'local-accounts', { disableLocalAccounts: false }, 'high', /disableLocalAccounts is false/],
  [
    'it does not say whether local accounts are on',
    'local-accounts',
    { disableLocalAccounts: undefined },
    'high',
    /disableLocalAccounts is not set.*rotate the certificates/,
  ],
  ['a null stands for no answer', 'local-accounts', { disableLocalAccounts: null }, 'high', /is not set/],
  ['there is no Entra integration', 'entra-integration', { aadProfile: undefined }, 'high', /there is no aadProfile/],
  [
    'the Entra integration is the old one',
    'entra-integration',
    { aadProfile: { serverAppID: 'x', enableAzureRBAC: true } },
    'high',
    /not the managed one \(aadProfile.managed is not set\)/,
  ],
  [
    'Azure RBAC is off',
    'azure-rbac',
    { aadProfile: { managed: true, enableAzureRBAC: false } },
    'medium',
    /aadProfile.enableAzureRBAC is false/,
  ],
  ['Azure RBAC is not told', 'azure-rbac', { aadProfile: { managed: true } }, 'medium', /is not set/],
  [
    'the API server is public',
    'api-server-reach',
    { apiServerAccessProfile: { ...apiServer, enablePrivateCluster: false } },
    'high',
    /whole internet/,
  ],
  ['nothing is told of the API server', 'api-server-reach', { apiServerAccessProfile: undefined }, 'high', /whole int/],
  [
    'run command is on',
    'run-command',
    { apiServerAccessProfile: { ...apiServer, disableRunCommand: false } },
    'medium',
    /disableRunCommand is false/,
  ],
  [
    'run command is not told',
    'run-command',
    { apiServerAccessProfile: { enablePrivateCluster: true } },
    'medium',
    /disableRunCommand is not set/,
  ],
  [
    'there is no OIDC issuer',
    'workload-identity',
    { oidcIssuerProfile: undefined },
    'medium',
    /^the OIDC issuer \(oidcIssuerProfile.enabled\) is off/,
  ],
  [
    'workload identity is off',
    'workload-identity',
    { securityProfile: { workloadIdentity: { enabled: false } } },
    'medium',
    /^workload identity \(.*\) is off/,
  ],
];

test.each(wrongs)('it is a violation when %s', (_, key, changed, severity, reason) => {
  const verdicts = judged(having(cluster, changed));
  expect(verdicts[key]).toEqual(violation(severity, reason));
});

test.each([
  ['an address of its own', ['203.0.113.7/32'], 'compliant'],
  ['an address without a length', ['203.0.113.7'], 'compliant'],
  ['a network of its own', ['203.0.113.0/24', '198.51.100.0/17'], 'compliant'],
  ['the largest network that may be its own', ['17.0.0.0/8'], 'compliant'],
  ['the egress of the cluster only', ['0.0.0.0/32'], 'compliant'],
  ['no range', [], 'violation'],
  ['the whole internet', ['203.0.113.0/24', '0.0.0.0/0'], 'violation'],
  ['the internet in halves', ['0.0.0.0/1', '128.0.0.0/1'], 'violation'],
  ['a range wider than /8', ['16.0.0.0/7'], 'violation'],
  ['the whole internet of IPv6', ['::/0'], 'violation'],
] as const)('a public API server that takes connections from %s', (_, authorizedIPRanges, state) => {
  const verdict = after('api-server-reach', {
    apiServerAccessProfile: { ...apiServer, enablePrivateCluster: false, authorizedIPRanges },
  });
  expect(verdict?.state).toBe(state);
});

test('the ranges that are too wide are named, and no others', () => {
  const authorizedIPRanges = ['203.0.113.0/24', '17.0.0.0/8', '0.0.0.0/0'];
  expect(after('api-server-reach', { apiServerAccessProfile: { authorizedIPRanges } })).toEqual(
    violation('high', /takes connections from 0\.0\.0\.0\/0 \(authorizedIPRanges\)/),
  );
});

describe('the version of Kubernetes', () => {
  const versions = (version: string, more: Properties = {}): Properties => ({
    kubernetesVersion: version,
    currentKubernetesVersion: version,
    agentPoolProfiles: [{ ...pool, orchestratorVersion: version, currentOrchestratorVersion: version }],
    ...more,
  });
  const at = (day: string): string => `${day}T23:59:59.000Z`;

  test.each([
    ['more than 180 days before its last day', '2026-10-01', 'compliant', []],
    ['180 days before', '2026-10-02', 'violation', ['low']],
    ['on its last day', '2027-03-31', 'violation', ['low']],
    ['the day after', '2027-04-01', 'violation', ['high']],
  ])('%s', (_, day, state, severities) => {
    const verdict = after('kubernetes-version', versions('1.35.1'), at(day));
    expect(verdict?.state).toBe(state);
    expect(verdict?.state === 'violation' ? verdict.problems.map(({ severity }) => severity) : []).toEqual(severities);
  });

  test('that is out of support is named with whom runs it, its last day, and one that lasts', () => {
    expect(after('kubernetes-version', versions('1.33.2'), at('2026-11-24'))).toEqual(
      violation(
        'high',
        'Kubernetes 1.33 of the control plane, node pool system is out of support since 2026-07-31: upgrade to 1.36 or later',
      ),
    );
  });

  test('with the long-term support plan ends later', () => {
    const plan = { supportPlan: 'akslongtermsupport' };
    expect(after('kubernetes-version', versions('1.33.2', plan), at('2026-11-24'))?.state).toBe('compliant');
  });

  test('older than all that are known is out of support with them', () => {
    expect(after('kubernetes-version', versions('1.20.2'))).toEqual(
      violation('high', /^Kubernetes 1\.20 of .* is out of support, as even 1\.27 is since 2024-07-31/),
    );
    expect(after('kubernetes-version', versions('1.9.11'))).toEqual(violation('high', /^Kubernetes 1\.9 of/));
  });

  test('newer than all that are known is not judged by more than is known', () => {
    expect(after('kubernetes-version', versions('1.99.0'))).toMatchObject({
      state: 'compliant',
      reason: expect.stringMatching(/1\.99 is newer than 1\.37/),
    });
    expect(after('kubernetes-version', versions('1.99.0'), at('2029-01-01'))).toMatchObject({
      state: 'unknown',
      reason: expect.stringMatching(/the end of support of 1\.99 is not known/),
    });
  });

  test('of a node pool that lags behind counts by itself', () => {
    const lagging = withPool({ currentOrchestratorVersion: '1.30.3', orchestratorVersion: '1.30.3' });
    expect(after('kubernetes-version', lagging)).toEqual(violation('high', /^Kubernetes 1\.30 of node pool work is/));
  });

  test('that runs counts rather than the alias that was asked for', () => {
    const verdict = after('kubernetes-version', { kubernetesVersion: '1.35', currentKubernetesVersion: '1.30.9' });
    expect(verdict).toEqual(violation('high', /^Kubernetes 1\.30 of the control plane is/));
  });

  test.each([
    ['is not told', { kubernetesVersion: undefined, currentKubernetesVersion: undefined }],
    ['is no version', { currentKubernetesVersion: 'latest' }],
    ['is a number', { currentKubernetesVersion: 1.35 }],
    ['of a node pool is not told', withPool({ orchestratorVersion: null, currentOrchestratorVersion: null })],
    ['of the node pools is no list', { agentPoolProfiles: 'three' }],
    ['of the node pools is a list of something else', { agentPoolProfiles: ['system'] }],
  ])('%s: unknown', (_, changed) => {
    expect(after('kubernetes-version', changed)?.state).toBe('unknown');
  });
});

describe('components', () => {
  const network = properties['networkProfile'] as Properties;
  const uses: readonly (readonly [string, Readonly<Record<string, Json>>, RegExp])[] = [
    ['2025-03-03', { addonProfiles: { httpapplicationrouting: { enabled: true } } }, /HTTP application routing/],
    ['2025-09-30', { podIdentityProfile: { enabled: true } }, /aad-pod-identity.*workload identity/],
    ['2025-09-30', { networkProfile: { ...network, loadBalancerSku: 'Basic' } }, /Basic load balancer/],
    ['2025-09-30', withPool({ type: 'AvailabilitySet' }), /availability sets/],
    ['2026-01-21', { addonProfiles: { kubeDashboard: { enabled: true } } }, /Kubernetes Dashboard/],
    ['2026-05-29', { serviceMeshProfile: { mode: 'Istio', istio: { revisions: ['asm-1-27', 'asm-1-28'] } } }, /Istio/],
    ['2026-11-30', { ingressProfile: { webAppRouting: { enabled: true } } }, /NGINX/],
    ['2027-09-30', { addonProfiles: { OpenServiceMesh: { enabled: true } } }, /Open Service Mesh.*Istio/],
    ['2028-03-31', { networkProfile: { ...network, networkPlugin: 'KubeNet' } }, /kubenet.*Azure CNI Overlay/],
    ['2028-09-30', { networkProfile: { ...network, networkPolicy: 'azure' } }, /Network Policy Manager on Linux/],
    [
      '2026-09-30',
      { networkProfile: { ...network, networkPolicy: 'azure' }, ...withPool({ osType: 'windows' }) },
      /Network Policy Manager on Windows/,
    ],
  ];

  const dayAfter = (day: string, days: number): string => new Date(Date.parse(day) + days * 86_400_000).toISOString();

  test.each(uses)('that retire on %s: %j', (day, changed, what) => {
    const reasonsAt = (now: string): readonly string[] => {
      const verdict = after('components', changed, now);
      const problems = verdict?.state === 'violation' ? verdict.problems : [];
      return problems.filter(({ reason }) => what.test(reason)).map(({ severity }) => severity);
    };
    expect(reasonsAt(dayAfter(day, 1))).toEqual(['medium']);
    expect(reasonsAt(dayAfter(day, 0))).toEqual(['low']);
    expect(reasonsAt(dayAfter(day, -180))).toEqual(['low']);
    expect(reasonsAt(dayAfter(day, -181))).toEqual([]);
  });

  test('that are there and off are none', () => {
    const off = {
      addonProfiles: { openServiceMesh: { enabled: false }, httpApplicationRouting: { enabled: false } },
      podIdentityProfile: { enabled: false },
      serviceMeshProfile: { mode: 'Disabled', istio: { revisions: ['asm-1-20'] } },
      ingressProfile: { webAppRouting: { enabled: true, nginx: { defaultIngressControllerType: 'none' } } },
    };
    expect(after('components', off, '2030-01-01T00:00:00.000Z')).toEqual({
      state: 'compliant',
      reason: 'it uses none of the components that are known to retire',
    });
  });

  test('that will retire one day are told with their day', () => {
    expect(after('components', { networkProfile: { networkPlugin: 'kubenet' } })).toEqual({
      state: 'compliant',
      reason: 'The network plugin kubenet is supported until 2028-03-31',
    });
  });

  test('are judged where everything is of another type than Azure has it', () => {
    const odd = { addonProfiles: 'none', ingressProfile: 'none', networkProfile: [], podIdentityProfile: 7 };
    expect(after('components', { ...odd, agentPoolProfiles: [null] })?.state).toBe('compliant');
  });
});

describe('node images', () => {
  const now = '2026-11-24T12:00:00.000Z';
  test.each([
    ['Azure Linux 2.0', { osSKU: 'AzureLinux', nodeImageVersion: 'AKSAzureLinux-V2gen2-202512.06.0' }, 'medium'],
    ['Mariner', { osSKU: 'CBLMariner', nodeImageVersion: 'AKSCBLMariner-V2gen2-202501.05.0' }, 'medium'],
    ['Azure Linux 3.0', { osSKU: 'AzureLinux', nodeImageVersion: 'AKSAzureLinux-V3gen2-202611.01.0' }, undefined],
    ['Ubuntu 18.04', { nodeImageVersion: 'AKSUbuntu-1804gen2containerd-202307.27.0' }, 'medium'],
    ['Ubuntu 20.04', { nodeImageVersion: 'AKSUbuntu-2004fipscontainerd-202611.01.0' }, 'low'],
    ['Ubuntu 22.04', { nodeImageVersion: 'AKSUbuntu-2204gen2containerd-202611.01.0' }, undefined],
    ['Windows Server 2019', { osSKU: 'windows2019', nodeImageVersion: null }, 'medium'],
    ['Windows Server 2022', { osSKU: 'Windows2022', nodeImageVersion: null }, undefined],
    ['Flatcar', { osSKU: 'Flatcar' }, 'medium'],
    ['OS Guard', { osSKU: 'AzureLinuxOSGuard' }, 'low'],
  ])('%s', (_, changed, severity) => {
    const verdict = after('node-images', withPool(changed), now);
    expect(verdict?.state === 'violation' ? verdict.problems.map((one) => one.severity) : []).toEqual(
      severity === undefined ? [] : [severity],
    );
    if (verdict?.state === 'violation') expect(verdict.problems[0]?.reason).toMatch(/ of node pool work is/);
    else expect(verdict?.state).toBe('compliant');
  });

  test('that a pool does not tell are unknown, and never right', () => {
    expect(after('node-images', withPool({ nodeImageVersion: null }))).toEqual({
      state: 'unknown',
      reason: 'node pool work: which node image is used is not told',
    });
  });

  test('do not concern a cluster without node pools of its own', () => {
    expect(after('node-images', { agentPoolProfiles: [] })?.state).toBe('notApplicable');
    expect(after('node-images', { agentPoolProfiles: undefined })?.state).toBe('notApplicable');
  });

  test('are unknown where the pools cannot be understood', () => {
    expect(after('node-images', { agentPoolProfiles: { system: {} } })?.state).toBe('unknown');
  });
});

test.each([
  ['nothing at all', undefined],
  ['nulls', { aadProfile: null, apiServerAccessProfile: null, oidcIssuerProfile: null, agentPoolProfiles: null }],
  ['texts', { aadProfile: 'yes', apiServerAccessProfile: 'private', oidcIssuerProfile: 'on', securityProfile: 'on' }],
  ['a range that is no list', { apiServerAccessProfile: { authorizedIPRanges: '0.0.0.0/0' } }],
])('a cluster of which Azure tells %s is right in nothing that protects it', (_, told) => {
  const verdicts = judged({ ...cluster, properties: told });
  for (const key of ['local-accounts', 'entra-integration', 'azure-rbac', 'api-server-reach', 'run-command'])
    expect([key, verdicts[key]?.state]).not.toEqual([key, 'compliant']);
  expect(verdicts['workload-identity']?.state).toBe('violation');
});

describe('the tables', () => {
  const rows = [...retirements, ...nodeImages];

  test('name a day and a public source in each row, and are in the order of the days', () => {
    for (const { ends, source } of rows) {
      expect(new Date(ends).toISOString()).toBe(`${ends}T00:00:00.000Z`);
      expect(source).toMatch(/^https:\/\/(aka\.ms|github\.com|learn\.microsoft\.com|azure\.microsoft\.com)\//);
    }
    for (const table of [retirements, nodeImages])
      expect(table.map(({ ends }) => ends)).toEqual(table.map(({ ends }) => ends).toSorted());
  });

  test('of Kubernetes have no gap, and each version lasts longer than the one before', () => {
    expect(minorSupport.map(({ minor }) => minor)).toEqual(
      Array.from({ length: minorSupport.length }, (_, index) => `1.${27 + index}`),
    );
    for (const end of ['ends', 'longTermEnds'] as const)
      expect(minorSupport.map((one) => one[end])).toEqual(minorSupport.map((one) => one[end]).toSorted());
    for (const { ends, longTermEnds } of minorSupport) expect(longTermEnds > ends).toBe(true);
  });
});

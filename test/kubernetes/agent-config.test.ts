import { collectedBy } from '../../shared/kubernetes/agent-config/collected';
import { agentConfigCases } from '../../shared/kubernetes/agent-config/conformance';
import { agentConfig } from '../../shared/kubernetes/agent-config/judge';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { readManifests } from '../../shared/kubernetes/manifests/read';
import { readText, testWith } from '../policy/shared-files';
import { applied } from './server-side-apply';
import { caseFiles, deployment, estateObjects, given, onlyFinding } from './given';

const key = 'log-data-collection-settings';
const configMap = (settings: string, data: object = {}): KubernetesObject =>
  given('v1', 'ConfigMap', 'container-azm-ms-agentconfig', {
    namespace: 'kube-system',
    data: { 'schema-version': 'v1', [key]: settings, ...data },
  });

const section = (name: string, ...lines: readonly string[]) =>
  [`[log_collection_settings.${name}]`, ...lines, ''].join('\n');
const on =
  section('stdout', 'enabled = true', 'exclude_namespaces = ["kube-system", "b"]') +
  section('stderr', 'enabled = true');
const noEnvironment = section('env_var', 'enabled = false');
const secret = deployment('web', { env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] });
const rules = (objects: readonly KubernetesObject[], facts = {}) =>
  onlyFinding(agentConfig, objects, facts).problems.map(({ rule }) => rule);

test('a ConfigMap that says what is wanted is right, and what it means is told', () => {
  const found = onlyFinding(agentConfig, [configMap(on + noEnvironment), secret]);
  expect(found.problems).toEqual([]);
  expect(found.propose).toBeUndefined();
  expect(found.advice?.slice(0, 2)).toEqual([
    'stdout is collected from all namespaces but kube-system, b',
    'stderr is collected from all namespaces, kube-system too',
  ]);
});

test('that there is no ConfigMap is told only by who knows all objects', () => {
  expect(agentConfig.judge([secret], {})).toEqual([]);
  expect(rules([], { isWhole: true })).toEqual(['no-agent-config']);
});

test('that there is no ConfigMap is nothing to tell where no agent would read it', () => {
  const cluster = (enabled: boolean) => ({ addonProfiles: { omsAgent: { enabled } } });
  expect(agentConfig.judge([secret], { isWhole: true, cluster: cluster(false) })).toEqual([]);
  expect(rules([secret], { isWhole: true, cluster: cluster(true) })).toContain('no-agent-config');
});

test('a ConfigMap of the name in another namespace is another', () => {
  expect(
    agentConfig.judge(
      [{ ...configMap(on), metadata: { name: 'container-azm-ms-agentconfig', namespace: 'default' } }],
      {},
    ),
  ).toEqual([]);
});

test.each([
  ['TOML that is broken', configMap('[log_collection_settings\n'), `data.${key}`, 'line 1'],
  ['a schema that the agent does not know', configMap(on, { 'schema-version': 'v2' }), 'data.schema-version', '"v2"'],
  ['no schema', configMap(on, { 'schema-version': undefined }), 'data.schema-version', '""'],
])('%s is a problem: the agent ignores it all', (_, object, path, text) => {
  const [problem] = onlyFinding(agentConfig, [object]).problems;
  expect([problem?.rule, problem?.path]).toEqual(['agent-config-ignored', path]);
  expect(problem?.reason).toContain(text);
});

test('both streams off is a problem, one is told', () => {
  const off = (name: string) => section(name, 'enabled = false');
  expect(rules([configMap(off('stdout') + off('stderr') + noEnvironment)])).toEqual(['nothing-collected']);
  const one = onlyFinding(agentConfig, [configMap(off('stdout') + noEnvironment)]);
  expect([one.problems, one.advice?.[0]]).toEqual([[], 'stdout is not collected at all']);
});

test('a namespace that has to be collected and is left out is a problem, for each stream', () => {
  const found = onlyFinding(agentConfig, [configMap(on + noEnvironment)], {
    collectedNamespaces: ['kube-system', 'c'],
  });
  expect(found.problems.map(({ rule, reason }) => [rule, reason.split(':')[0]])).toEqual([
    ['namespace-not-collected', 'stdout of kube-system has to be collected and is left out'],
  ]);
});

test.each([
  ['a variable from a Secret', secret, ['environment-collected']],
  ['all of a Secret', deployment('web', { envFrom: [{ secretRef: { name: 's' } }] }), ['environment-collected']],
  ['a variable that is written out', deployment('web', { env: [{ name: 'A', value: 'b' }] }), []],
  [
    'a container that keeps its variables to itself',
    deployment('web', {
      env: [
        { name: 'AZMON_COLLECT_ENV', value: 'FALSE' },
        { name: 'P', valueFrom: { secretKeyRef: {} } },
      ],
    }),
    [],
  ],
  [
    'a pod that a workload made, which is told there',
    {
      ...secret,
      metadata: { ...secret.metadata, ownerReferences: [{ kind: 'ReplicaSet', name: 'r', controller: true }] },
    },
    [],
  ],
])('environment variables are collected, and there is %s', (_, object, expected) => {
  expect(rules([configMap(on), object])).toEqual(expected);
});

test('environment variables are collected unless the ConfigMap says not to', () => {
  expect(rules([configMap(section('env_var', 'enabled = true')), secret])).toEqual(['environment-collected']);
  expect(rules([configMap(on + noEnvironment), secret])).toEqual([]);
});

test('a pattern of names within another name excludes a system pod, as the agent has it', () => {
  const { stdout } = collectedBy(
    configMap(
      section(
        'stdout',
        'enabled = true',
        'exclude_namespaces = ["my-kube-system"]',
        'collect_system_pod_logs = ["kube-system:a", "azure-arc:b", "azure-arc"]',
      ),
    ),
  );
  expect(stdout).toEqual({ collected: true, excluded: ['my-kube-system'], onlySystemPods: ['azure-arc:b'] });
});

describe('the proposal', () => {
  const proposed = (
    object: KubernetesObject | undefined,
    facts = {},
    others: readonly KubernetesObject[] = [secret],
  ) => {
    const found = onlyFinding(agentConfig, object === undefined ? others : [object, ...others], {
      isWhole: true,
      ...facts,
    });
    const [patch] = found.propose!()!.objects as unknown as readonly KubernetesObject[];
    const [made] = applied(object === undefined ? [] : [object], [patch!]);
    return { patch: patch!, made: made!, effects: found.propose!()!.effects };
  };
  const settingsIn = (object: KubernetesObject) => (object['data'] as Record<string, string>)[key];

  test('changes only the lines that have to change, and names no other key', () => {
    const before = `# ours\n[log_collection_settings]\n  [log_collection_settings.stdout]\n    enabled = true # yes\n    exclude_namespaces = []\n  [log_collection_settings.stderr]\n    enabled = true\n    exclude_namespaces = []\n  [log_collection_settings.env_var]\n    enabled = true\n  [log_collection_settings.schema]\n    containerlog_schema_version = "v2"\n`;
    const { patch } = proposed(configMap(before, { 'agent-settings': 'kept' }));
    expect(settingsIn(patch)).toBe(before.replace('env_var]\n    enabled = true', 'env_var]\n    enabled = false'));
    expect(Object.keys(patch['data'] as object)).toEqual([key]);
  });

  test.each([
    ['nothing', undefined],
    ['broken TOML', configMap('[log_collection_settings\n')],
    [
      'tables in braces',
      configMap('log_collection_settings = { stdout = { enabled = false }, env_var = { enabled = true } }\n'),
    ],
    ['sections without enabled', configMap(section('stdout', 'exclude_namespaces = ["a"]'))],
  ])('from %s has nothing wrong any more', (_, object) => {
    const { made } = proposed(object, { collectedNamespaces: ['kube-system'] });
    const after = onlyFinding(agentConfig, [made, secret], { isWhole: true, collectedNamespaces: ['kube-system'] });
    expect(after.problems).toEqual([]);
    expect(collectedBy(made)).toMatchObject({ environment: false, schemaVersion: 'v2' });
  });

  test('tells what it does to the volume: namespaces, containers, and bytes where they are known', () => {
    const system = deployment('dns', {}, { namespace: 'kube-system' });
    const scaled = { ...system, spec: { ...(system.spec as object), replicas: 3 } } as KubernetesObject;
    const made = { ...system, metadata: { ...system.metadata, ownerReferences: [{ controller: true }] } };
    const facts = { collectedNamespaces: ['kube-system'], written: new Map([['kube-system', 250_000_000]]) };
    expect(proposed(undefined, facts, [scaled, made]).effects.slice(0, 3)).toEqual([
      'stdout is collected, too, from kube-system: 3 containers of known workloads; they write 250 MB a day, stdout and stderr together',
      'stderr is collected, too, from kube-system: 3 containers of known workloads; they write 250 MB a day, stdout and stderr together',
      'environment variables are no longer collected: the table ContainerInventory gets smaller',
    ]);
  });
});

test('of an immutable ConfigMap it is said that it has to be made anew', () => {
  const effectsOf = (object: KubernetesObject) =>
    onlyFinding(agentConfig, [object, secret]).propose?.()?.effects.join();
  expect(effectsOf(configMap(on))).not.toContain('immutable');
  expect(effectsOf({ ...configMap(on), immutable: true })).toContain('immutable, so an API server takes no change');
});

test('a ConfigMap that cannot be read is unknown', () => {
  const found = onlyFinding(agentConfig, [], { unread: new Map([['ConfigMap', '403']]) });
  expect([found.problems, found.unknown]).toEqual([[], ['the agent’s ConfigMap cannot be read: 403']]);
});

testWith('kubernetes/agentconfig')('all cases of the agent’s ConfigMap pass', () => {
  const results = agentConfigCases(caseFiles('kubernetes/agentconfig'));
  expect(results.failures).toEqual([]);
  expect(results.passed).toBeGreaterThan(15);
});

testWith('kubernetes/agentconfig')('the vendor’s default ConfigMap is understood', () => {
  const { manifests } = readManifests(readText('kubernetes/agentconfig/upstream-default-2024-10.yaml'), 'a.yaml');
  expect(collectedBy(manifests[0]!.object)).toEqual({
    stdout: { collected: true, excluded: ['kube-system', 'gatekeeper-system'] },
    stderr: { collected: true, excluded: ['kube-system', 'gatekeeper-system'] },
    notTailed: ['kube-system', 'gatekeeper-system'],
    environment: true,
    schemaVersion: 'v2',
    enriched: false,
    allEvents: false,
  });
});

testWith('estate/estate.json')('the landing zone’s agent collects everything, variables from a Secret too', () => {
  const found = onlyFinding(agentConfig, estateObjects());
  expect(found.problems.map(({ rule }) => rule)).toEqual(['environment-collected']);
  expect(found.problems[0]?.reason).toContain('osm-system/osm-controller: ACR_INSTANCE');
});

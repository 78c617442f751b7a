import { containerLogSettings } from '../../shared/controls/container-log-settings';
import type { KubernetesObject } from '../../shared/core/kubernetes-object';
import { deployment } from '../kubernetes/given';
import { broken, clusterHaving, clusterId, judgedIn, told, wrongValues, type Surroundings } from './in-cluster-given';
import { agentSettings } from './logging-cluster';

const key = 'log-data-collection-settings';
const data = agentSettings['data'] as Readonly<Record<string, string>>;
const saying = (changed: Readonly<Record<string, string>>): KubernetesObject => ({
  ...agentSettings,
  data: { ...data, ...changed },
});
const withSecret = deployment('web', {
  env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'web', key: 'password' } } }],
});

const of = (objects: readonly KubernetesObject[], around: Surroundings = {}): string | undefined =>
  told(judgedIn(containerLogSettings, objects, around))['agent-config'];

test('the agent’s ConfigMap is a finding of its own, under the id of the ConfigMap', () => {
  const { aspects = [] } = judgedIn(containerLogSettings, [agentSettings]);
  expect(aspects.find(({ key: one }) => one === 'agent-config')).toMatchObject({
    verdict: { state: 'compliant' },
    subject: `${clusterId}/kubernetes/core/v1/namespaces/kube-system/configmaps/container-azm-ms-agentconfig`,
  });
});

test('that there is none is a violation of low severity, and there is a proposal', () => {
  const { aspects = [] } = judgedIn(containerLogSettings, []);
  expect(of([])).toMatch(/^violation, low: there is no ConfigMap container-azm-ms-agentconfig/);
  expect(aspects.find(({ key: one }) => one === 'agent-config')).toMatchObject({ proposes: true });
});

test('one in another namespace is none', () => {
  const elsewhere = { ...agentSettings, metadata: { ...agentSettings.metadata, namespace: 'default' } };
  expect(of([elsewhere])).toMatch(/^violation, low: there is no ConfigMap/);
});

test.each([
  ['TOML that does not parse', { [key]: '[log_collection_settings\n' }, /^violation, medium: .*does not parse as TOML/],
  ['a schema that the agent does not know', { 'schema-version': 'v2' }, /^violation, medium: .*knows v1 alone/],
  [
    'both streams switched off',
    { [key]: data[key]!.replaceAll('enabled = true', 'enabled = false') },
    /^violation, high: nothing that containers write is collected/,
  ],
])('%s is a violation', (_, changed, expected) => {
  expect(of([saying(changed)])).toMatch(expected);
});

test('environment variables that hold secrets must not be collected, and one word decides', () => {
  const collecting = saying({
    [key]: data[key]!.replace('env_var]\n    enabled = false', 'env_var]\n    enabled = true'),
  });
  expect(of([collecting, withSecret])).toMatch(/^violation, medium: .*team-a\/web: PASSWORD/);
  expect(of([agentSettings, withSecret])).toMatch(/^compliant/);
});

test.each(['configmaps', 'deployments', 'pods'])(
  'without %s, which are forbidden, it is unknown, and the rest is told',
  (plural) => {
    const around = { unread: { [plural]: 'Forbidden: bind the role' } };
    expect(of([agentSettings], around)).toBe(`unknown: ${plural} could not be read: Forbidden: bind the role`);
    expect(told(judgedIn(containerLogSettings, [], around))['audit-log']).toMatch(/^violation/);
  },
);

test('where no agent runs nothing is looked up in the cluster, and it is not applicable', () => {
  const around = { subject: clusterHaving({ addonProfiles: undefined }), unread: { configmaps: 'no way' } };
  expect(of([], around)).toMatch(/^notApplicable: there is no agent/);
});

test.each(wrongValues)('a ConfigMap whose data is %s is never compliant', (_, value) => {
  expect(of([broken(agentSettings, 'data', value)])).toMatch(/^violation, medium/);
});

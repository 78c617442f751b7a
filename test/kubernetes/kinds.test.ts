import { parseAllDocuments } from 'yaml';
import { clusterRoleYaml } from '../../infra/compile/cluster-role';
import { controls } from '../../shared/controls/index';
import type { Control } from '../../shared/core/control';
import { readKinds } from '../../shared/kubernetes/kinds';

const all: readonly Control[] = controls;
const nameOf = ({ group, plural }: { readonly group: string; readonly plural: string }): string => `${group}/${plural}`;

test('secrets are not among what is read in clusters', () => {
  expect(readKinds.filter(({ plural }) => /secrets?$/.test(plural))).toEqual([]);
});

test('a kind is read in one version, and for something', () => {
  expect(new Set(readKinds.map(nameOf)).size).toBe(readKinds.length);
  expect(readKinds.filter(({ why }) => why === '')).toEqual([]);
});

test('of ConfigMaps only those are read that something is judged by', () => {
  expect(readKinds.filter(({ names }) => names !== undefined)).toMatchObject([
    { plural: 'configmaps', names: ['cilium-config', 'container-azm-ms-agentconfig', 'osm-config'] },
  ]);
});

test('every kind that a control asks clusters for is among them', () => {
  const asked = all.flatMap(({ kinds = [] }) => kinds);
  const known = new Set(readKinds.map(({ group, version, plural }) => `${group}/${version}/${plural}`));
  expect(asked.filter(({ group, version, plural }) => !known.has(`${group}/${version}/${plural}`))).toEqual([]);
});

test('nothing is read in clusters that no control asks for', () => {
  const asked = new Set(all.flatMap(({ kinds = [] }) => kinds).map(nameOf));
  expect(readKinds.map(nameOf).filter((one) => !asked.has(one))).toEqual([]);
});

interface RoleRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

describe('the ClusterRole', () => {
  const [role, binding] = parseAllDocuments(clusterRoleYaml()).map(
    (one) => one.toJS() as Readonly<Record<string, unknown>>,
  );

  const rules = role?.['rules'] as readonly RoleRule[];

  test('lists ConfigMaps of the names that are read, and all objects of every other kind', () => {
    expect(rules.filter(({ resourceNames }) => resourceNames !== undefined)).toEqual([
      {
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['cilium-config', 'container-azm-ms-agentconfig', 'osm-config'],
        verbs: ['list'],
      },
    ]);
  });

  test('lists exactly what is read, and does nothing else', () => {
    expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(['list']));
    const granted = rules.flatMap(({ apiGroups, resources }) =>
      apiGroups.flatMap((group) => resources.map((plural) => nameOf({ group, plural }))),
    );
    expect(granted.toSorted()).toEqual(readKinds.map(nameOf).toSorted());
    expect(granted.filter((one) => /\*|secrets$/.test(one))).toEqual([]);
  });

  test('is bound to one user, who is the app', () => {
    expect(binding).toMatchObject({
      kind: 'ClusterRoleBinding',
      roleRef: { kind: 'ClusterRole', name: (role?.['metadata'] as { name: string }).name },
      subjects: [{ kind: 'User', name: 'PRINCIPAL_ID' }],
    });
  });
});

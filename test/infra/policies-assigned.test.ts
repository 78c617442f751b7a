import { compilePolicies } from '../../infra/compile/policies';
import { assignedPolicies } from '../../shared/controls/assigned-policies';
import { controls } from '../../shared/controls/index';
import type { Resource } from '../../shared/core/resource';
import type { Aspect } from '../../shared/core/verdict';
import { idIn, inventoryOf, resource, subscription } from '../given';

const { definitions, initiatives } = compilePolicies(controls);
const at = (kind: string, name: string): string => `${subscription}/providers/Microsoft.Authorization/${kind}/${name}`;

/** As the module deploys them, with what is changed about each definition. */
const deployedWith = (changed: object): readonly Resource[] => [
  ...definitions.map(({ name, properties }) =>
    resource(at('policyDefinitions', name), { properties: { ...(properties as object), ...changed } }),
  ),
  ...initiatives.map(({ name, properties, ownMembers, builtInMembers }) => {
    const own = ownMembers.map(({ definition, ...member }) => ({
      ...member,
      policyDefinitionId: at('policyDefinitions', definition),
    }));
    const builtIn = builtInMembers.map(({ id, ...member }) => ({
      ...member,
      policyDefinitionId: `/providers/Microsoft.Authorization/policyDefinitions/${id}`,
    }));
    return resource(at('policySetDefinitions', name), {
      properties: { ...properties, policyDefinitions: [...own, ...builtIn] },
    });
  }),
  resource(`${subscription}/resourceGroups/rg-app`, { location: 'westeurope' }),
];

const assigned = (name: string): Resource =>
  resource(at('policyAssignments', name), {
    properties: {
      displayName: name,
      scope: subscription,
      policyDefinitionId: at('policySetDefinitions', name),
      enforcementMode: 'DoNotEnforce',
      metadata: { steward: '1' },
    },
  });

/** Without Steward's mark, so that they are judged as those of others are. */
const somebodyElses = { metadata: {} };

function reasonsFor(name: string, properties: object, changed: object = somebodyElses): readonly string[] {
  const id = idIn('rg-app', 'Microsoft.ContainerService/managedClusters/aks');
  const cluster = resource(id, { location: 'westeurope', properties });
  const result = assignedPolicies.evaluate(cluster, inventoryOf([...deployedWith(changed), assigned(name), cluster]));
  return (result as readonly Aspect[])
    .filter(({ key }) => /\|(disk|host)-encryption/.test(key) && !key.includes('built-in'))
    .map(({ key, verdict }) => `${key.split('|')[1] ?? ''} ${verdict.state}`)
    .toSorted();
}

test.each(['steward-audit', 'steward-deny'])('%s, once it is assigned, judges a cluster as the controls do', (name) => {
  expect(reasonsFor(name, { agentPoolProfiles: [{ name: 'system' }] })).toEqual([
    'disk-encryption-set_clusters violation',
    'host-encryption_pools violation',
  ]);
  const right = { diskEncryptionSetID: 'des', agentPoolProfiles: [{ name: 'system', enableEncryptionAtHost: true }] };
  expect(reasonsFor(name, right)).toEqual([
    'disk-encryption-set_clusters compliant',
    'host-encryption_pools compliant',
  ]);
});

test('what its controls judge already is not told twice', () => {
  expect(reasonsFor('steward-audit', { agentPoolProfiles: [{ name: 'system' }] }, {})).toEqual([]);
});

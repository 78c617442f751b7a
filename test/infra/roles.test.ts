import { builtInRoles } from '../../infra/compile/built-in-roles';
import { narrowWrites } from '../../shared/rights/places';
import { compileRoles, type CompiledRole } from '../../infra/compile/roles';
import { pinnedTypes } from '../../shared/azure/api-versions';
import { controls } from '../../shared/controls/index';
import type { Control, Remedy } from '../../shared/core/control';
import { ownRights } from '../../shared/rights/own-rights';

const remedy = (more: Partial<Remedy>): Remedy => ({
  does: [],
  permissions: [],
  plan: () => ({ actions: [], blocked: [], lock: '' }),
  ...more,
});
const control = (id: string, more: Partial<Control>): Control => ({
  id,
  title: '',
  judges: [],
  severity: 'low',
  requirement: '',
  subjects: ['Microsoft.KeyVault/vaults'],
  reads: [],
  evaluate: () => [],
  ...more,
});

const compiled = compileRoles(controls).roles;
const roleNamed = (key: string, roles: readonly CompiledRole[] = compiled): CompiledRole =>
  roles.find((role) => role.key === key)!;
/** A user's credentials of a cluster with Entra ID hold no key. */
const isRead = (action: string): boolean =>
  /\/read$|\/queryResults\/action$|\/listClusterUserCredential\/action$/.test(action);
const everything = ({ actions, when }: CompiledRole): readonly string[] => [...actions, ...Object.values(when).flat()];
const pairs = (list: readonly Control[]): readonly [string, string][] =>
  list.flatMap(({ id, remedy: { permissions = [], toTakeBack = [], toPutBack = [] } = {} }) =>
    [...permissions, ...toTakeBack, ...toPutBack].map((action): [string, string] => [id, action]),
  );

describe('the roles of two controls', () => {
  const watching = control('watching', { reads: ['Microsoft.Resources/resourceGroups', 'Microsoft.Graph/users'] });
  const mending = control('mending', {
    remedy: remedy({
      permissions: ['Microsoft.KeyVault/vaults/write', 'Microsoft.Storage/storageAccounts/write'],
      toTakeBack: ['Microsoft.KeyVault/vaults/delete'],
      toPutBack: ['Microsoft.Storage/storageAccounts/managementPolicies/write'],
    }),
  });
  const { roles } = compileRoles([watching, mending]);

  test('let it read what they judge and look up, under the names that actions have', () => {
    const own = ownRights.filter(({ at }) => at === 'subscription').map(({ action }) => action);
    expect(roleNamed('reader', roles).actions.filter((action) => !own.includes(action))).toEqual([
      'Microsoft.KeyVault/vaults/read',
      'Microsoft.Storage/storageAccounts/managementPolicies/read',
      'Microsoft.Storage/storageAccounts/read',
    ]);
    expect(roleNamed('reader', roles).actions).toContain('Microsoft.Resources/subscriptions/resourceGroups/read');
  });

  test('let it write where the control that writes is named, and only where it has to', () => {
    expect(roleNamed('writer', roles)).toMatchObject({
      actions: [],
      when: { mending: ['Microsoft.KeyVault/vaults/delete', 'Microsoft.KeyVault/vaults/write'] },
    });
    expect(roleNamed('own-group', roles).when).toEqual({
      canary: ['Microsoft.Resources/tags/write'],
      mending: [
        'Microsoft.Storage/storageAccounts/managementPolicies/write',
        'Microsoft.Storage/storageAccounts/write',
      ],
    });
    expect(roleNamed('flow-log-storage', roles).when).toEqual({
      mending: ['Microsoft.Storage/storageAccounts/managementPolicies/write'],
    });
  });
});

describe('what a flow log needs', () => {
  test('on the account of somebody else is its keys, and that rules can be put back', () => {
    expect(roleNamed('flow-log-storage').when['flow-logs']).toEqual([
      'Microsoft.Storage/storageAccounts/listAccountSas/action',
      'Microsoft.Storage/storageAccounts/listKeys/action',
      'Microsoft.Storage/storageAccounts/listServiceSas/action',
      'Microsoft.Storage/storageAccounts/managementPolicies/write',
    ]);
  });

  test('beside the workspace is its key and what traffic analytics makes', () => {
    expect(roleNamed('traffic-analytics').when['flow-logs']).toEqual([
      'Microsoft.Insights/dataCollectionEndpoints/delete',
      'Microsoft.Insights/dataCollectionEndpoints/read',
      'Microsoft.Insights/dataCollectionEndpoints/write',
      'Microsoft.Insights/dataCollectionRules/delete',
      'Microsoft.Insights/dataCollectionRules/read',
      'Microsoft.Insights/dataCollectionRules/write',
      'Microsoft.OperationalInsights/workspaces/sharedKeys/action',
    ]);
  });

  test('is not given for the networks that carry its traffic, and security groups are an option', () => {
    const writes = everything(roleNamed('writer')).filter((action) => !isRead(action));
    expect(writes.filter((action) => /virtualNetworks|networkInterfaces/.test(action))).toEqual([]);
    expect(
      Object.keys(roleNamed('writer').when).filter((when) =>
        roleNamed('writer').when[when]!.includes('Microsoft.Network/networkSecurityGroups/write'),
      ),
    ).toEqual(['nsg-flow-logs']);
  });
});

describe('what the code may do, the roles grant', () => {
  test.each(pairs(controls))('%s: %s', (id, action) => {
    const granting = compiled.filter(({ when }) => when[id]?.includes(action) === true);
    expect(granting).not.toEqual([]);
  });

  test.each(controls.map(({ id, subjects, reads }) => [id, [...subjects, ...reads]] as const))(
    '%s reads',
    (_, types) => {
      const allowed = [...roleNamed('reader').actions, ...roleNamed('management-group-reader').actions];
      const missing = types
        .filter((type) => type.startsWith('Microsoft.') && !type.startsWith('Microsoft.Graph/'))
        .map((type) =>
          `${type}/read`.replace('Microsoft.Resources/resource', 'Microsoft.Resources/subscriptions/resource'),
        )
        .filter((action) => !allowed.includes(action));
      expect(missing).toEqual([]);
    },
  );

  test('each type that is read with a version of its own may be read', () => {
    const allowed = ['reader', 'management-group-reader'].flatMap((key) => roleNamed(key).actions);
    const names = new Set(allowed.map((action) => action.toLowerCase()));
    const actionOf = (type: string): string =>
      `${type}/read`
        .replace('.resources/resourcegroups', '.resources/subscriptions/resourcegroups')
        .replace('.resources/providers', '.resources/subscriptions/providers')
        .replace('microsoft.compute/features', 'microsoft.features/providers/features');
    expect(pinnedTypes.filter((type) => !names.has(actionOf(type)))).toEqual([]);
  });

  test.each(ownRights.map((right) => [right.action, right] as const))('Steward itself: %s', (action, right) => {
    const there = compiled.filter(({ scope }) => scope === right.at);
    expect(there.flatMap(everything)).toContain(action);
    expect(right.why).not.toBe('');
  });
});

describe('what the roles grant', () => {
  test.each(compiled.map((role) => [role.key, role] as const))(
    '%s names each action, and gives no rights away',
    (_, role) => {
      for (const action of everything(role)) {
        expect(action).toMatch(/^Microsoft\.\w+(\/\w+)+\/(read|write|delete|action)$/);
        expect(action).not.toMatch(/^Microsoft\.Authorization\/(?!policyAssignments\/).*\/(write|delete|action)$/);
      }
    },
  );

  test('within a service is the reading of exactly the kinds that are read in clusters', () => {
    const clusters = 'Microsoft.ContainerService/managedClusters';
    expect(compiled.filter(({ dataActions }) => dataActions.length > 0).map(({ key }) => key)).toEqual([
      'cluster-reader',
    ]);
    expect(roleNamed('cluster-reader').dataActions).toEqual(
      [
        ...['configmaps', 'namespaces', 'pods', 'serviceaccounts', 'services', 'customresources'],
        ...['daemonsets', 'deployments', 'replicasets', 'statefulsets'].map((kind) => `apps/${kind}`),
        ...['cronjobs', 'jobs'].map((kind) => `batch/${kind}`),
        ...['ingresses', 'networkpolicies'].map((kind) => `networking.k8s.io/${kind}`),
        ...['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'].map(
          (kind) => `rbac.authorization.k8s.io/${kind}`,
        ),
      ]
        .map((kind) => `${clusters}/${kind}/read`)
        .toSorted(),
    );
    expect(roleNamed('cluster-reader').actions).toEqual([`${clusters}/listClusterUserCredential/action`]);
  });

  test('without consent is nothing but reading', () => {
    expect(compiled.flatMap(({ actions }) => actions).filter((action) => !isRead(action))).toEqual([]);
  });

  test('with consent is what the control says, and what Azure checks with it', () => {
    const said = new Set(pairs(controls).map(([id, action]) => `${id}: ${action}`));
    const beyond = compiled.flatMap(({ when }) =>
      controls.flatMap(({ id }) =>
        (when[id] ?? []).filter((action) => !isRead(action) && !said.has(`${id}: ${action}`)),
      ),
    );
    expect([...new Set(beyond)].toSorted()).toEqual([
      'Microsoft.Insights/dataCollectionEndpoints/delete',
      'Microsoft.Insights/dataCollectionEndpoints/write',
      'Microsoft.Insights/dataCollectionRules/delete',
      'Microsoft.Insights/dataCollectionRules/write',
      'Microsoft.Network/networkWatchers/configureFlowLog/action',
      'Microsoft.Network/networkWatchers/queryFlowLogStatus/action',
      'Microsoft.OperationalInsights/workspaces/sharedKeys/action',
      'Microsoft.Storage/storageAccounts/listAccountSas/action',
      'Microsoft.Storage/storageAccounts/listKeys/action',
      'Microsoft.Storage/storageAccounts/listServiceSas/action',
    ]);
  });

  test('depends on controls that may write, and on options', () => {
    const known = [
      ...controls.filter(({ remedy: one }) => one !== undefined).map(({ id }) => id),
      'canary',
      'nsg-flow-logs',
    ];
    const conditions = compiled.flatMap(({ when }) => Object.keys(when));
    expect(conditions.filter((when) => !known.includes(when))).toEqual([]);
    expect(new Set(known).size).toBe(known.length);
  });
});

test('a write that is kept to one place is one that a control makes', () => {
  const made = pairs(controls).map(([, action]) => action);
  expect(narrowWrites.filter((action) => !made.includes(action))).toEqual([]);
});

test('the roles that Azure has built in are each named once for what they are for', () => {
  const ids = builtInRoles.map(({ id, on }) => `${id} on ${on}`);
  expect(new Set(ids).size).toBe(ids.length);
  expect(builtInRoles.every(({ id }) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))).toBe(true);
});

import { grantsOf } from '../sandbox/grants';
import type { Grant, WireResource } from '../sandbox/subscription/index';
import { findBicep } from './bicep/cli';
import { snapshotOf, type Predicted } from './bicep/templates';

const bicep = findBicep();
const where = bicep === undefined ? describe.skip : describe;

jest.setTimeout(120_000);

const subscriptionOf = (last: number): string => `/subscriptions/00000000-0000-0000-0000-00000000000${last}`;
const ownGroup = `${subscriptionOf(1)}/resourceGroups/rg-steward`;
const workspaces = `${subscriptionOf(3)}/resourceGroups/rg-law/providers/Microsoft.OperationalInsights/workspaces`;
const accounts = [
  `${subscriptionOf(1)}/resourceGroups/rg-logs/providers/Microsoft.Storage/storageAccounts/stlogs`,
  `${subscriptionOf(2)}/resourceGroups/rg-archive/providers/Microsoft.Storage/storageAccounts/starchive`,
];
const estate = {
  name: 'deployed',
  tenantId: '00000000-0000-0000-0000-00000000aaaa',
  subscriptionId: '00000000-0000-0000-0000-000000000001',
  resources: [] as readonly WireResource[],
};

interface Definition {
  readonly roleName: string;
  readonly assignableScopes: readonly string[];
  readonly permissions: readonly { readonly actions: readonly string[]; readonly dataActions: readonly string[] }[];
}
interface Assignment {
  readonly roleDefinitionId: string;
  readonly condition?: string;
}

const of = (name: string): readonly Predicted[] => snapshotOf(bicep!, `test/infra/roles/${name}.bicepparam`);
const nameOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
const ofType = <T>(all: readonly Predicted[], type: string): readonly (readonly [string, T])[] =>
  all
    .filter((resource) => resource.type === `Microsoft.Authorization/${type}`)
    .map(({ id, properties }) => [id, properties as unknown as T]);

/** What a deployment lets the app do in Resource Manager: each action at each scope, in lower case. */
function granted(all: readonly Predicted[]): readonly string[] {
  const definitions = new Map(ofType<Definition>(all, 'roleDefinitions').map(([id, role]) => [nameOf(id), role]));
  const assignments = ofType<Assignment>(all, 'roleAssignments').flatMap(([id, { roleDefinitionId }]) => {
    const { actions = [], dataActions = [] } = definitions.get(nameOf(roleDefinitionId))?.permissions[0] ?? {};
    return [...actions, ...dataActions].map(
      (action) => `${id.split('/providers/Microsoft.Authorization/')[0] ?? ''}: ${action}`,
    );
  });
  return [...new Set(assignments.map((line) => line.toLowerCase()))].toSorted();
}

/** The same of what the sandbox holds the app to; a management group is no part of a subscription's deployment. */
const heldTo = (grants: readonly Grant[]): readonly string[] =>
  [
    ...new Set(
      grants
        .filter(({ scope }) => scope !== '')
        .filter(({ role }) => !/^(Storage|Monitoring) /.test(role))
        .flatMap(({ scope, actions, dataActions = [] }) =>
          [...actions, ...dataActions].map((action) => `${scope}: ${action}`.toLowerCase()),
        ),
    ),
  ].toSorted();

where('the deployed roles', () => {
  let all: readonly Predicted[] = [];
  beforeAll(() => {
    all = of('roles');
  });

  test('are what the sandbox holds the app to', () => {
    const grants = grantsOf(estate, {
      SUBSCRIPTION_IDS: estate.subscriptionId,
      STEWARD_RESOURCE_GROUP_ID: ownGroup,
      REMEDIATE: 'flow-logs,live-flow-logs',
      FLOW_LOG_STORAGE: accounts.map((id, index) => `region${index}=${id}`).join(','),
      TRAFFIC_ANALYTICS_WORKSPACE_ID: `${workspaces}/log-one`,
      CANARY: 'hourly',
    });
    expect(granted(all)).toEqual(heldTo(grants));
  });

  test('are named for the subscription and assignable where they are assigned, and no further', () => {
    const roles = ofType<Definition>(all, 'roleDefinitions').map(([, role]) => role);
    const suffix = `(${estate.subscriptionId})`;
    expect(roles.map(({ roleName, assignableScopes }) => [roleName, assignableScopes])).toEqual([
      [`Steward reader ${suffix}`, [subscriptionOf(1)]],
      [`Steward cluster-reader ${suffix}`, [subscriptionOf(1)]],
      [`Steward writer ${suffix}`, [subscriptionOf(1)]],
      [`Steward own-group ${suffix}`, [subscriptionOf(1)]],
      [`Steward flow-log-storage ${suffix}`, [subscriptionOf(1), subscriptionOf(2)]],
      [`Steward traffic-analytics ${suffix}`, [subscriptionOf(1), subscriptionOf(3)]],
    ]);
  });

  test('are assigned once for two workspaces of one group', () => {
    const ids = all.map(({ id }) => id.toLowerCase());
    expect(new Set(ids).size).toBe(ids.length);
    const there = ids.filter((id) => id.startsWith(`${subscriptionOf(3)}/resourcegroups/rg-law/`));
    expect(there).toHaveLength(1);
  });

  test('let blobs be listed and not read, in Steward’s own group and on each account that is named', () => {
    const listing = ofType<Assignment>(all, 'roleAssignments').filter(([, { condition }]) => condition !== undefined);
    expect(listing.map(([id]) => id.split('/providers/Microsoft.Authorization/')[0])).toEqual([ownGroup, ...accounts]);
    for (const [, { condition, roleDefinitionId }] of listing) {
      expect(nameOf(roleDefinitionId)).toBe('2a2b9908-6ea1-4ae2-8e65-a410df84e7d1');
      expect(condition).toMatch(
        /^\(\(!\(ActionMatches\{'.*\/blobs\/read'\} AND NOT SubOperationMatches\{'Blob.List'\}\)\)\)$/,
      );
    }
  });

  test('without consent are one that reads, with what policies need besides, and nothing in clusters where that is not wanted', () => {
    const roles = ofType<Definition>(of('audit'), 'roleDefinitions').map(([, role]) => role);
    expect(roles.map(({ roleName }) => roleName)).toEqual([`Steward reader (${estate.subscriptionId})`]);
    const actions = roles.flatMap(({ permissions }) => permissions[0]?.actions ?? []);
    expect(actions).toContain('Microsoft.Sql/servers/read');
    const isRead = /\/read$|\/queryResults\/action$/;
    expect(actions.filter((action) => !isRead.test(action))).toEqual([]);
  });
});

import { managementGroup } from '../../shared/controls/management-group';
import { keyOfQuery, type Inventory, type Query, type Reading } from '../../shared/core/inventory';
import type { Found } from '../../shared/core/ports';
import { keyOf, same, type Json, type Resource } from '../../shared/core/resource';
import { reasonOf, type Verdict } from '../../shared/core/verdict';
import { resource, settings, subscription, subscriptionId } from '../given';
import { assigned, assignments, definitions, group } from './assigned-given';

const tenantId = '0a0a0a0a-0000-4000-8000-0000000000aa';
const otherId = '22222222-3333-4444-8555-666666666666';
const other = `/subscriptions/${otherId}`;
const groupId = (name: string): string => `/providers/Microsoft.Management/managementGroups/${name}`;
const root = groupId(tenantId);
const platform = groupId('platform');

const itself: Resource = { id: subscription, name: '', type: '' };

interface Tree {
  /** Parent by id of group or subscription. */
  readonly parents: Readonly<Record<string, string>>;
  /** Groups that the app may read. */
  readonly readable: readonly string[];
}

const flat: Tree = { parents: { [subscription]: root, [other]: root }, readable: [root] };
const shared: Tree = {
  parents: { [subscription]: platform, [other]: platform, [platform]: root },
  readable: [root, platform],
};

/** What Azure answers about assignments and groups. */
function azure(
  { parents, readable }: Tree,
  resources: readonly Resource[],
  unread: Readonly<Record<string, string>> = {},
): Inventory {
  const above = (id: string): readonly string[] => {
    const parent = Object.entries(parents).find(([child]) => same(child, id))?.[1];
    return parent === undefined ? [] : [parent, ...above(parent)];
  };
  const list = (type: string, scope: string): readonly Resource[] => {
    if (same(type, 'Microsoft.Management/managementGroups'))
      return readable.map((id) => resource(id, { properties: { tenantId } }));
    if (same(type, 'Microsoft.Management/managementGroups/descendants'))
      return Object.entries(parents).flatMap(([id, parent]) =>
        above(id).some((one) => same(one, scope))
          ? [{ id, name: '', type: '', properties: { parent: { id: parent } } }]
          : [],
      );
    return resources.filter(
      ({ id }) =>
        keyOf(id).startsWith(`${keyOf(scope)}/`) || above(scope).some((one) => keyOf(id).startsWith(`${keyOf(one)}/`)),
    );
  };
  const answer = (query: Query): Reading<Found> => {
    const reason = Object.entries(unread).find(([name]) => same(name, keyOfQuery(query)))?.[1];
    if (reason !== undefined) return { state: 'unread', reason };
    return { state: 'read', value: query.kind === 'list' ? list(query.type, query.scope) : undefined };
  };
  return {
    now: '2026-03-01T08:00:00.000Z',
    get: <P>(id: string) => answer({ kind: 'get', id }) as Reading<Resource<P> | undefined>,
    provider: () => ({ state: 'read', value: undefined }),
    blobs: () => ({ state: 'read', value: [] }),
    objects: () => ({ state: 'read', value: [] }),
    list: <P>(type: string, scope: string) => answer({ kind: 'list', type, scope }) as Reading<readonly Resource<P>[]>,
  };
}

const alone = settings;
const two = { ...settings, subscriptionIds: [subscriptionId, otherId] };

const judge = (
  kept: typeof settings,
  tree: Tree,
  resources: readonly Resource[] = [],
  unread: Readonly<Record<string, string>> = {},
): Verdict => managementGroup.evaluate(itself, azure(tree, resources, unread), kept);

const severities = (verdict: Verdict): readonly string[] =>
  verdict.state === 'violation' ? verdict.problems.map(({ severity }) => severity) : [];

const rule = `${definitions}/one`;
const place = { listOfAllowedLocations: { value: ['westeurope'] } };

describe('one subscription', () => {
  test('under the tenant’s root with nothing assigned above is advised to have a group', () => {
    const verdict = judge(alone, flat);
    expect(severities(verdict)).toEqual(['low']);
    expect(reasonOf(verdict)).toMatch(/directly under the tenant’s root group, .*this is advice/);
  });

  test('in a group that assigns nothing is advised to assign there', () => {
    expect(reasonOf(judge(alone, shared))).toMatch(
      /is in management group platform, and no policy is assigned above it/,
    );
  });

  test.each([
    ['the group', platform],
    ['the root', root],
  ])('is right when %s above it assigns something', (_, at) => {
    const verdict = judge(alone, shared, [assigned('top', rule, {}, at)]);
    expect(verdict).toEqual({
      state: 'compliant',
      reason: `policies come from management group ${at === root ? tenantId : 'platform'}`,
    });
  });

  test('is not served by what leaves it out', () => {
    const without = assigned('top', rule, { notScopes: [subscription.toUpperCase()] }, platform);
    expect(severities(judge(alone, shared, [without]))).toEqual(['low']);
    const other_ = assigned('top', rule, { notScopes: [`${subscription}/resourceGroups/rg`] }, platform);
    expect(judge(alone, shared, [other_]).state).toBe('compliant');
  });

  test('is not served by what is assigned to itself or below', () => {
    const own = assigned('own', rule);
    const below = assigned('below', rule, {}, `${subscription}/resourceGroups/rg`);
    expect(severities(judge(alone, flat, [own, below]))).toEqual(['low']);
  });

  test('gets a template of what it assigns itself, which is not enforced at first', () => {
    const own = assigned('it’s $' + '{a}', rule, { displayName: "it's mine", parameters: place });
    const text = reasonOf(judge(alone, flat, [own]));
    expect(text).toContain("targetScope = 'managementGroup'");
    expect(text).toContain("displayName: 'it\\'s mine'");
    expect(text).toContain("name: 'it’s \\${a}'");
    expect(text).toContain(`policyDefinitionId: '${rule}'`);
    expect(text).toContain(`parameters: json('{"listOfAllowedLocations":{"value":["westeurope"]}}')`);
    expect(text).toContain("enforcementMode: 'DoNotEnforce'");
    expect(text).not.toContain('identity');
  });

  test('gets a template that names the definition at the group, and the identity, where it needs them', () => {
    const set = `${subscription}${group}/own`;
    const text = reasonOf(
      judge(alone, flat, [{ ...assigned('a', set), location: 'westeurope', identity: { type: 'SystemAssigned' } }]),
    );
    expect(text).toContain("managementGroupResourceId('Microsoft.Authorization/policySetDefinitions', 'own')");
    expect(text).toContain("location: 'westeurope'");
    expect(text).toContain("identity: { type: 'SystemAssigned' }");
  });
});

describe('several subscriptions', () => {
  test('without a group in common but the root need one', () => {
    const apart: Tree = {
      parents: { [subscription]: platform, [other]: groupId('shop'), [platform]: root, [groupId('shop')]: root },
      readable: [root],
    };
    for (const tree of [flat, apart]) {
      const verdict = judge(two, tree);
      expect(severities(verdict)).toEqual(['medium']);
      expect(reasonOf(verdict)).toMatch(/the 2 subscriptions .* no management group in common but the tenant’s root/);
    }
  });

  test('in a group that assigns nothing are told which', () => {
    expect(reasonOf(judge(two, shared))).toMatch(
      /^management group platform is above all 2 subscriptions .* assigns no policy/,
    );
  });

  test('are right when a group above all of them assigns something, and not when one is left out', () => {
    expect(judge(two, shared, [assigned('top', rule, {}, platform)]).state).toBe('compliant');
    const left: Tree = { ...shared, parents: { ...shared.parents, [other]: root } };
    expect(judge(two, left, [assigned('top', rule, {}, platform)]).state).toBe('violation');
    expect(judge(two, left, [assigned('top', rule, {}, root)]).state).toBe('compliant');
  });

  test('that Steward keeps count once, in whatever case', () => {
    const again = { ...settings, subscriptionIds: [subscriptionId.toUpperCase()] };
    expect(severities(judge(again, flat))).toEqual(['low']);
  });
});

describe('an assignment of several subscriptions', () => {
  const top = assigned('top', `${definitions}/else`, {}, platform);
  const same_ = (scope: string, parameters: Readonly<Record<string, Json>> = place, name = 'mine'): Resource =>
    assigned(name, rule, { parameters }, scope);

  test('could be assigned once above them', () => {
    const verdict = judge(two, shared, [top, same_(subscription), same_(other, place, 'theirs')]);
    expect(severities(verdict)).toEqual(['low']);
    expect(reasonOf(verdict)).toMatch(new RegExp(`^«Assignment mine» is assigned in the same way to ${otherId}`));
  });

  test.each<[string, readonly Resource[]]>([
    ['has other parameters', [same_(subscription), same_(other, {})]],
    [
      'has another definition',
      [same_(subscription), assigned('theirs', `${definitions}/two`, { parameters: place }, other)],
    ],
    ['is of a resource group there', [same_(subscription), same_(`${other}/resourceGroups/rg`)]],
    ['is carried by the group, too', [same_(subscription), same_(other), same_(platform)]],
    ['is what Defender for Cloud makes', [same_(subscription, place, 'SecurityCenterBuiltIn'), same_(other)]],
    ['is there once', [same_(subscription)]],
  ])('is right when it %s', (_, resources) => {
    expect(judge(two, shared, [top, ...resources]).state).toBe('compliant');
  });

  test('is the same with names of parameters and ids in another case', () => {
    const theirs = assigned(
      'x',
      rule.toUpperCase(),
      { parameters: { LISTOFALLOWEDLOCATIONS: { value: ['westeurope'] } } },
      other,
    );
    expect(judge(two, shared, [top, same_(subscription), theirs]).state).toBe('violation');
  });

  test('is told even when the groups cannot be read', () => {
    const verdict = judge(two, { ...flat, readable: [] }, [same_(subscription), same_(other)]);
    expect(severities(verdict)).toEqual(['low']);
  });
});

describe('it is unknown', () => {
  const list = (type: string, scope: string): string => `${scope}|${type}`;

  test.each<[string, Tree, Readonly<Record<string, string>>, RegExp]>([
    ['when no group may be listed', flat, { [list('Microsoft.Management/managementGroups', '')]: 'no' }, /groups: no/],
    ['when the list of groups is empty', { ...flat, readable: [] }, {}, /Management Group Reader/],
    [
      'when what is below cannot be read',
      flat,
      { [list('Microsoft.Management/managementGroups/descendants', root)]: 'no' },
      /below management group .*: no/,
    ],
    [
      'when no readable group is above it',
      { ...flat, readable: [groupId('sandbox')] },
      {},
      /no management group that the app may read/,
    ],
    [
      'when its assignments cannot be listed',
      flat,
      { [list(assignments.slice('/providers/'.length), subscription)]: 'no' },
      /assignments of .*: no/,
    ],
    [
      'when those of another cannot be listed',
      flat,
      { [list(assignments.slice('/providers/'.length), other)]: 'no' },
      new RegExp(`assignments of ${otherId}: no`),
    ],
  ])('%s', (_, tree, unread, why) => {
    const verdict = judge(two, tree, [], unread);
    expect(verdict.state).toBe('unknown');
    expect(reasonOf(verdict)).toMatch(why);
  });

  test('and not when the assignments prove that a group carries policies', () => {
    expect(judge(two, { ...shared, readable: [] }, [assigned('top', rule, {}, platform)]).state).toBe('compliant');
  });
});

test('a circle of groups ends', () => {
  const circle: Tree = {
    parents: { [subscription]: platform, [platform]: groupId('b'), [groupId('b')]: platform },
    readable: [platform],
  };
  const looped = { ...circle, parents: circle.parents };
  const inventory = azure({ ...flat, readable: [root] }, []);
  const withCircle: Inventory = {
    ...inventory,
    list: <P>(type: string, scope: string) =>
      same(type, 'Microsoft.Management/managementGroups/descendants')
        ? {
            state: 'read',
            value: Object.entries(looped.parents).map(([id, parent]) => ({
              id,
              name: '',
              type: '',
              properties: { parent: { id: parent } } as P,
            })),
          }
        : inventory.list<P>(type, scope),
  };
  expect(managementGroup.evaluate(itself, withCircle, alone).state).toBe('violation');
});

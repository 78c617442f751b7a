import { accountId, group, networkId, scope, startWorld } from './small-subscription';
import type { World } from './small-subscription';
import type { WireResource } from './index';

const authorization = 'providers/Microsoft.Authorization';
const managementGroup = (name: string): string => `/providers/Microsoft.Management/managementGroups/${name}`;
const assignmentAt = (at: string): string => `${at}/${authorization}/policyAssignments/a`;
const exemptionAt = (at: string): string => `${at}/${authorization}/policyExemptions/e`;
const subnetId = `${networkId}/subnets/snet-one`;

let world: World;
beforeEach(async () => {
  world = await startWorld({ pageSize: 2, clock: () => Date.UTC(2026, 10, 24) });
});
afterEach(() => world.close());

/** Ids of the items on all pages, in alphabetical order. */
async function idsIn(path: string, filter?: string): Promise<readonly (string | undefined)[]> {
  const found: (string | undefined)[] = [];
  const query = `api-version=2025-03-01${filter === undefined ? '' : `&$filter=${encodeURIComponent(filter)}`}`;
  let next: string | undefined = `${path}?${query}`;
  while (next !== undefined) {
    const reply = await world.send('GET', next);
    expect(reply.status).toBe(200);
    found.push(...reply.body.value.map(({ id }) => id));
    next = reply.body.nextLink;
  }
  return found.sort();
}

const seed = (...resources: readonly (WireResource | string)[]): void => {
  world.azure.seed(resources.map((one) => (typeof one === 'string' ? { id: one, properties: {} } : one)));
};

describe('policy assignments', () => {
  const root = managementGroup('mg-root');
  const other = `${scope}/resourceGroups/rg-other`;
  const listAt = (at: string, filter?: string) => idsIn(`${at}/${authorization}/policyAssignments`, filter);
  beforeEach(() => {
    seed(root, { id: other, location: 'westeurope' }, ...[root, scope, group, other, networkId].map(assignmentAt));
  });

  test.each([
    ['a subscription', scope, [root, group, networkId, other, scope]],
    ['a resource group', group, [root, group, networkId, scope]],
    ['a resource', networkId, [root, group, networkId, scope]],
    ['another resource', accountId, [root, group, scope]],
    ['a child resource', subnetId, [root, group, networkId, scope]],
    ['a management group', root, [root]],
  ])('without a filter, the list of %s has those above it, at it and inside it', async (_, at, expected) => {
    expect(await listAt(at)).toEqual(expected.map(assignmentAt).sort());
  });

  test.each([
    ['a subscription', scope, [root, scope]],
    ['a resource group', group, [root, group, scope]],
    ['a resource', networkId, [root, group, networkId, scope]],
  ])('atScope() leaves out what is inside %s', async (_, at, expected) => {
    expect(await listAt(at, 'atScope()')).toEqual(expected.map(assignmentAt).sort());
  });

  test.each([
    ['a management group', root],
    ['a subscription', scope],
    ['a resource group', group],
    ['a resource', networkId],
  ])('atExactScope() leaves nothing but those of %s itself', async (_, at) => {
    expect(await listAt(at, 'atExactScope()')).toEqual([assignmentAt(at)]);
  });

  test('can be listed by definition', async () => {
    const policyDefinitionId = `/${authorization}/policyDefinitions/audit`;
    seed({ id: assignmentAt(accountId), properties: { policyDefinitionId } });
    expect(await listAt(scope, `policyDefinitionId eq '${policyDefinitionId}'`)).toEqual([assignmentAt(accountId)]);
  });

  test('the list of a resource group that is not there is 404', async () => {
    const reply = await world.send('GET', `${scope}/resourceGroups/none/${authorization}/policyAssignments`);
    expect([reply.status, reply.body.error.code]).toEqual([404, 'ResourceGroupNotFound']);
  });
});

describe('the management groups of a subscription', () => {
  const names = ['mg-root', 'mg-platform', 'mg-other'];
  const [root = '', platform = '', other = ''] = names.map(managementGroup);
  const holding = (id: string, ...children: readonly string[]): WireResource => ({
    id,
    properties: { children: children.map((child) => ({ id: child })) },
  });
  const groupsOf = async (): Promise<readonly (string | undefined)[]> => {
    const ids = await idsIn(`${scope}/${authorization}/policyAssignments`);
    return names.filter((name) => ids.includes(assignmentAt(managementGroup(name))));
  };
  beforeEach(() => {
    seed(...[root, platform, other].map(assignmentAt));
  });

  test('are none when none exists', async () => {
    expect(await groupsOf()).toEqual([]);
  });

  test('are all that exist as long as none says whom it contains', async () => {
    seed(root, other);
    expect(await groupsOf()).toEqual(['mg-root', 'mg-other']);
  });

  test('are those that name it among their children, and those around these', async () => {
    seed(holding(root, platform), holding(platform, scope.toUpperCase()), other);
    expect(await groupsOf()).toEqual(['mg-root', 'mg-platform']);
  });

  test('are found through the parents of a group', async () => {
    seed(root, other, {
      id: platform,
      properties: { details: { parent: { id: root } }, children: [{ id: scope }] },
    });
    expect(await groupsOf()).toEqual(['mg-root', 'mg-platform']);
  });

  test('do not include a parent that does not exist', async () => {
    seed({ id: platform, properties: { details: { parent: { id: root } }, children: [{ id: scope }] } });
    expect(await groupsOf()).toEqual(['mg-platform']);
  });

  test('are found through a group that a group contains', async () => {
    const children = [{ id: platform, children: [{ id: scope }] }];
    seed({ id: root, properties: { children } }, platform, other);
    expect(await groupsOf()).toEqual(['mg-root', 'mg-platform']);
  });

  test('are found through the resource that places the subscription', async () => {
    seed(root, platform, `${platform}${scope}`);
    expect(await groupsOf()).toEqual(['mg-platform']);
  });

  test('give only this subscription to those that contain it', async () => {
    seed(holding(platform, scope), other);
    expect(await idsIn(`${platform}/descendants`)).toEqual([scope]);
    expect(await idsIn(`${other}/descendants`)).toEqual([]);
  });

  test('a list at a group has what is kept at the groups around it', async () => {
    seed(holding(root, platform), platform, other);
    const ids = await idsIn(`${platform}/${authorization}/policyAssignments`);
    expect(ids).toEqual([platform, root].map(assignmentAt));
  });
});

describe('policy exemptions', () => {
  const listAt = (at: string, filter?: string) => idsIn(`${at}/${authorization}/policyExemptions`, filter);

  test('are listed as assignments are', async () => {
    const root = managementGroup('mg-root');
    seed(root, ...[root, scope, group, networkId].map(exemptionAt));
    expect(await listAt(scope)).toEqual([root, scope, group, networkId].map(exemptionAt));
    expect(await listAt(scope, 'atScope()')).toEqual([root, scope].map(exemptionAt));
    expect(await listAt(group, 'atExactScope()')).toEqual([exemptionAt(group)]);
  });

  test('can be listed by assignment, and without those that are over', async () => {
    const until = (id: string, expiresOn: string | undefined): WireResource => ({
      id: exemptionAt(id),
      properties: { policyAssignmentId: assignmentAt(id), ...(expiresOn === undefined ? {} : { expiresOn }) },
    });
    seed(until(scope, undefined), until(group, '2026-11-23T00:00:00Z'), until(networkId, '2026-11-25T00:00:00Z'));
    expect(await listAt(scope, 'excludeExpired()')).toEqual([scope, networkId].map(exemptionAt));
    expect(await listAt(scope, `policyAssignmentId eq '${assignmentAt(group)}'`)).toEqual([exemptionAt(group)]);
  });
});

describe.each(['policyDefinitions', 'policySetDefinitions'])('%s', (kind) => {
  const root = managementGroup('mg-root');
  const idAt = (at: string): string => `${at}/${authorization}/${kind}/d`;
  const stranger = managementGroup('mg-other');
  beforeEach(() => {
    seed({ id: root, properties: { children: [{ id: scope }] } }, stranger, ...[root, stranger, scope].map(idAt));
    seed({ id: idAt(''), properties: { policyType: 'BuiltIn', metadata: { category: 'Tags' } } });
  });

  test.each([
    ['the tenant', '', ['']],
    ['a management group', root, ['', root]],
    ['a subscription', scope, ['', root, scope]],
  ])('of %s are its own, those above it and those built in', async (_, at, expected) => {
    expect(await idsIn(`${at}/${authorization}/${kind}`)).toEqual(expected.map(idAt).sort());
  });

  test('can be read at every level', async () => {
    for (const at of ['', root, scope]) {
      const reply = await world.send('GET', idAt(at));
      expect([reply.status, reply.body.id]).toEqual([200, idAt(at)]);
    }
  });

  test.each(["policyType eq 'BuiltIn'", "policyType -eq 'BuiltIn'", "category eq 'Tags'"])(
    'can be listed by %s',
    async (filter) => {
      expect(await idsIn(`${scope}/${authorization}/${kind}`, filter)).toEqual([idAt('')]);
    },
  );

  test.each([
    ['its version', { version: '2.1.0' }, '2.1.0'],
    ['the version in its metadata', { metadata: { version: '1.3.0' } }, '1.3.0'],
    ['1.0.0', {}, '1.0.0'],
  ])('one without stored versions has %s as its only one', async (_, properties, expected) => {
    const policyRule = { if: {}, then: { effect: 'audit' } };
    seed({ id: idAt(scope), properties: { ...properties, policyRule } });
    const version = await world.send('GET', `${idAt(scope)}/versions/${expected}`);
    expect(await idsIn(`${idAt(scope)}/versions`)).toEqual([`${idAt(scope)}/versions/${expected}`]);
    expect(version.body).toEqual({
      id: `${idAt(scope)}/versions/${expected}`,
      name: expected,
      type: `Microsoft.Authorization/${kind}/versions`,
      properties: { ...properties, policyRule, version: expected },
    });
    expect((await world.send('GET', idAt(scope))).body.properties).toEqual({ ...properties, policyRule });
  });

  test('one with stored versions tells them, on pages too', async () => {
    const stored = ['1.0.0', '1.10.0', '1.9.0'].map((version) => `${idAt('')}/versions/${version}`);
    seed({ id: idAt(''), properties: { version: '2.0.0' } }, ...stored);
    expect(await idsIn(`${idAt('')}/versions`)).toEqual([...stored, `${idAt('')}/versions/2.0.0`]);
    expect((await world.send('GET', stored[1] ?? '')).body).toMatchObject({ id: stored[1], name: '1.10.0' });
    const definition = await world.send('GET', idAt(''));
    expect(definition.body.properties).toEqual({ version: '2.0.0', versions: ['2.0.0', '1.10.0', '1.9.0', '1.0.0'] });
  });

  test('one whose own version is stored has it once', async () => {
    seed({ id: idAt(scope), properties: { version: '1.0.0', versions: ['1.0.0'] } });
    expect((await world.send('GET', `${idAt(scope)}/versions/1.0.0`)).body.properties).toEqual({ version: '1.0.0' });
    seed({ id: `${idAt(scope)}/versions/1.0.0`, properties: { version: '1.0.0', mode: 'All' } });
    expect(await idsIn(`${idAt(scope)}/versions`)).toEqual([`${idAt(scope)}/versions/1.0.0`]);
    expect((await world.send('GET', `${idAt(scope)}/versions/1.0.0`)).body.properties).toMatchObject({ mode: 'All' });
  });

  test('which versions one has is not for the writer to say', async () => {
    const id = idAt(scope);
    await world.send('PUT', id, { body: { properties: { version: '1.0.0', versions: ['9.0.0'] } } });
    expect((await world.send('GET', id)).body.properties).not.toHaveProperty('versions');
  });

  test('a version can be written', async () => {
    const id = `${idAt(scope)}/versions/1.1.0`;
    const written = await world.send('PUT', id, { body: { properties: { version: '1.1.0' } } });
    expect([written.status, (await world.send('GET', id)).body.name]).toEqual([201, '1.1.0']);
  });
});

describe('what is not there', () => {
  const names = {
    policyDefinitions: 'PolicyDefinitionNotFound',
    policySetDefinitions: 'PolicySetDefinitionNotFound',
    policyAssignments: 'PolicyAssignmentNotFound',
    policyExemptions: 'PolicyExemptionNotFound',
  };
  const definitionId = `/${authorization}/policyDefinitions/audit`;
  beforeEach(() => {
    seed({ id: definitionId, properties: { version: '1.0.0' } });
  });

  test.each<[string, string, string]>([
    ...Object.entries(names).map(([kind, code]): [string, string, string] => [
      kind,
      `${scope}/${authorization}/${kind}/none`,
      code,
    ]),
    ['an assignment of a resource', `${networkId}/${authorization}/policyAssignments/none`, 'PolicyAssignmentNotFound'],
    ['a built-in', `/${authorization}/policySetDefinitions/none`, 'PolicySetDefinitionNotFound'],
    ['a version', `${definitionId}/versions/2.0.0`, 'PolicyDefinitionNotFound'],
    ['a version of nothing', `${definitionId}-2/versions/1.0.0`, 'PolicyDefinitionNotFound'],
    ['the versions of nothing', `${definitionId}-2/versions`, 'PolicyDefinitionNotFound'],
    [
      'an assignment in no group',
      `${scope}/resourceGroups/none/${authorization}/policyAssignments/a`,
      'ResourceGroupNotFound',
    ],
  ])('is answered with 404 and its code: %s', async (_, path, code) => {
    const reply = await world.send('GET', path);
    expect([reply.status, reply.body.error.code]).toEqual([404, code]);
  });
});

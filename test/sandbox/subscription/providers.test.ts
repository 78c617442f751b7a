import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { group, scope, startWorld } from './small-subscription';
import type { Body, World } from './small-subscription';

interface ResourceType {
  readonly resourceType: string;
  readonly locations: readonly string[];
  readonly apiVersions: readonly string[];
  readonly capabilities: string;
  readonly aliases?: readonly unknown[];
}

const typesOf = (provider: unknown): readonly ResourceType[] =>
  (provider as { resourceTypes: readonly ResourceType[] }).resourceTypes;
const typeOf = (provider: Body, name: string): ResourceType | undefined =>
  typesOf(provider).find(({ resourceType }) => resourceType === name);

const tracked = 'CrossResourceGroupResourceMove, CrossSubscriptionResourceMove, SupportsTags, SupportsLocation';
const version = expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) as string;
const expansion = 'api-version=2021-04-01&$expand=resourceTypes/aliases';

describe('a resource provider', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  test('tells the types of which there is something', async () => {
    const { body } = await world.send('GET', `${scope}/providers/microsoft.NETWORK`);
    expect(body).toMatchObject({
      id: `${scope}/providers/Microsoft.Network`,
      namespace: 'Microsoft.Network',
      registrationState: 'Registered',
      registrationPolicy: 'RegistrationRequired',
    });
    expect(typeOf(body, 'virtualNetworks')).toEqual({
      resourceType: 'virtualNetworks',
      locations: expect.arrayContaining(['West Europe']),
      apiVersions: [version],
      capabilities: tracked,
    });
    expect(typeOf(body, 'virtualNetworks/subnets')).toMatchObject({ locations: [], capabilities: 'None' });
    expect(typeOf(body, 'virtualMachines')).toBeUndefined();
  });

  test('tells no aliases that nobody gave, even when asked', async () => {
    const { body } = await world.send('GET', `${scope}/providers/Microsoft.Network?${expansion}`);
    expect(typesOf(body).length).toBeGreaterThan(0);
    for (const type of typesOf(body)) expect(type).not.toHaveProperty('aliases');
  });

  test('is known when nothing of it exists, and when a resource brings it', async () => {
    world.azure.seed([{ id: `${group}/providers/Contoso.Things/things/one`, location: 'westeurope' }]);
    const known = await world.send('GET', `${scope}/providers/Microsoft.Insights`);
    const brought = await world.send('GET', `${scope}/providers/contoso.things`);
    expect(known.body).toMatchObject({ namespace: 'Microsoft.Insights', resourceTypes: [] });
    expect(brought.body).toMatchObject({ namespace: 'Contoso.Things', resourceTypes: [{ resourceType: 'things' }] });
  });

  test('needs no registration when it is part of ARM', async () => {
    const { body } = await world.send('GET', `${scope}/providers/Microsoft.Authorization`);
    expect(body).toMatchObject({ registrationPolicy: 'RegistrationFree' });
  });

  test.each(['GET', 'POST'])('is refused by %s when nobody knows it', async (method) => {
    const path = `${scope}/providers/Contoso.Nothing${method === 'POST' ? '/register' : ''}`;
    const reply = await world.send(method, path);
    expect([reply.status, reply.body.error.code]).toEqual([404, 'InvalidResourceNamespace']);
  });

  test('is registered by a POST', async () => {
    const reply = await world.send('POST', `${scope}/providers/Microsoft.Insights/register`);
    expect([reply.status, reply.body]).toMatchObject([200, { registrationState: 'Registered' }]);
  });

  test('is there in the tenant and in a subscription, not in a resource group', async () => {
    const paths = ['', scope, group].map((at) => `${at}/providers/Microsoft.Network`);
    const replies = await Promise.all(paths.map((path) => world.send('GET', path)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 404]);
    expect((await world.send('GET', `${group}/providers`)).status).toBe(404);
  });

  test('takes no other verb', async () => {
    const reply = await world.send('POST', `${scope}/providers/Microsoft.Network`);
    expect([reply.status, reply.body.error.code]).toEqual([405, 'MethodNotAllowed']);
  });
});

test('the providers of a subscription come on pages', async () => {
  const world = await startWorld({ pageSize: 7 });
  const found: unknown[] = [];
  let pages = 0;
  let next: string | undefined = `${scope}/providers`;
  while (next !== undefined) {
    const { body } = await world.send('GET', next);
    found.push(...body.value.map(({ namespace }) => namespace));
    pages += 1;
    next = body.nextLink;
  }
  await world.close();
  expect(pages).toBeGreaterThan(1);
  expect(new Set(found).size).toBe(found.length);
  expect(found).toEqual(expect.arrayContaining(['Microsoft.Network', 'Microsoft.Storage', 'Microsoft.Authorization']));
});

describe('with a table of aliases, a provider', () => {
  const table = {
    'Microsoft.Network/VirtualNetworks': {
      addressSpace: 'properties.addressSpace',
      'subnets[*].name': 'properties.subnets[*].name',
    },
    'Microsoft.Compute/virtualMachines': { 'Microsoft.Compute/imageOffer': 'properties.imageReference.offer' },
    'Microsoft.Compute/virtualMachines/extensions': {},
    'Contoso.Things/things': {},
  };
  let world: World;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'steward-aliases-'));
    await writeFile(join(folder, 'aliases.json'), JSON.stringify(table));
    world = await startWorld({ aliases: join(folder, 'aliases.json') });
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  test('tells the aliases of a type when asked', async () => {
    const { body } = await world.send('GET', `${scope}/providers/Microsoft.Network?${expansion}`);
    const prefix = 'Microsoft.Network/VirtualNetworks';
    expect(typeOf(body, 'virtualNetworks')?.aliases).toEqual([
      { name: `${prefix}/addressSpace`, paths: [], defaultPath: 'properties.addressSpace' },
      { name: `${prefix}/subnets[*].name`, paths: [], defaultPath: 'properties.subnets[*].name' },
    ]);
    expect(typeOf(body, 'networkWatchers')?.aliases).toEqual([]);
    expect(typeOf(body, 'VirtualNetworks')).toBeUndefined();
  });

  test('tells none unless asked', async () => {
    const { body } = await world.send('GET', `${scope}/providers/Microsoft.Network`);
    expect(typeOf(body, 'virtualNetworks')).not.toHaveProperty('aliases');
  });

  test('keeps the name of an alias that is whole', async () => {
    const { body } = await world.send('GET', `${scope}/providers/Microsoft.Compute?${expansion}`);
    expect(typeOf(body, 'virtualMachines')?.aliases).toMatchObject([{ name: 'Microsoft.Compute/imageOffer' }]);
  });

  test('tells the types of the table and what they can', async () => {
    const compute = await world.send('GET', `${scope}/providers/Microsoft.Compute`);
    const contoso = await world.send('GET', `${scope}/providers/Contoso.Things`);
    expect(typesOf(compute.body)).toMatchObject([
      { resourceType: 'virtualMachines', capabilities: tracked },
      { resourceType: 'virtualMachines/extensions', capabilities: tracked },
    ]);
    expect(typesOf(contoso.body)).toMatchObject([{ resourceType: 'things', capabilities: tracked }]);
  });

  test('is listed with them', async () => {
    const { body } = await world.send('GET', `${scope}/providers?${expansion}`);
    const network = body.value.find(({ namespace }) => namespace === 'Microsoft.Network');
    expect(typesOf(network).find(({ resourceType }) => resourceType === 'virtualNetworks')?.aliases).toHaveLength(2);
  });

  test.each([
    ['is missing', undefined, /aliases\.json: cannot be read/],
    ['is no JSON', '{', /aliases\.json: is no JSON/],
    ['is a list', '[]', /aliases\.json: a JSON object is wanted/],
    ['has no paths', '{"Contoso.Things/things":{"a":1}}', /"Contoso\.Things\/things" must be an object of paths/],
  ])('does not start when the file %s', async (_, text, message) => {
    const broken = await mkdtemp(join(folder, 'broken-'));
    if (text !== undefined) await writeFile(join(broken, 'aliases.json'), text);
    await expect(startWorld({ aliases: join(broken, 'aliases.json') })).rejects.toThrow(message);
  });
});

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadEstate, startSubscription } from './index';
import type { Estate, SimulatedSubscription } from './index';
import { flowLog, flowLogId, group, network, networkId, resourceGroup, watcher, watcherId } from './small-subscription';
import { identityClientId, subscriptionId, tenantId } from './small-subscription';

const subnetId = `${networkId}/subnets/snet-one`;
const entries = [
  { path: 'log.json', id: flowLogId, type: 'Microsoft.Network/networkWatchers/flowLogs' },
  { path: 'subnet.json', id: subnetId, type: 'Microsoft.Network/virtualNetworks/subnets', partOf: networkId },
  { path: 'network.json', id: networkId, type: 'Microsoft.Network/virtualNetworks' },
  { path: 'group.json', id: group, type: 'Microsoft.Resources/resourceGroups' },
];
const added = [{ path: 'variants/w/watcher.json', id: watcherId, type: 'Microsoft.Network/networkWatchers' }];
const manifest = {
  name: 'tiny',
  tenantId,
  subscriptionId,
  resources: entries,
  variants: { 'with-watcher': { adds: added } },
};
const files = {
  'estate.json': manifest,
  'log.json': flowLog,
  'network.json': network,
  'group.json': resourceGroup,
  'subnet.json': { id: subnetId },
  'variants/w/watcher.json': watcher,
};

describe('loadEstate', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'steward-estate-'));
    for (const [name, content] of Object.entries(files)) await write(name, JSON.stringify(content));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };

  test('gives the resources in an order of creation, without parts of others', async () => {
    const estate = await loadEstate(folder);
    expect(estate).toMatchObject({ name: 'tiny', tenantId, subscriptionId });
    expect(estate.resources.map(({ id }) => id)).toEqual([group, networkId, flowLogId]);
    expect(estate.resources[1]).toEqual(network);
  });

  test('adds the resources of a variant', async () => {
    const { resources } = await loadEstate(folder, ['with-watcher']);
    expect(resources.map(({ id }) => id)).toEqual([group, watcherId, networkId, flowLogId]);
  });

  test('adds what answers of Resource Manager show, unless it is a resource of its own', async () => {
    const rule = { id: `${networkId}/providers/Microsoft.SecurityInsights/alertRules/a`, kind: 'Scheduled' };
    await write('rules.json', JSON.stringify({ value: [rule, { ...network, tags: { stale: 'yes' } }, { name: 'x' }] }));
    await write('groups.json', JSON.stringify({ value: [{ id: 'of another service' }] }));
    const responses = [
      { path: 'rules.json', host: 'management.azure.com', request: 'GET …' },
      { path: 'groups.json', host: 'graph.microsoft.com', request: 'GET …' },
    ];
    await write('estate.json', JSON.stringify({ ...manifest, responses }));
    const { resources } = await loadEstate(folder);
    expect(resources.map(({ id }) => id)).toEqual([group, networkId, flowLogId, rule.id]);
    expect(resources[1]).toEqual(network);
    expect(resources[3]).toEqual(rule);
  });

  test('names the manifest when a variant is unknown', async () => {
    await expect(loadEstate(folder, ['other'])).rejects.toThrow(
      /estate\.json: variant "other" is wanted; there is with-watcher/,
    );
  });

  test.each([
    ['a resource file is missing', 'network.json', undefined, /network\.json: cannot be read/],
    ['a resource file is no JSON', 'network.json', '{', /network\.json: is no JSON/],
    [
      'a resource file holds another resource',
      'network.json',
      JSON.stringify(watcher),
      /network\.json: id .* is wanted/,
    ],
    ['the manifest is missing', 'estate.json', undefined, /estate\.json: cannot be read/],
    ['the manifest is no object', 'estate.json', '[]', /estate\.json: a JSON object is wanted/],
    ['the manifest has no resources', 'estate.json', '{"name":"x"}', /estate\.json: "resources" must be a list/],
    [
      'an entry has no id',
      'estate.json',
      JSON.stringify({ ...manifest, resources: [{ path: 'log.json' }] }),
      /estate\.json: "resources\[0\]\.id" must be a text/,
    ],
    [
      'the tenant is missing',
      'estate.json',
      JSON.stringify({ ...manifest, tenantId: undefined }),
      /estate\.json: "tenantId" must be a text/,
    ],
  ])('names the file when %s', async (_, name, text, message) => {
    if (text === undefined) await rm(join(folder, name));
    else await write(name, text);
    await expect(loadEstate(folder)).rejects.toThrow(message);
  });
});

const estateFolder = join(__dirname, '../../../../shared/estate');

describe('the estate of a regulated landing zone', () => {
  if (!existsSync(join(estateFolder, 'estate.json'))) {
    console.log(`skipped: ${estateFolder} is not there`);
    test.skip('is not on this machine', () => undefined);
    return;
  }

  const started: SimulatedSubscription[] = [];
  const start = async ({ subscriptionId, tenantId }: Estate): Promise<SimulatedSubscription> => {
    const azure = await startSubscription({ subscriptionIds: [subscriptionId], tenantId, identityClientId });
    started.push(azure);
    return azure;
  };
  afterAll(() => Promise.all(started.map((azure) => azure.close())));

  test('can be seeded and deployed in the order in which it is given', async () => {
    const estate = await loadEstate(estateFolder);
    const seeded = await start(estate);
    const deployed = await start(estate);
    seeded.seed(estate.resources);
    const deployable = estate.resources.filter(({ id }) => /^\/subscriptions\/[^/]+\/./.test(id));
    for (const resource of deployable) await deployed.put(resource);
    const type = 'Microsoft.Network/virtualNetworks/subnets';
    expect(seeded.list(type).length).toBeGreaterThan(0);
    expect(deployed.list(type).map(({ id }) => id)).toEqual(seeded.list(type).map(({ id }) => id));
    for (const { id } of estate.resources) expect(seeded.get(id)?.id).toBe(id);
  });
});

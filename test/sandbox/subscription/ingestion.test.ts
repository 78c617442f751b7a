import { gzipSync } from 'node:zlib';
import { group, startWorld } from './small-subscription';
import type { Sending, World } from './small-subscription';

const rule = {
  id: `${group}/providers/Microsoft.Insights/dataCollectionRules/dcr-findings`,
  location: 'westeurope',
  kind: 'Direct',
  properties: {
    streamDeclarations: {
      'Custom-Findings': {
        columns: [
          { name: 'FindingId', type: 'string' },
          { name: 'Count', type: 'int' },
        ],
      },
    },
  },
};

describe('log ingestion', () => {
  let world: World;
  let path: string;
  let token: string;
  beforeEach(async () => {
    world = await startWorld();
    await world.azure.put(rule);
    const immutableId = String(world.azure.get(rule.id)?.properties?.['immutableId']);
    path = `/dataCollectionRules/${immutableId}/streams/Custom-Findings`;
    token = await world.token('https://monitor.azure.com');
  });
  afterEach(() => world.close());

  const upload = (sending: Sending, to = path) =>
    world.send('POST', `${to}?api-version=2023-01-01`, { token, ...sending });
  const rows = () => world.azure.tables.get('Custom-Findings') ?? [];

  test('a rule of its own kind has the endpoint to send to', () => {
    expect(world.azure.get(rule.id)?.properties?.['endpoints']).toEqual({ logsIngestion: world.azure.url });
  });

  test('rows are taken, compressed or not', async () => {
    const plain = await upload({ body: [{ FindingId: 'a', Count: 1 }] });
    const raw = gzipSync(JSON.stringify([{ FindingId: 'b', Count: 2 }]));
    const zipped = await upload({ raw, headers: { 'content-encoding': 'gzip' } });
    expect([plain.status, zipped.status]).toEqual([204, 204]);
    expect(rows()).toEqual([
      { FindingId: 'a', Count: 1 },
      { FindingId: 'b', Count: 2 },
    ]);
  });

  test('a column that the stream does not declare is dropped without a word', async () => {
    expect((await upload({ body: [{ FindingId: 'a', Secret: 'x' }] })).status).toBe(204);
    expect(rows()).toEqual([{ FindingId: 'a' }]);
  });

  test('a text over 64 KB is cut without a word', async () => {
    expect((await upload({ body: [{ FindingId: 'x'.repeat(70_000) }] })).status).toBe(204);
    expect(rows()[0]?.['FindingId']).toBe('x'.repeat(65_536));
  });

  test('a call over 1 MB is refused by its size before compression', async () => {
    const raw = gzipSync(JSON.stringify([{ FindingId: 'x'.repeat(1_100_000) }]));
    const reply = await upload({ raw, headers: { 'content-encoding': 'gzip' } });
    expect([reply.status, reply.body.error.code]).toEqual([413, 'ContentLengthLimitExceeded']);
    expect(rows()).toEqual([]);
  });

  test.each([
    ['an unknown rule', (known: string) => known.replace(/dcr-\w+/, 'dcr-none'), [] as unknown, 404],
    ['an undeclared stream', (known: string) => `${known}2`, [], 400],
    ['a body that is no list', (known: string) => known, { FindingId: 'a' }, 400],
    ['a list of something else', (known: string) => known, ['a'], 400],
  ])('%s is refused', async (_, pathOf, body, status) => {
    expect((await upload({ body }, pathOf(path))).status).toBe(status);
    expect(world.azure.tables.size).toBe(0);
  });

  test('a fault can meet an upload', async () => {
    world.azure.faults.add({
      match: ({ type }) => type === 'dataCollectionRules/streams',
      answer: { kind: 'respond', status: 503 },
    });
    expect((await upload({ body: [] })).status).toBe(503);
  });
});

import { readManifests } from '../../shared/kubernetes/manifests/read';
import { agent, bare, findingOn, judgedWorld, shut } from '../propose/given';
import { ask } from './asking';

const control = 'ingress-certificates';

test('a finding is answered with its proposal as YAML', async () => {
  const world = await judgedWorld([bare]);
  const { status, headers, text } = await ask(world, `GET /api/proposals/${findingOn(world, control, bare).findingId}`);
  expect(status).toBe(200);
  expect(headers).toEqual({
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Type': 'application/yaml; charset=utf-8',
  });
  const { manifests, problems } = readManifests(text, 'a.yaml');
  expect(problems).toEqual([]);
  expect(manifests.map(({ object }) => [object.kind, object.metadata.name])).toEqual([['Ingress', 'shop']]);
});

test.each([
  ['what is no id', 'shop', 400, 'BadRequest', 'findingId: is not the id of a finding'],
  ['an id that no finding has', 'f'.repeat(32), 404, 'NotFound', 'there is no finding ffffffff'],
])('%s is refused as JSON', async (_, id, wanted, code, message) => {
  const { status, headers, body } = await ask(await judgedWorld([bare]), `GET /api/proposals/${id}`);
  expect(status).toBe(wanted);
  expect(headers['Content-Type']).toBeUndefined();
  expect(body).toEqual({ error: { code, message: expect.stringContaining(message) } });
});

test('where there is nothing to apply, why is a conflict', async () => {
  const world = await judgedWorld([agent]);
  const { status, body } = await ask(world, `GET /api/proposals/${findingOn(world, 'pod-security', agent).findingId}`);
  expect([status, body]).toMatchObject([
    409,
    { error: { message: expect.stringContaining('a person has to decide') } },
  ]);
});

test('a cluster that could not be read is unavailable, with what to grant', async () => {
  const world = await judgedWorld([bare]);
  shut(world);
  const { status, body } = await ask(world, `GET /api/proposals/${findingOn(world, control, bare).findingId}`);
  expect([status, body]).toMatchObject([
    503,
    { error: { code: 'Unread', message: expect.stringContaining('apply infra/kubernetes/reader.yaml') } },
  ]);
});

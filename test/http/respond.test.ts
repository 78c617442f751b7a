import * as z from 'zod';
import { bodyLimit, respond } from '../../shared/http/respond';
import { route } from '../../shared/http/route';
import { backfill } from '../../shared/http/run-routes';
import { errorSchema } from '../../shared/http/schemas';
import { logId, zone, zoneWithout } from '../controls/landing-zone';
import { subscriptionId } from '../given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';
import { unlogged, work } from '../runs-given';
import { api, ask, askRoute, type Told } from './asking';

const someId = '20260301080000000-00000000';

/** What the platform tells of a caller. */
function principal(roles: readonly string[], claims: readonly object[] = []): Record<string, string> {
  const all = [
    { typ: 'name', val: 'Ada Example' },
    { typ: 'preferred_username', val: 'ada@example.com' },
    {
      typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
      val: 'AAAAAAAA-0000-4000-8000-00000000000a',
    },
    ...roles.map((val) => ({ typ: 'roles', val })),
    ...claims,
  ];
  const value = { auth_typ: 'aad', name_typ: 'name', role_typ: 'roles', claims: all };
  return { 'x-ms-client-principal': Buffer.from(JSON.stringify(value)).toString('base64') };
}

describe('where the platform signs callers in', () => {
  const as = (what: string, headers: Record<string, string>, world = memoryWorld(zone)): Promise<Told> =>
    ask(world, what, { headers, trustsPrincipals: true, ...(what.startsWith('POST') && { body: '{}' }) });

  test.each<[string, string, Record<string, string>, number]>([
    ['a reader may look', 'GET /api/runs', principal(['Steward.Reader']), 200],
    ['an operator may look', 'GET /api/runs', principal(['Steward.Operator']), 200],
    ['an operator may act', 'POST /api/backfill', principal(['Steward.Operator']), 202],
    ['a reader may not act', 'POST /api/backfill', principal(['Steward.Reader']), 403],
    ['a reader may not cancel', `DELETE /api/runs/${someId}`, principal(['Steward.Reader']), 403],
    ['who has no role may not look', 'GET /api/posture', principal([]), 403],
    ['a role of another app is none', 'GET /api/posture', principal(['steward.reader', 'Owner']), 403],
    ['nobody may not look', 'GET /api/openapi.json', {}, 401],
    ['a header that is no principal is nobody', 'GET /api/runs', { 'x-ms-client-principal': 'e30=' }, 401],
    ['a header that is no base64 is nobody', 'GET /api/runs', { 'x-ms-client-principal': '%%%' }, 401],
    ['the id header alone is nobody', 'GET /api/runs', { 'x-ms-client-principal-id': 'a' }, 401],
  ])('%s', async (_, what, headers, status) => {
    const world = memoryWorld(zone);
    expect((await as(what, headers, world)).status).toBe(status);
    if (status !== 202) expect(world.sent).toEqual([]);
  });

  test('of whoever acts only the object id is kept, and nothing else is logged', async () => {
    const world = memoryWorld(zone);
    const told = await as('POST /api/backfill', principal(['Steward.Operator']), world);
    expect(told.body).toMatchObject({ by: 'aaaaaaaa-0000-4000-8000-00000000000a' });
    const kept = JSON.stringify([told, world.lines, [...world.kept.runs.values()], world.sent]);
    expect(kept).not.toMatch(/Ada|example\.com/);
  });

  test('without that the headers, which anybody could send, mean nothing', async () => {
    const told = await ask(memoryWorld(zone), 'POST /api/backfill', {
      body: '{}',
      headers: principal(['Steward.Operator']),
    });
    expect(told.status).toBe(202);
    expect(told.body).not.toHaveProperty('by');
  });
});

describe('a body', () => {
  const post = (body: string, headers: Record<string, string>, world: MemoryWorld): Promise<Told> =>
    ask(world, 'POST /api/backfill', { body, headers });
  const large = `{"controls": ["${'x'.repeat(bodyLimit)}"]}`;

  test.each<[string, string, Record<string, string>, number]>([
    ['that is said to be too large', '{}', { 'content-length': String(bodyLimit + 1) }, 413],
    ['that is too large', large, {}, 413],
    ['that is too large in bytes, not in characters', `"${'é'.repeat(bodyLimit / 2)}"`, {}, 413],
    ['of another type', '{}', { 'content-type': 'application/xml' }, 415],
    ['of a form with files', '{}', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['in another character set', '{}', { 'content-type': 'application/json; charset=utf-16' }, 415],
    ['that is compressed', '{}', { 'content-encoding': 'gzip' }, 415],
  ])('%s is refused', async (_, body, headers, status) => {
    const world = memoryWorld(zone);
    expect((await post(body, headers, world)).status).toBe(status);
    expect(world.sent).toEqual([]);
  });

  test.each<[string, Record<string, string>]>([
    ['as JSON', { 'content-type': 'application/json' }],
    ['as JSON in UTF-8', { 'content-type': 'application/json; charset=UTF-8' }],
    ['as curl sends it', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['as fetch sends it', { 'content-type': 'text/plain;charset=UTF-8' }],
    ['without a type', {}],
  ])('is taken %s', async (_, headers) => {
    expect((await post('{}', headers, memoryWorld(zone))).status).toBe(202);
  });

  test('is not read when its length says that it is too large', async () => {
    const request = {
      headers: new Headers({ 'content-length': '1000000' }),
      query: new URLSearchParams(),
      params: {},
      text: () => Promise.reject(new Error('it was read')),
    };
    expect(await respond(backfill, request, { world: memoryWorld(zone), trustsPrincipals: false })).toMatchObject({
      status: 413,
    });
  });
});

describe('an address', () => {
  test.each<[string, string, number, RegExp]>([
    ['with an unknown parameter', 'GET /api/runs?limit=5', 400, /"limit"/],
    ['with a parameter given twice', `GET /api/runs/${someId}/items?after=a&after=b`, 400, /given twice/],
    ['with a subscription that is none', `GET /api/runs/${someId}/items?subscription=x`, 400, /^subscription: /],
    ['with a place that is none', `GET /api/runs/${someId}/items?after=x`, 400, /^after: /],
    ['with an id that is none', 'GET /api/runs/..%2fx', 400, /^id: is not the id of a run/],
    ['of a run that does not exist', `GET /api/runs/${someId}`, 404, /there is no run/],
    ['of the items of a run that does not exist', `GET /api/runs/${someId}/items`, 404, /there is no run/],
    ['of a run to cancel that does not exist', `DELETE /api/runs/${someId}`, 404, /there is no run/],
  ])('%s is refused', async (_, what, status, message) => {
    const told = await ask(memoryWorld(zone), what);
    expect(told.status).toBe(status);
    expect(errorSchema.parse(told.body).error.message).toMatch(message);
  });

  test('may hold the key of its function', async () => {
    expect((await ask(memoryWorld(zone), 'GET /api/runs?code=secret')).status).toBe(200);
  });

  test('of which nobody expects a body takes none', async () => {
    expect((await ask(memoryWorld(zone), 'GET /api/runs', { body: '{}' })).status).toBe(400);
  });
});

test('a bug propagates: the host answers 500 and tells nobody why', async () => {
  const broken = route({
    name: 'broken',
    method: 'GET',
    route: 'broken',
    role: 'read',
    summary: '',
    refuses: [],
    answers: {},
    handle: () => Promise.reject(new Error('a secret')),
  });
  await expect(askRoute(memoryWorld(zone), broken, {})).rejects.toThrow('a secret');
});

describe('what is answered', () => {
  const schemaOf = (name: string, status: number): z.ZodType =>
    api.find((one) => one.name === name)?.answers[status]?.schema ?? z.never();

  test('is as it is described, all along a run', async () => {
    const world = memoryWorld(unlogged(130));
    const begun = await ask(world, 'POST /api/backfill', { body: '{}' });
    schemaOf('backfill', 202).parse(begun.body);
    const id = String(begun.body['id']);
    schemaOf('run', 200).parse((await ask(world, `GET /api/runs/${id}`)).body);
    await work(world);
    const done = await ask(world, `GET /api/runs/${id}`);
    schemaOf('run', 200).parse(done.body);
    expect(done.headers).not.toHaveProperty('Retry-After');
    schemaOf('runs', 200).parse((await ask(world, 'GET /api/runs')).body);
    schemaOf('posture', 200).parse((await ask(world, 'GET /api/posture')).body);
    const first = await ask(world, `GET /api/runs/${id}/items?subscription=${subscriptionId}`);
    schemaOf('run-items', 200).parse(first.body);
    const second = await ask(world, `GET ${String(first.body['next'])}`);
    schemaOf('run-items', 200).parse(second.body);
    expect([first, second].map(({ body }) => (body['items'] as readonly object[]).length)).toEqual([100, 30]);
    expect(second.body).not.toHaveProperty('next');
    expect(await ask(world, `DELETE /api/runs/${id}`)).toMatchObject({ status: 409 });
    const applied = await ask(world, 'POST /api/backfill', { body: JSON.stringify({ apply: true, plan: id }) });
    const cancelled = await ask(world, `DELETE ${applied.headers['Location'] ?? ''}`);
    expect(cancelled).toMatchObject({ status: 202, body: { state: 'cancelling' } });
    schemaOf('cancel-run', 202).parse(cancelled.body);
  });

  test('tells of a throttled run how long it is worth to wait', async () => {
    const world = memoryWorld(zoneWithout(logId));
    world.azure.refuse = ({ query }) => (query?.kind === 'list' ? refusal('TooManyRequests', 429, 120) : undefined);
    const { headers } = await ask(world, 'POST /api/backfill', { body: '{}' });
    await work(world, 1);
    const told = await ask(world, `GET ${headers['Location'] ?? ''}`);
    schemaOf('run', 200).parse(told.body);
    expect(Number(told.headers['Retry-After'])).toBeGreaterThan(100);
  });

  test('describes itself, each operation with its role', async () => {
    const { body } = await ask(memoryWorld(zone), 'GET /api/openapi.json');
    const paths = body['paths'] as Readonly<Record<string, Readonly<Record<string, { description: string }>>>>;
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { description }]) => [`${method.toUpperCase()} ${path}`, description]),
    );
    expect(Object.fromEntries(operations)).toEqual(
      Object.fromEntries(
        api.map(({ method, route: path, role }) => [
          `${method} /api/${path}`,
          role === 'act' ? 'App role Steward.Operator.' : 'App role Steward.Reader or Steward.Operator.',
        ]),
      ),
    );
    expect(JSON.stringify(body)).not.toMatch(/"\$ref":"#\/(?!components)/);
  });
});

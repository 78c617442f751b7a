import { request } from 'node:http';
import { startFixture } from './fixture/start';
import type { Running } from './fixture/start';

let fixture: Running;

beforeAll(async () => {
  fixture = await startFixture('app.ts', { STANDIN_FUNCTION_KEY: 'open sesame' });
});

afterAll(async () => {
  await fixture.host.stop();
  fixture.remove();
});

function call(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`${fixture.host.url}${path}`, init);
}

test('a route passes its parameters, the query and the address to the function', async () => {
  const response = await call('/api/people/J%C3%BCrgen/de?colour=red');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({
    params: { name: 'Jürgen', language: 'de' },
    colour: 'red',
    path: '/api/people/J%C3%BCrgen/de',
  });
});

test('an optional parameter may be absent', async () => {
  const response = await call('/api/people/Ada');
  expect(await response.json()).toMatchObject({ params: { name: 'Ada' } });
});

test('a cookie of the function arrives with its attributes', async () => {
  const response = await call('/api/people/Ada');
  expect(response.headers.getSetCookie()).toEqual(['seen=yes; Path=/; HttpOnly; SameSite=Strict']);
});

test('a function without a route answers at its name, whatever the case, with body, status and headers', async () => {
  const response = await call('/API/Echo', { method: 'POST', body: 'schön', headers: { 'x-colour': 'blue' } });
  expect(response.status).toBe(201);
  expect(response.headers.get('x-colour')).toBe('blue');
  expect(await response.text()).toBe('schön');
});

test('a function that returns nothing answers 204', async () => {
  expect((await call('/api/silent', { method: 'DELETE' })).status).toBe(204);
});

test.each([
  ['an unknown path', 'GET', '/api/nothing'],
  ['too many segments', 'GET', '/api/people/a/b/c'],
  ['too few segments', 'GET', '/api/people'],
  ['a path without the prefix', 'GET', '/people/Ada'],
  ['a method that the function does not take (as the Functions host, which never says 405)', 'PUT', '/api/people/Ada'],
])('%s is 404', async (_, method, path) => {
  expect((await call(path, { method })).status).toBe(404);
});

test('what a function throws reaches the log with its stack, and the caller as a bare 500', async () => {
  const response = await call('/api/broken');
  expect(response.status).toBe(500);
  expect(await response.text()).toBe('');
  const record = await fixture.saw((one) => one.kind === 'host' && one.event === 'failed');
  expect(record).toMatchObject({
    functionName: 'broken',
    message: 'a detail that callers must not see',
    stack: expect.stringContaining('app.js'),
  });
});

test.each([
  ['no key', {}, '', 401],
  ['a wrong key', { 'x-functions-key': 'open barley' }, '', 401],
  ['the key in the header', { 'x-functions-key': 'open sesame' }, '', 200],
  ['the key in the query', {}, '?code=open%20sesame', 200],
])('a function with authLevel function and %s', async (_, headers: Record<string, string>, query, status) => {
  expect((await call(`/api/guarded${query}`, { headers })).status).toBe(status);
});

test('a request of more than 100 MB is 413 before its body is read', async () => {
  const status = await new Promise((resolve, reject) => {
    const sent = request(`${fixture.host.url}/api/echo`, {
      method: 'POST',
      headers: { 'content-length': String(100 * 1024 * 1024 + 1) },
    });
    sent.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.flushHeaders();
  });
  expect(status).toBe(413);
});

test('the admin API lists the functions and their bindings', async () => {
  const listed = (await (await call('/admin/functions')).json()) as { name: string; config: { bindings: object[] } }[];
  expect(listed.map((one) => one.name)).toEqual([...fixture.host.functions]);
  expect(listed[0]?.config.bindings).toContainEqual(expect.objectContaining({ type: 'httpTrigger', methods: ['GET'] }));
});

test.each([
  ['from a page of another site', { 'sec-fetch-site': 'cross-site' }],
  ['under a name that is not loopback', { host: 'attacker.example' }],
])('the admin API refuses a request %s', async (_, headers: Record<string, string>) => {
  const status = await new Promise((resolve, reject) => {
    const sent = request(`${fixture.host.url}/admin/host/status`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });
  expect(status).toBe(403);
});

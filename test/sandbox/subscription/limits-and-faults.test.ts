import { account, accountId, flowLog, flowLogId, group, network, networkId, startWorld } from './small-subscription';
import type { World } from './small-subscription';
import { refusals } from './index';
import type { FaultAnswer } from './index';

describe('throttling', () => {
  let world: World;
  let now = Date.UTC(2026, 10, 24);
  beforeEach(async () => {
    world = await startWorld({ clock: () => now });
  });
  afterEach(() => world.close());

  const read = (token = 'deployer') => world.send('GET', networkId, { token });
  const drain = async (): Promise<void> => {
    for (let count = 0; count < 250; count += 1) await read();
  };

  test('every answer says how much is left', async () => {
    const first = await read();
    const second = await read();
    const written = await world.send('PUT', accountId, { body: account });
    expect(first.headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('249');
    expect(second.headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('248');
    expect(written.headers['x-ms-ratelimit-remaining-subscription-writes']).toBe('199');
    expect(first.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.headers['x-ms-correlation-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('the read after the 250th is refused until the bucket has filled again', async () => {
    await drain();
    const refused = await read();
    expect(refused.status).toBe(429);
    expect(refused.body.error.code).toBe('SubscriptionRequestsThrottled');
    expect(refused.headers['retry-after']).toBe('1');
    now += 1_000;
    expect((await read()).headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('24');
    now += 3_600_000;
    expect((await read()).headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('249');
  });

  test('one caller does not use up the bucket of another', async () => {
    await drain();
    expect((await read(await world.token())).status).toBe(200);
  });

  test('Microsoft.Network takes a thousand writes in five minutes', async () => {
    for (let count = 0; count < 1_000; count += 1) {
      now += 100;
      await world.send('DELETE', `${networkId}-none`);
    }
    const refused = await world.send('PUT', networkId, { body: network });
    expect([refused.status, refused.body.error.code]).toEqual([429, 'TooManyRequests']);
    expect(refused.headers['retry-after']).toBe('201');
    expect((await world.send('PUT', accountId, { body: account })).status).toBe(200);
    now += 300_000;
    expect((await world.send('PUT', networkId, { body: network })).status).toBe(200);
  });

  test('Microsoft.Storage takes ten writes a second and twelve hundred an hour', async () => {
    const write = () => world.send('PUT', accountId, { body: account });
    for (let count = 0; count < 10; count += 1) expect((await write()).status).toBeLessThan(300);
    expect((await write()).status).toBe(429);
    for (let count = 0; count < 1_189; count += 1) {
      now += 1_000;
      await write();
    }
    now += 1_000;
    const refused = await write();
    expect([refused.status, refused.body.error.code]).toEqual([429, 'TooManyRequests']);
    expect(refused.headers['retry-after']).toBe('2410');
  });

  test('Microsoft.Storage takes a hundred lists in five minutes', async () => {
    const list = () => world.send('GET', accountId.replace(/\/[^/]+$/, ''));
    for (let count = 0; count < 100; count += 1) expect((await list()).status).toBe(200);
    expect((await list()).status).toBe(429);
    expect((await world.send('GET', accountId)).status).not.toBe(429);
  });

  test('put and remove are not throttled', async () => {
    await Promise.all(
      Array.from({ length: 250 }, (_, index) => world.azure.put({ ...account, id: `${accountId}${String(index)}` })),
    );
    expect(world.azure.list('Microsoft.Storage/storageAccounts')).toHaveLength(251);
  });
});

describe('without limits', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ limits: false });
  });
  afterAll(() => world.close());

  test('nothing is refused', async () => {
    for (let count = 0; count < 260; count += 1) await world.send('GET', networkId);
    expect((await world.send('GET', networkId)).status).toBe(200);
  });
});

describe('faults', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const read = () => world.send('GET', networkId);
  const add = (answer: FaultAnswer, times?: number) =>
    world.azure.faults.add({
      match: ({ type }) => type === 'Microsoft.Network/virtualNetworks',
      answer,
      ...(times === undefined ? {} : { times }),
    });

  test('a fault meets one request unless told otherwise', async () => {
    add({ kind: 'respond', status: 503, headers: { 'Retry-After': '7' }, body: { error: { code: 'Busy' } } });
    const met = await read();
    expect([met.status, met.headers['retry-after'], met.body.error.code]).toEqual([503, '7', 'Busy']);
    expect((await read()).status).toBe(200);
  });

  test('a fault without end stays until it is taken back', async () => {
    const takeBack = add({ kind: 'respond', status: 500 }, Number.POSITIVE_INFINITY);
    expect([(await read()).status, (await read()).status]).toEqual([500, 500]);
    takeBack();
    expect((await read()).status).toBe(200);
  });

  test('faults that match the same requests come one after the other', async () => {
    add({ kind: 'respond', status: 500 });
    add({ kind: 'respond', status: 502 });
    expect([(await read()).status, (await read()).status, (await read()).status]).toEqual([500, 502, 200]);
  });

  test('a fault can tell callers and types apart', async () => {
    const match = ({ caller, type }: { caller: string; type: string }): boolean =>
      caller === 'steward' && type === 'Microsoft.Network/virtualNetworks';
    world.azure.faults.add({ match, answer: { kind: 'respond', status: 500 } });
    expect((await read()).status).toBe(200);
    expect((await world.send('GET', group, { token: await world.token() })).status).toBe(200);
    expect((await world.send('GET', networkId, { token: await world.token() })).status).toBe(500);
  });

  test('a connection can be cut, and the request is recorded with status 0', async () => {
    add({ kind: 'disconnect' });
    await expect(read()).rejects.toThrow();
    expect(world.azure.requests.at(-1)).toMatchObject({ method: 'GET', path: networkId, status: 0 });
  });

  test('a delayed request is answered all the same', async () => {
    add({ kind: 'delay', ms: 40 });
    expect((await read()).status).toBe(200);
    expect(world.azure.requests.at(-1)?.ms).toBeGreaterThanOrEqual(39);
  });

  test.each<[string, FaultAnswer, number, string]>([
    ['a policy', refusals.requestDisallowedByPolicy('deny-all'), 403, 'RequestDisallowedByPolicy'],
    ['a lock', refusals.scopeLocked(), 409, 'ScopeLocked'],
    ['a missing role', refusals.authorizationFailed('a/read', '/subscriptions/s'), 403, 'AuthorizationFailed'],
    ['throttling', refusals.throttled(17), 429, 'TooManyRequests'],
    ['another operation', refusals.lockedByAnotherOperation(), 429, 'RetryableError'],
    ['a conflict', refusals.conflict(), 409, 'Conflict'],
  ])('the refusal for %s has its status and code', async (_, answer, status, code) => {
    add(answer);
    const reply = await read();
    expect([reply.status, reply.body.error.code]).toEqual([status, code]);
    expect(reply.headers['retry-after'] !== undefined).toBe(status === 429);
  });

  test('put rejects with the code of the refusal', async () => {
    add(refusals.requestDisallowedByPolicy('deny-all'));
    await expect(world.azure.put(network)).rejects.toThrow('RequestDisallowedByPolicy');
  });

  test('every request is recorded with what was sent and answered', async () => {
    const token = await world.token();
    await world.send('PUT', `${flowLogId}?api-version=2025-05-01`, { body: flowLog, token });
    const recorded = world.azure.requests.find(({ method }) => method === 'PUT');
    expect(recorded).toMatchObject({
      path: flowLogId,
      query: { 'api-version': '2025-05-01' },
      apiVersion: '2025-05-01',
      caller: 'steward',
      status: 201,
      requestBody: flowLog,
      responseBody: { id: flowLogId },
      responseHeaders: { 'retry-after': '1' },
    });
    expect(Number.isNaN(Date.parse(recorded?.at ?? ''))).toBe(false);
  });
});

describe('locks', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const lock = (scope: string, level: string): void => {
    world.azure.seed([{ id: `${scope}/providers/Microsoft.Authorization/locks/lock`, properties: { level } }]);
  };
  const codeOf = async (method: string, path: string) =>
    (await world.send(method, path, method === 'PUT' ? { body: account } : {})).body?.error?.code;

  test('ReadOnly forbids writes and deletions at its scope and below', async () => {
    lock(group, 'ReadOnly');
    expect(await codeOf('PUT', accountId)).toBe('ScopeLocked');
    expect(await codeOf('PATCH', accountId)).toBe('ScopeLocked');
    expect(await codeOf('DELETE', accountId)).toBe('ScopeLocked');
  });

  test('CanNotDelete forbids deletions alone, also of the group around it', async () => {
    lock(accountId, 'CanNotDelete');
    expect(await codeOf('PUT', accountId)).toBeUndefined();
    expect(await codeOf('DELETE', accountId)).toBe('ScopeLocked');
    expect(await codeOf('DELETE', group)).toBe('ScopeLocked');
    expect(await codeOf('DELETE', networkId)).toBeUndefined();
  });

  test('a lock can be taken away', async () => {
    lock(accountId, 'ReadOnly');
    await world.azure.remove(`${accountId}/providers/Microsoft.Authorization/locks/lock`);
    expect(await codeOf('PUT', accountId)).toBeUndefined();
  });
});

import { identityClientId, networkId, startWorld } from './small-subscription';
import type { World } from './small-subscription';

describe('tokens', () => {
  let world: World;
  let now = Date.UTC(2026, 10, 24);
  beforeAll(async () => {
    world = await startWorld({ clock: () => now });
  });
  afterAll(() => world.close());

  const ask = async (query: Record<string, string>, header = world.azure.identity.header) => {
    const search = new URLSearchParams({ 'api-version': '2019-08-01', ...query });
    return fetch(`${world.azure.identity.endpoint}?${search.toString()}`, { headers: { 'X-IDENTITY-HEADER': header } });
  };
  const arm = 'https://management.azure.com';

  test('the identity endpoint answers with a bearer token for the resource and the client id', async () => {
    const response = await ask({ resource: arm, client_id: identityClientId.toUpperCase() });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      token_type: 'Bearer',
      resource: arm,
      client_id: identityClientId,
      expires_on: String(now / 1_000 + 86_400),
    });
  });

  test('the identity endpoint refuses an unknown client id', async () => {
    expect((await ask({ resource: arm, client_id: 'someone-else' })).status).toBe(400);
  });

  test('the identity endpoint refuses a wrong header and a missing resource', async () => {
    expect((await ask({ resource: arm }, 'guessed')).status).toBe(401);
    expect((await ask({})).status).toBe(400);
  });

  test('a request without a token is refused and told where to get one', async () => {
    const reply = await world.send('GET', networkId, { token: null });
    expect(reply.status).toBe(401);
    expect(reply.body.error.code).toBe('AuthenticationFailed');
    expect(reply.headers['www-authenticate']).toContain('Bearer authorization_uri=');
  });

  test('a token for another audience is refused by Resource Manager and by log ingestion', async () => {
    const monitor = await world.token('https://monitor.azure.com');
    const manager = await world.token(arm);
    const wrongForArm = await world.send('GET', networkId, { token: monitor });
    const wrongForLogs = await world.send('POST', '/dataCollectionRules/dcr-1/streams/s', { token: manager, body: [] });
    expect(wrongForArm.body.error.code).toBe('InvalidAuthenticationTokenAudience');
    expect(wrongForLogs.body.error.code).toBe('InvalidAuthenticationTokenAudience');
    expect([wrongForArm.status, wrongForLogs.status]).toEqual([401, 401]);
  });

  test('the audience may end in a slash', async () => {
    expect((await world.send('GET', networkId, { token: await world.token(`${arm}/`) })).status).toBe(200);
  });

  test("requests with the identity's token are recorded as Steward's and all others as the deployer's", async () => {
    await world.send('GET', networkId, { token: await world.token() });
    await world.send('GET', networkId, { token: 'anything' });
    expect(world.azure.requests.slice(-2).map(({ caller }) => caller)).toEqual(['steward', 'deployer']);
  });

  test('a token is refused after its expiry', async () => {
    const token = await world.token();
    now += 25 * 60 * 60 * 1_000;
    expect((await world.send('GET', networkId, { token })).body.error.code).toBe('ExpiredAuthenticationToken');
  });
});

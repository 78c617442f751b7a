import { createHttpHeaders, createPipelineRequest, RestError, type HttpMethods } from '@azure/core-rest-pipeline';
import { limitsPolicy } from '../../shared/azure/limits-policy';
import { limitsFor, resourceManagerWrites } from '../../shared/core/limits';
import { refusals } from '../sandbox/subscription/index';

const subscription = '11111111-2222-4333-8444-555555555555';
const group = `/subscriptions/${subscription}/resourceGroups/rg`;
const logId = `${group}/providers/Microsoft.Network/networkWatchers/w/flowLogs/f`;
const listOfAccounts = `/subscriptions/${subscription}/providers/Microsoft.Storage/storageAccounts`;
const start = Date.parse('2026-03-01T08:00:00.000Z');

const ofNetwork = limitsFor(logId)
  .map(({ name }) => name)
  .slice(1);
const ofManager = [resourceManagerWrites(subscription)];

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An instance: its requests, what it waited for, and what it told the others. */
function instance(block?: () => Promise<void>) {
  let clock = start;
  const blocked: { readonly names: readonly string[]; readonly seconds: number }[] = [];
  const policy = limitsPolicy({
    now: () => new Date(clock).toISOString(),
    pause: async (ms) => void (clock += ms),
    block: async (names, until) => {
      blocked.push({ names, seconds: (Date.parse(until) - clock) / 1_000 });
      await block?.();
    },
  });
  const send = async (method: HttpMethods, path: string, { status = 200, headers = {}, body }: Answer = {}) => {
    const before = clock;
    const request = createPipelineRequest({ method, url: `https://management.azure.com${path}?api-version=1` });
    const bodyAsText = body === undefined ? undefined : JSON.stringify(body);
    await policy.sendRequest(request, async () => ({
      request,
      status,
      headers: createHttpHeaders(headers),
      ...(bodyAsText !== undefined && { bodyAsText }),
    }));
    return clock - before;
  };
  return { send, blocked, pass: (ms: number) => void (clock += ms), now: () => clock };
}

const left = (reads: number): Answer => ({
  headers: { 'x-ms-ratelimit-remaining-subscription-reads': String(reads) },
});

describe('reads', () => {
  test('are sent at once while there are many left, then 25 a second', async () => {
    const { send } = instance();
    const waits = [];
    for (let count = 0; count < 300; count += 1) waits.push(await send('GET', logId));
    expect(waits.slice(0, 150).every((ms) => ms === 0)).toBe(true);
    expect(waits.slice(150).reduce((sum, ms) => sum + ms, 0) / 150).toBeCloseTo(40, 0);
  });

  test('slow down when Azure tells that others have read', async () => {
    const { send } = instance();
    await send('GET', logId, left(60));
    expect(await send('GET', logId)).toBe(1_640);
  });

  test('of other subscriptions do not wait for them', async () => {
    const { send } = instance();
    await send('GET', logId, left(0));
    expect(await send('GET', logId.replace('1111', '2222'))).toBe(0);
  });

  test('of how an operation goes take from what is kept for them', async () => {
    const { send } = instance();
    const poll = `/subscriptions/${subscription}/providers/Microsoft.Network/locations/westeurope/operations/o`;
    await send('GET', logId, left(60));
    expect(await send('GET', poll)).toBe(0);
  });

  test('more than wait for ten seconds are not sent, and say when to come back', async () => {
    const { send } = instance();
    await send('GET', logId, { status: 429, headers: { 'retry-after': '17', ...left(0).headers } });
    const refused = send('GET', logId);
    await expect(refused).rejects.toMatchObject({ code: 'ReadBudgetSpent', retryable: true, retryAfter: 17 });
  });

  test('go on when Azure’s own time is over', async () => {
    const { send, pass } = instance();
    await send('GET', logId, { status: 429, headers: { 'retry-after': '17', ...left(0).headers } });
    pass(17_000);
    expect(await send('GET', logId)).toBe(0);
  });

  test('of a provider that takes no more keep no others waiting', async () => {
    const { send } = instance();
    await send('GET', listOfAccounts, {
      status: 429,
      headers: { 'retry-after': '100', ...left(200).headers },
      body: { error: { code: 'TooManyRequests' } },
    });
    expect(await send('GET', logId)).toBe(0);
    await expect(send('GET', listOfAccounts)).rejects.toMatchObject({ code: 'ReadBudgetSpent', retryAfter: 100 });
  });

  test('wait a moment when the provider itself tells that few are left', async () => {
    const { send } = instance();
    const headers = {
      'x-ms-ratelimit-remaining-resource': 'Microsoft.Network/GetLog3Min;400,Microsoft.Network/GetLog30Min;3',
    };
    await send('GET', logId, { headers });
    expect(await send('GET', logId)).toBe(5_000);
  });
});

describe('writes of all instances are stopped', () => {
  const spent = { status: 429, headers: { 'retry-after': '42' } };

  test.each<[string, Answer, { readonly names: readonly string[]; readonly seconds: number }[]]>([
    [
      'until Azure’s own time, when the provider takes no more',
      { ...spent, body: { error: { code: 'TooManyRequests' } } },
      [{ names: ofNetwork, seconds: 42 }],
    ],
    [
      'until Azure’s own time, when Resource Manager takes no more',
      { ...spent, body: { error: { code: 'SubscriptionRequestsThrottled' } } },
      [{ names: ofManager, seconds: 42 }],
    ],
    [
      'for half a minute, when Azure tells no time',
      { status: 429, body: { error: { code: 'TooManyRequests' } } },
      [{ names: ofNetwork, seconds: 30 }],
    ],
    ['when a 429 has no words', { status: 429, headers: { 'retry-after': '3' } }, [{ names: ofNetwork, seconds: 3 }]],
    [
      'before Resource Manager refuses, when few are left',
      { headers: { 'x-ms-ratelimit-remaining-subscription-writes': '14' } },
      [{ names: ofManager, seconds: 5 }],
    ],
    [
      'before the provider refuses, when it tells that few are left',
      { headers: { 'x-ms-ratelimit-remaining-resource': 'Microsoft.Network/PutLog5Min;2' } },
      [{ names: ofNetwork, seconds: 30 }],
    ],
    ['never while many are left', { headers: { 'x-ms-ratelimit-remaining-subscription-writes': '15' } }, []],
    [
      'never for what another provider tells',
      { headers: { 'x-ms-ratelimit-remaining-resource': 'Microsoft.Compute/PutVM3Min;0' } },
      [],
    ],
    ['never for what is no number', { headers: { 'x-ms-ratelimit-remaining-subscription-writes': 'few' } }, []],
    ['never because another operation holds the resource', { ...refusals.lockedByAnotherOperation(), status: 429 }, []],
    [
      'never because another operation is under way',
      { ...spent, body: { error: { code: 'AnotherOperationInProgress' } } },
      [],
    ],
  ])('%s', async (_, answer, expected) => {
    const { send, blocked } = instance();
    await send('PUT', logId, answer);
    expect(blocked).toEqual(expected);
  });

  test('but not for a write outside of subscriptions', async () => {
    const { send, blocked } = instance();
    await send('PUT', '/providers/Microsoft.Management/managementGroups/g', spent);
    expect(blocked).toEqual([]);
  });

  test('and a write keeps its answer when the others cannot be told', async () => {
    const { send } = instance(() => Promise.reject(new RestError('the tables are down')));
    await expect(send('PUT', logId, spent)).resolves.toBe(0);
  });

  test('but a bug is not hidden', async () => {
    const { send } = instance(() => Promise.reject(new TypeError('a bug')));
    await expect(send('PUT', logId, spent)).rejects.toThrow('a bug');
  });
});

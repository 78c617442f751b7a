import { noExemptions } from '../../shared/core/exemption';
import type { Resource } from '../../shared/core/resource';
import type { Settings } from '../../shared/core/settings';
import type { Surroundings } from '../../shared/core/surroundings';
import type { Check } from '../../shared/doctor/check';
import { doctor } from '../../shared/doctor/doctor';
import { subscription, subscriptionId } from '../given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';
import { surroundingsGiven } from '../surroundings-given';
import { controls, allGranted, healthy, including, provider } from './given';

interface Given {
  readonly resources?: readonly Resource[];
  readonly settings?: Partial<Settings>;
  readonly surroundings?: Partial<Surroundings>;
}

function worldOf({ resources = healthy, settings, surroundings }: Given = {}): MemoryWorld {
  const world = memoryWorld([...resources, ...allGranted], settings, controls);
  return Object.assign(world, { surroundings: surroundingsGiven(surroundings) });
}

async function looked(id: string, world: MemoryWorld): Promise<Check> {
  const found = (await doctor(world)).checks.filter((check) => check.id === id);
  expect(found).toHaveLength(1);
  return found[0]!;
}

const refuses: Surroundings['attempt'] = async () => ({ state: 'unread', reason: '403 no' });

test('a deployment in which nothing is wrong is healthy', async () => {
  const { healthy: isHealthy, summary, checks } = await doctor(worldOf());
  expect(checks.filter(({ state, todo }) => state !== 'ok' || todo !== '').map(({ id }) => id)).toEqual([
    'flow-log-storage',
  ]);
  expect(summary).toEqual({ ok: checks.length - 1, wrong: 0, unknown: 0, notApplicable: 1, warnings: 0 });
  expect(isHealthy).toBe(true);
});

test('every check says what was found and wanted, and what is wrong or unknown says what to do', async () => {
  const world = worldOf({ resources: [], surroundings: { attempt: refuses, nodeVersion: '26.0.0' } });
  const { checks, healthy: isHealthy } = await doctor(world);
  expect(isHealthy).toBe(false);
  expect(checks.filter(({ title, about, found, wanted }) => [title, about, found, wanted].includes(''))).toEqual([]);
  expect(checks.filter(({ state, todo }) => ['wrong', 'unknown'].includes(state) && todo === '')).toEqual([]);
});

test('one thing that is wrong is not healthy', async () => {
  const resources = including(provider('Microsoft.Insights', 'NotRegistered'));
  expect(await doctor(worldOf({ resources }))).toMatchObject({ healthy: false, summary: { wrong: 1, unknown: 0 } });
});

test('one thing that is unknown is not healthy', async () => {
  const world = worldOf();
  world.azure.refuse = ({ query }) =>
    query?.kind === 'get' && query.id.endsWith('/onboardingStates/default')
      ? refusal('AuthorizationFailed')
      : undefined;
  expect(await doctor(world)).toMatchObject({ healthy: false, summary: { wrong: 0, unknown: 1 } });
});

test('what Azure refuses is unknown with its reason, and nothing is thrown', async () => {
  const world = worldOf();
  world.azure.refuse = () => refusal('AuthorizationFailed');
  const { checks, summary } = await doctor(world);
  const asksAzure = [
    'providers',
    'roles',
    'events',
    'network-watchers',
    'policies',
    'locks',
    'ingestion',
    'nsg-flow-logs',
  ];
  const ofAzure = checks.filter(({ id }) => asksAzure.includes(id));
  expect(new Set(ofAzure.map(({ id }) => id))).toEqual(new Set(asksAzure));
  expect(ofAzure.filter(({ state }) => state !== 'unknown')).toEqual([]);
  expect(ofAzure.every(({ found }) => found.includes('AuthorizationFailed (403)'))).toBe(true);
  expect(summary.wrong).toBe(0);
});

test('a bug is no check: it is thrown', async () => {
  const world = worldOf();
  world.azure.refuse = () => {
    throw new TypeError('a bug');
  };
  await expect(doctor(world)).rejects.toThrow('a bug');
});

test('nothing is written', async () => {
  const world = worldOf({ resources: [] });
  await doctor(world);
  expect(world.azure.asked.length).toBeGreaterThan(10);
  expect([world.azure.written, world.sent, world.rows, world.poison, [...world.stored]]).toEqual([[], [], [], [], []]);
});

test('each time it looks anew', async () => {
  const world = worldOf();
  expect((await doctor(world)).healthy).toBe(true);
  world.azure.resources = world.azure.resources.filter(({ type }) => !type.endsWith('/systemTopics'));
  expect(await looked('events', world)).toMatchObject({ state: 'wrong' });
});

test('only the subscriptions that are asked for are looked at', async () => {
  const other = '99999999-2222-4333-8444-555555555555';
  const world = worldOf({ settings: { subscriptionIds: [subscriptionId, other] } });
  const events = async (ids?: readonly string[]): Promise<readonly string[]> =>
    (await doctor(world, ids)).checks.filter(({ id }) => id === 'events').map(({ about }) => about);
  expect(await events()).toEqual([subscription, `/subscriptions/${other}`]);
  expect(await events([other])).toEqual([`/subscriptions/${other}`]);
});

test('a filter that cannot be understood is a setting that is wrong', async () => {
  const settings = { remediateIn: { unreadable: 'setting REMEDIATE_TAGS is "="' } };
  expect(await looked('settings', worldOf({ settings }))).toMatchObject({
    state: 'wrong',
    found: 'setting REMEDIATE_TAGS is "="',
  });
});

describe('the app’s own storage', () => {
  const storage = (changed: object): Given => ({
    surroundings: {
      storage: async () => ({ ...(await surroundingsGiven().storage()), ...changed }),
    },
  });
  const unread = { state: 'unread', reason: '403 no' } as const;

  test.each([
    ['tables', 'timer', 'Storage Table Data Contributor'],
    ['queues', 'poison', 'Storage Queue Data Contributor'],
  ])('whose %s do not answer is wrong, and the check %s that needs it is unknown', async (part, needing, role) => {
    const { checks } = await doctor(worldOf(storage({ [part]: unread })));
    const own = checks.filter(({ id }) => id === 'own-storage');
    expect(own.map(({ about, state }) => [about, state])).toEqual(
      ['tables', 'queues', 'blobs'].map((about) => [about, about === part ? 'wrong' : 'ok']),
    );
    expect(own.find(({ state }) => state === 'wrong')).toMatchObject({
      found: '403 no',
      todo: expect.stringContaining(role),
    });
    expect(checks.find(({ id }) => id === needing)).toMatchObject({ state: 'unknown', found: '403 no' });
  });

  test('that refuses while it is asked leaves what is kept there unknown', async () => {
    const world = worldOf({ surroundings: { attempt: refuses } });
    for (const id of ['timer', 'poison', 'exemptions'])
      expect(await looked(id, world)).toMatchObject({ state: 'unknown', found: '403 no' });
  });
});

test('messages that were set aside are wrong', async () => {
  const world = worldOf();
  world.poison.push('one', 'two');
  expect(await looked('poison', world)).toMatchObject({
    state: 'wrong',
    found: '2 messages wait for somebody to look at them',
    todo: expect.stringContaining('/api/poison'),
  });
});

describe('the timer', () => {
  const compared = (watermark: string): Given => {
    const gaps = { since: watermark, watermark, missed: 0, perHour: {}, last: [] };
    return { surroundings: { gaps: async () => gaps } };
  };

  test.each([
    ['2026-03-01T06:30:00.000Z', 'ok'],
    ['2026-03-01T05:59:00.000Z', 'wrong'],
  ])('that compared the activity log until %s is at eight o’clock %s', async (watermark, state) => {
    expect(await looked('timer', worldOf(compared(watermark)))).toMatchObject({
      state,
      found: `compared until ${watermark}`,
    });
  });

  test('that never came is wrong', async () => {
    const world = worldOf({ surroundings: { gaps: async () => undefined } });
    expect(await looked('timer', world)).toMatchObject({ state: 'wrong', found: 'it has never been looked after' });
  });
});

describe('exemptions', () => {
  test('of which one is invalid are wrong', async () => {
    const world = worldOf();
    const invalid = { key: 'k', title: 'Entry 1', source: 'file', complaints: ['owner is missing'] } as const;
    world.exempting = { ...noExemptions, invalid: [invalid] };
    expect(await looked('exemptions', world)).toMatchObject({ state: 'wrong', found: 'Entry 1: owner is missing' });
  });

  test('that cannot be read are unknown, and the reason is told', async () => {
    const world = worldOf();
    const file = {
      source: 'file',
      key: 'file',
      title: 'The file of exemptions',
      reason: '403',
      retryable: false,
    } as const;
    world.exempting = { ...noExemptions, unreadable: [file] };
    expect(await looked('exemptions', world)).toMatchObject({ state: 'unknown', found: 'The file of exemptions: 403' });
  });
});

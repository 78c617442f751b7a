import { sentinelContent } from '../../shared/controls/sentinel-content';
import { ownRules } from '../../shared/controls/sentinel-content/own-rules';
import type { Finding } from '../../shared/core/finding';
import type { Resource } from '../../shared/core/resource';
import type { Settings } from '../../shared/core/settings';
import { judge } from '../../shared/pipeline/judge';
import { revert } from '../../shared/pipeline/revert';
import { idIn, resource } from '../given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

const workspaceId = idIn('rg-soc', 'Microsoft.OperationalInsights/workspaces/log-soc');
const insights = `${workspaceId}/providers/Microsoft.SecurityInsights`;
const workspace = resource(workspaceId, { location: 'westeurope', properties: { retentionInDays: 90 } });
const onboarded = resource(`${insights}/onboardingStates/default`, { properties: {} });
const collectionOf = (stream: string): Resource =>
  resource(idIn('rg-steward', 'Microsoft.Insights/dataCollectionRules/dcr'), {
    properties: {
      destinations: { logAnalytics: [{ workspaceResourceId: workspaceId, name: 'sentinel' }] },
      dataFlows: [{ streams: [stream], destinations: ['sentinel'], outputStream: stream }],
    },
  });
const findingsCome = collectionOf('Custom-StewardFindings_CL');
const rule = (name: string, properties: object, kind = 'Scheduled'): Resource =>
  resource(`${insights}/alertRules/${name}`, { kind, properties });
const withRows: Resource = {
  id: `${workspaceId}/query/Usage/StewardPosture_CL`,
  name: 'StewardPosture_CL',
  type: 'Microsoft.OperationalInsights/workspaces/query/Usage',
  properties: {},
};

const around = [onboarded, findingsCome, withRows];
const consent: Partial<Settings> = { remediate: ['sentinel-content'] };
const worldWith = (others: readonly Resource[] = around, changed = consent): MemoryWorld =>
  memoryWorld([workspace, ...others], changed, [sentinelContent]);

async function look(world: MemoryWorld): Promise<Finding> {
  await judge(world, { scope: { kind: 'resource', id: workspaceId }, cause: 'event', receivedAt: world.now() });
  return [...world.stored.values()][0]!;
}

const rulesIn = ({ azure }: MemoryWorld): readonly Resource[] =>
  azure.resources.filter(({ type }) => type === 'Microsoft.SecurityInsights/alertRules');
const names = (world: MemoryWorld): readonly string[] => world.azure.written.map(({ id }) => id.split('/').at(-1)!);

test('Steward’s rules are made where its findings go, each switched off and marked, and a second look writes nothing', async () => {
  const world = worldWith();
  const finding = await look(world);
  expect(names(world)).toHaveLength(6);
  for (const { body } of world.azure.written)
    expect(body).toMatchObject({
      kind: 'Scheduled',
      properties: {
        displayName: expect.stringMatching(/^Steward - /),
        description: expect.stringMatching(/\nMade by Steward, and switched off until somebody decides so\.$/),
        enabled: false,
        query: expect.stringMatching(/Steward(Findings|Posture)_CL/),
      },
    });
  expect(finding).toMatchObject({
    state: 'open',
    severity: 'high',
    reason: expect.stringMatching(
      /none of its 6 analytics rules is on .*: enable the 6 of Steward, which are there and switched off/,
    ),
    remedy: expect.stringMatching(/^done: make the analytics rule .*are for a person to enable$/s),
  });
  world.pass(120_000);
  const again = await look(world);
  expect(names(world)).toHaveLength(6);
  expect(again.remedy).toBe('rules of Steward’s that are switched off are for a person to enable');
});

test('once a person has enabled them nothing is open any more', async () => {
  const world = worldWith();
  await look(world);
  world.azure.resources = world.azure.resources.map((one) =>
    one.type === 'Microsoft.SecurityInsights/alertRules'
      ? { ...one, properties: { ...(one.properties as object), enabled: true } }
      : one,
  );
  world.pass(120_000);
  expect((await look(world)).state).toBe('resolved');
  expect(names(world)).toHaveLength(6);
});

test('rules that are there stay as they are, whoever made them', async () => {
  const [first, second] = ownRules;
  const theirs = [
    rule('mine', { displayName: 'Mine', enabled: false, query: 'SigninLogs' }),
    rule('by-hand', { displayName: second!.properties.displayName.toUpperCase(), enabled: false, query: 'X' }),
    rule(first!.id.toUpperCase(), { displayName: 'Renamed', enabled: false, query: 'Y' }),
    rule('BuiltInFusion', { displayName: 'Fusion', enabled: true }, 'Fusion'),
  ];
  const world = worldWith([...around, ...theirs]);
  await look(world);
  expect(names(world).toSorted()).toEqual(
    ownRules
      .slice(2)
      .map(({ id }) => id)
      .toSorted(),
  );
  for (const one of theirs) expect(rulesIn(world)).toContainEqual(one);
});

test('the names of the rules are the permanent ids of their files', () => {
  expect(ownRules.map(({ id, properties }) => [id, properties.displayName])).toEqual([
    ['c8b79a5d-27ca-436f-8685-427392c7f4d2', 'Steward - Flow log deleted or switched off'],
    ['17acd141-814d-461b-a9b6-4601bab22dba', 'Steward - Many resources went wrong at once'],
    ['a3f3b6e7-383e-423e-9d50-16718341cf9b', 'Steward - New finding of high severity'],
    ['42aa4e4d-fd58-498d-877e-63bc11a5e891', 'Steward - Remediation failed'],
    ['aeac58f4-3840-4824-a938-a66045fd6f4e', 'Steward - The same thing keeps going wrong'],
    ['f8c9126a-b9a6-448a-bb63-5e19248fdf07', 'Steward - Steward is silent'],
  ]);
});

test('without consent nothing is written, and the finding says what would be', async () => {
  const world = worldWith(around, { remediate: ['flow-logs'] });
  const finding = await look(world);
  expect(world.azure.written).toEqual([]);
  expect(finding.remedy).toMatch(
    /REMEDIATE does not name sentinel-content; would make the analytics rule «Steward - .*» in log-soc, switched off/,
  );
});

describe('nothing is made', () => {
  test.each<[string, readonly Resource[], string]>([
    ['where Steward’s findings do not go', [onboarded, withRows], 'only where its findings go'],
    ['where others deliver', [onboarded, collectionOf('Microsoft-Syslog')], 'only where its findings go'],
    ['where Sentinel is off', [findingsCome], 'Microsoft Sentinel is for a person to switch on'],
  ])('%s', async (_, others, why) => {
    const world = worldWith(others);
    const finding = await look(world);
    expect(world.azure.written).toEqual([]);
    expect(finding).toMatchObject({ state: 'open', remedy: expect.stringContaining(why) });
  });

  test('where a rule is on, and what it reads receives rows', async () => {
    const world = worldWith([...around, rule('mine', { enabled: true, query: 'StewardPosture_CL' })]);
    expect((await look(world)).state).toBe('compliant');
    expect(world.azure.written).toEqual([]);
  });

  test.each(['onboardingStates', 'alertRules', 'dataConnectors', 'automationRules'])(
    'while %s cannot be read',
    async (type) => {
      const world = worldWith();
      world.azure.refuse = ({ query }) =>
        JSON.stringify(query ?? {}).includes(type) ? refusal('AuthorizationFailed') : undefined;
      expect((await look(world)).state).toBe('unknown');
      expect(world.azure.written).toEqual([]);
    },
  );
});

test('what Azure refuses is said, and nothing else is tried', async () => {
  const world = worldWith();
  world.azure.refuse = ({ action }) => (action === undefined ? undefined : refusal('AuthorizationFailed'));
  const finding = await look(world);
  expect(finding).toMatchObject({
    state: 'open',
    remedyState: 'failed',
    remedy: expect.stringContaining('AuthorizationFailed'),
  });
  expect(rulesIn(world)).toEqual([]);
});

test('a rule that somebody else makes meanwhile is not made again', async () => {
  const world = worldWith();
  const [first] = ownRules;
  const theirs = rule(first!.id, { displayName: 'Theirs', enabled: false, query: 'Z' });
  let lists = 0;
  world.azure.refuse = ({ query }) => {
    const isList = query?.kind === 'list' && query.type === 'Microsoft.SecurityInsights/alertRules';
    lists += isList ? 1 : 0;
    if (lists === 2 && !world.azure.resources.includes(theirs))
      world.azure.resources = [...world.azure.resources, theirs];
    return undefined;
  };
  await look(world);
  expect(names(world)).not.toContain(first!.id);
  expect(names(world)).toHaveLength(5);
  expect(rulesIn(world)).toContainEqual(theirs);
});

describe('taking back', () => {
  const reverting = (world: MemoryWorld): Promise<string> =>
    revert(world, { changeId: world.ledgered[0]!.change.changeId, by: 'somebody' });

  test('removes a rule that nobody has touched since', async () => {
    const world = worldWith();
    await look(world);
    expect(await reverting(world)).toMatch(/^take back: make the analytics rule/);
    expect(rulesIn(world)).toHaveLength(5);
  });

  test('leaves one that a person has enabled', async () => {
    const world = worldWith();
    await look(world);
    const id = world.ledgered[0]!.change.resourceId;
    world.azure.resources = world.azure.resources.map((one) =>
      one.id === id ? { ...one, properties: { ...(one.properties as object), enabled: true } } : one,
    );
    await expect(reverting(world)).rejects.toThrow('was changed since: properties.enabled');
    expect(rulesIn(world)).toHaveLength(6);
  });
});

import { judge } from '../../shared/pipeline/judge';
import { log, networkId, zoneWith } from '../controls/landing-zone';
import { having, idIn, subscription, subscriptionId } from '../given';
import { memoryWorld, refusal } from '../memory-world';
import type { Given } from './kql/interpreter';
import { ago, answerOf, answerTo, finding, postureRow, rowAt, type Told } from './rows-given';
import { alerts, rules } from './kql/texts';
import type { Finding } from '../../shared/core/finding';

const openAt = (minutes: number, change: Partial<Finding> = {}, told: Told = {}): Given => rowAt(minutes, change, told);
const networkNamed = (name: string): string => idIn('rg-network', `Microsoft.Network/virtualNetworks/${name}`);

test.each([
  'Steward - Flow log deleted or switched off',
  'Steward - Remediation failed',
  'Steward - The same thing keeps going wrong',
  'Steward - Steward is silent',
  'Steward - Many resources went wrong at once',
  'Steward - New finding of high severity',
])('the rule «%s» is there, and says nothing when nothing is there', (name) => {
  expect(rules.map((rule) => rule.name)).toContain(name);
  expect(answerOf(`rule: ${name}`, {})).toEqual([]);
});

describe('failed remediation', () => {
  const fires = (findings: readonly Given[]) => answerOf('rule: Steward - Remediation failed', { findings });
  const failed = (minutes: number, change: Partial<Finding> = {}, told: Told = { kind: 'remedy' }): Given =>
    openAt(minutes, { remedyState: 'failed', remedy: 'could not repair it: Forbidden', ...change }, told);

  test('is told with what went wrong', () => {
    expect(fires([openAt(6), failed(5)])).toMatchObject([
      { ResourceIdText: networkId, Remedy: 'could not repair it: Forbidden', FindingId: finding.findingId },
    ]);
  });

  test('is told once for each resource', () => {
    const other = { findingId: 'other', resourceId: networkNamed('vnet-hub') };
    expect(fires([failed(5), failed(4, other)])).toHaveLength(2);
  });

  test('is told again by the daily row while it goes on', () => {
    expect(fires([failed(1_430), failed(3, {}, { kind: 'heartbeat' })])).toHaveLength(1);
  });

  test.each<[string, readonly Given[]]>([
    ['a remedy that nobody tried', [openAt(5)]],
    ['a remedy that was done', [failed(5, { remedyState: 'done' })]],
    ['one that succeeded a minute later', [failed(5), rowAt(4, { state: 'resolved', remedyState: 'done' })]],
    ['a resource that somebody else put right', [failed(5), rowAt(4, { state: 'resolved' })]],
    ['what was told before', [failed(16)]],
    ['what was told before and is sent again', [failed(16), { ...failed(16), ingested: ago(1) }]],
    ['what is exempt', [failed(5, { state: 'exempt' })]],
  ])('%s is not', (_, rows) => {
    expect(fires(rows)).toEqual([]);
  });

  test('is seen in what Steward sends when Azure refuses its write', async () => {
    const world = memoryWorld(zoneWith(having(log, { enabled: false })));
    world.azure.refuse = ({ action }) => (action === undefined ? undefined : refusal('RequestDisallowedByPolicy'));
    const receivedAt = world.now();
    await judge(world, { scope: { kind: 'resource', id: networkId }, cause: 'event', receivedAt });
    const shift = Date.parse(ago(1)) - Date.parse(receivedAt);
    const moved = (value: unknown): unknown =>
      /^\d{4}-.*Z$/.test(String(value)) ? new Date(Date.parse(String(value)) + shift).toISOString() : value;
    const sent = world.rows.map((row) => ({
      row: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, moved(value)])),
    }));
    expect(fires(sent)).toMatchObject([{ Remedy: expect.stringContaining('RequestDisallowedByPolicy') as string }]);
  });
});

describe('drift that comes again', () => {
  const fires = (findings: readonly Given[]) =>
    answerOf('rule: Steward - The same thing keeps going wrong', { findings });
  const drift = (minutes: number, change: Partial<Finding> = {}): Given =>
    openAt(minutes, change, { previous: 'resolved' });
  const by = '5d0f0000-0000-4000-8000-00000000000a';
  const undone = { undone: [{ at: ago(700) }, { at: ago(20), by }] };

  test('is told the third time within a day, with who did it last', () => {
    expect(fires([drift(1_400), drift(700), drift(20, undone)])).toMatchObject([
      { Drifts: 3, ResourceIdText: networkId, CallerId: by },
    ]);
  });

  test('counts the first time that it went wrong', () => {
    expect(fires([openAt(700, {}, { previous: 'compliant' }), drift(300), drift(20)])).toMatchObject([{ Drifts: 3 }]);
  });

  test('is told without anybody where nobody is known', () => {
    expect(fires([drift(700), drift(300), drift(20, { undone: [{ at: ago(20) }] })])).toMatchObject([{ CallerId: '' }]);
  });

  test.each<[string, readonly Given[]]>([
    ['twice', [drift(700), drift(20)]],
    ['three times in more than a day', [drift(1_500), drift(700), drift(20)]],
    ['one row that was sent three times', [drift(20), drift(20), drift(20)]],
    ['three resources, once each', ['a', 'b', 'c'].map((findingId) => drift(20, { findingId }))],
    ['three times, the last an hour ago', [drift(700), drift(300), drift(61)]],
    ['to wrong from unknown', [700, 300, 20].map((at) => openAt(at, {}, { previous: 'unknown' }))],
    ['to right', [700, 300, 20].map((at) => rowAt(at, { state: 'resolved' }, { previous: 'open' }))],
  ])('%s is not', (_, rows) => {
    expect(fires(rows)).toEqual([]);
  });
});

describe.each([
  ['the rule', 'rule: Steward - Steward is silent'],
  ['the alert', 'alert: Steward - Steward is silent'],
])('%s on silence', (_, name) => {
  const fires = (posture: readonly Given[]) => answerOf(name, { posture });
  const at = (minutes: number, swept = minutes + 5, more: Parameters<typeof postureRow>[0] = {}): Given =>
    postureRow({ CountedAt: ago(minutes), SweptAt: ago(swept), ...more });
  const disks = { ControlId: 'disks' };

  test('fires when nothing was counted for three hours', () => {
    expect(fires([at(300), at(240), at(181)])).toMatchObject([{ SubscriptionIdText: subscriptionId }]);
  });

  test('fires when old rows come late, for they say nothing about now', () => {
    expect(fires([{ ...at(181), ingested: ago(1) }, at(300, 305, { TimeGenerated: ago(1) })])).toHaveLength(1);
  });

  test('fires when rows come and a control has not looked for six hours, though others have', () => {
    expect(fires([at(10, 361), at(10, 15, disks)])).toHaveLength(1);
  });

  test('fires for the subscription that it is about', () => {
    expect(fires([at(10), at(200, 205, { SubscriptionIdText: 'other' })])).toMatchObject([
      { SubscriptionIdText: 'other' },
    ]);
  });

  test.each<[string, readonly Given[]]>([
    ['a row of an hour ago', [at(60), at(400)]],
    ['a row of just less than three hours ago', [at(179)]],
    ['a look of just less than six hours ago', [at(10, 359)]],
    ['a control that looks again after it had not', [at(70, 420), at(10, 15)]],
    ['a control that is not there any more', [at(10), at(500, 505, disks)]],
    ['a subscription that waits for its first sweep', [at(10, 0, { SweptAt: null })]],
    ['a watch, which sweeps nothing', [at(10), at(10, 0, { ControlId: 'event-delivery', SweptAt: null })]],
  ])('is silent at %s', (_case, rows) => {
    expect(fires(rows)).toEqual([]);
  });
});

describe('a mass change', () => {
  const fires = (findings: readonly Given[]) =>
    answerOf('rule: Steward - Many resources went wrong at once', { findings });
  const many = (count: number, at: (index: number) => number, told: Told = { previous: 'compliant' }): Given[] =>
    Array.from({ length: count }, (_, index) =>
      openAt(at(index), { findingId: `f${index}`, resourceId: networkNamed(`vnet-${index}`) }, told),
    );

  test('of ten resources within half an hour is told, wherever the hour begins', () => {
    for (const shift of [1, 10, 14]) {
      expect(fires(many(10, (index) => shift + index * 3))).toMatchObject([
        { Resources: 10, ControlId: 'flow-logs', SubscriptionResource: subscription },
      ]);
    }
  });

  test('is told once, and names some', () => {
    const [told, ...others] = fires(many(25, () => 5));
    expect(others).toEqual([]);
    expect(told).toMatchObject({ Resources: 25 });
    expect(String(told?.['Examples'])).toMatch(/^vnet-0, vnet-1, vnet-10(, vnet-\d+){7}$/);
  });

  test.each<[string, readonly Given[]]>([
    ['nine', many(9, () => 5)],
    ['ten over three hours', many(10, (index) => 5 + index * 20)],
    ['ten that were never right', many(10, () => 5, {})],
    ['ten rows about one', Array.from({ length: 10 }, (_, index) => openAt(5 + index, {}, { previous: 'resolved' }))],
    ['ten that were told before', many(10, () => 20)],
    ['ten that came back', many(10, () => 5, { previous: 'open' })],
  ])('of %s is not', (_, rows) => {
    expect(fires(rows)).toEqual([]);
  });

  test('of five for each of two controls is none', () => {
    const rows = many(10, () => 5).map(({ row, ...rest }, index) => ({
      ...rest,
      row: { ...row, ControlId: index % 2 === 0 ? 'flow-logs' : 'disks' },
    }));
    expect(fires(rows)).toEqual([]);
  });
});

describe('a new finding of high severity', () => {
  const fires = (findings: readonly Given[]) => answerOf('rule: Steward - New finding of high severity', { findings });

  test('is told when it was never seen, was right, or was unknown', () => {
    const rows = [openAt(30), openAt(30, { findingId: 'b' }, { previous: 'compliant' })];
    expect(fires([...rows, openAt(30, { findingId: 'c' }, { previous: 'unknown' })])).toHaveLength(3);
  });

  test('is told once for all objects of a cluster that one control finds wrong', () => {
    const clusterId = idIn('rg', 'Microsoft.ContainerService/managedClusters/aks');
    const inCluster = (name: string, change: Partial<Finding> = {}): Given =>
      openAt(30, {
        findingId: name,
        controlId: 'pod-security',
        resourceId: `${clusterId}/kubernetes/apps/v1/namespaces/shop/deployments/${name}`,
        ...change,
      });
    const told = fires([
      inCluster('web'),
      inCluster('pay'),
      inCluster('cart', { controlId: 'cluster-roles' }),
      openAt(30),
    ]);
    expect(told).toHaveLength(3);
    expect(told.find(({ ControlId }) => ControlId === 'pod-security')).toMatchObject({
      AzureResourceId: clusterId,
      Findings: 2,
      ResourceName: 'pay and 1 more',
    });
    expect(told.find(({ ControlId }) => ControlId === 'flow-logs')).toMatchObject({ AzureResourceId: networkId });
  });

  test('is told when a failed remedy followed', () => {
    expect(fires([openAt(30), openAt(29, { remedyState: 'failed' }, { kind: 'remedy' })])).toHaveLength(1);
  });

  test.each<[string, readonly Given[]]>([
    ['one of medium severity', [openAt(30, { severity: 'medium' })]],
    ['one that was put right since', [openAt(30), rowAt(29, { state: 'resolved' }, { previous: 'open' })]],
    ['one that is exempt since', [openAt(30), rowAt(29, { state: 'exempt' }, { previous: 'open' })]],
    ['an old one that goes on', [openAt(300), openAt(10, {}, { kind: 'heartbeat' })]],
    ['an old one whose first row comes again', [openAt(300), { ...openAt(300), ingested: ago(5) }]],
    ['one of which nothing is known', [rowAt(30, { state: 'unknown' })]],
  ])('%s is not', (_, rows) => {
    expect(fires(rows)).toEqual([]);
  });
});

describe('the other alerts of Azure Monitor', () => {
  test('poison messages that wait now are told, those that were put back are not', () => {
    const fires = (posture: readonly Given[]) =>
      answerOf('alert: Steward - Messages wait in the poison queue', { posture });
    const none = postureRow({ CountedAt: ago(10) });
    const some = (minutes: number): Given => postureRow({ CountedAt: ago(minutes), PoisonedMessages: 2 });
    expect(fires([none, some(5)])).toHaveLength(1);
    expect(fires([some(70), none])).toEqual([]);
    expect(fires([])).toEqual([]);
  });

  test('a remedy that failed is told as long as what it was for is open', () => {
    const query = alerts.find(({ id }) => id === 'steward-remediation-failed')!.query;
    const failed = openAt(600, { remedyState: 'failed' }, { kind: 'remedy' });
    expect(answerTo(query, { findings: [failed] })).toHaveLength(1);
    expect(answerTo(query, { findings: [failed, rowAt(5, { state: 'resolved' })] })).toEqual([]);
    expect(answerTo(query, { findings: [openAt(600)] })).toEqual([]);
  });
});

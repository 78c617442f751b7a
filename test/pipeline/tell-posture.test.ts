import { flowLogs } from '../../shared/controls/flow-logs';
import type { Control } from '../../shared/core/control';
import type { Finding } from '../../shared/core/finding';
import { postureTable } from '../../shared/core/tables';
import { judge } from '../../shared/pipeline/judge';
import { reconcile } from '../../shared/pipeline/reconcile';
import { watches } from '../../shared/pipeline/watches';
import { logId, networkId, zone, zoneWithout } from '../controls/landing-zone';
import { subscription, subscriptionId } from '../given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

const [minute, hour] = [60_000, 3_600_000];

/** Judges nothing that is there: what a test stores stays. */
const control = (id: string, changed: Partial<Control> = {}): Control => ({ ...flowLogs, id, title: id, ...changed });

let serial = 0;
function store(world: MemoryWorld, changed: Partial<Finding>): void {
  serial += 1;
  const findingId = `f${serial}`;
  const at = '2026-03-01T07:00:00.000Z';
  world.stored.set(findingId, {
    findingId,
    controlId: 'flow-logs',
    title: 't',
    resourceId: `${networkId}-${serial}`,
    resourceType: 'Microsoft.Network/virtualNetworks',
    state: 'open',
    severity: 'high',
    reason: 'r',
    remedy: '',
    firstSeen: at,
    lastSeen: at,
    asOf: at,
    hops: { seen: at, decided: at },
    lookedAt: [],
    announced: at,
    ...changed,
  });
}

const sweep = (world: MemoryWorld): Promise<void> =>
  judge(world, { scope: { kind: 'subscription', subscriptionId }, cause: 'timer', receivedAt: world.now() });
/** Rows about controls: those about watches come as soon as these have found something. */
const told = ({ postures, controls }: MemoryWorld): MemoryWorld['postures'] =>
  postures.filter(({ ControlId }) => controls.some(({ id }) => id === ControlId));
const idsOf = (world: MemoryWorld): readonly unknown[] => told(world).map(({ EventId }) => EventId);
const eventId = (at: string, controlId = 'flow-logs', id = subscriptionId): string =>
  `posture-${id}-${controlId}-2026-03-01T${at}`;

describe('the posture of a subscription', () => {
  test('is a row with every column of its table', async () => {
    const world = memoryWorld(zone);
    await reconcile(world);
    expect(told(world).map((row) => Object.keys(row))).toEqual([Object.keys(postureTable.columns)]);
  });

  test('in which nothing was found is a row of zeros for each control', async () => {
    const world = memoryWorld([], {}, [control('one'), control('other')]);
    await reconcile(world);
    const nothing = { Compliant: 0, Open: 0, Unknown: 0, Exempt: 0, NotApplicable: 0, OldestOpenAt: null };
    expect(told(world)).toMatchObject([
      { EventId: eventId('08', 'one'), ControlId: 'one', SubscriptionIdText: subscriptionId, ...nothing },
      { EventId: eventId('08', 'other'), ControlId: 'other', SubscriptionIdText: subscriptionId, ...nothing },
    ]);
    expect(told(world)[0]).toMatchObject({ SweptAt: null, EventsMissed: 0, PoisonedMessages: 0, WaitingRows: 0 });
  });

  test('counts what each control found in each state, and what was put right as compliant', async () => {
    const world = memoryWorld([], {}, [control('flow-logs'), control('other')]);
    const states = ['open', 'open', 'open', 'unknown', 'unknown', 'exempt', 'notApplicable', 'compliant', 'resolved'];
    for (const state of states) store(world, { state: state as Finding['state'] });
    store(world, { state: 'exempt', controlId: 'other' });
    store(world, { state: 'open', controlId: 'of another app' });
    await reconcile(world);
    expect(told(world)).toMatchObject([
      { ControlId: 'flow-logs', Open: 3, Unknown: 2, Exempt: 1, NotApplicable: 1, Compliant: 2 },
      { ControlId: 'other', Open: 0, Unknown: 0, Exempt: 1, NotApplicable: 0, Compliant: 0 },
    ]);
  });

  test('counts a resource once, however many things a control judges of it', async () => {
    const world = memoryWorld([]);
    const at = '2026-03-01T07:00:00.000Z';
    store(world, { state: 'open', firstSeen: at });
    const [one] = [...world.stored.values()];
    store(world, { state: 'open', aspects: [one!, { ...one!, state: 'compliant' }, { ...one!, state: 'open' }] });
    await reconcile(world);
    expect(told(world)).toMatchObject([{ Open: 2, Compliant: 0 }]);
  });

  test('counts neither what is gone nor that the subscription can be listed again', async () => {
    const world = memoryWorld([]);
    store(world, { state: 'resolved', gone: true });
    store(world, { state: 'resolved', resourceId: subscription, resourceType: 'Microsoft.Resources/subscriptions' });
    await reconcile(world);
    expect(told(world)).toMatchObject([{ Compliant: 0, Unknown: 0 }]);
  });

  test('counts a subscription that cannot be listed as unknown', async () => {
    const world = memoryWorld(zone);
    world.azure.refuse = ({ query }) => (query?.kind === 'list' ? refusal('AuthorizationFailed') : undefined);
    await sweep(world);
    await reconcile(world);
    expect(told(world)).toMatchObject([{ Compliant: 0, Unknown: 1, SweptAt: null }]);
  });

  test('tells since when the oldest open finding is open, and not of older ones that are not', async () => {
    const world = memoryWorld([]);
    store(world, { firstSeen: '2026-02-20T07:00:00.000Z' });
    store(world, { firstSeen: '2026-02-10T07:00:00.000Z' });
    store(world, { firstSeen: '2026-02-15T07:00:00.000Z' });
    store(world, { firstSeen: '2026-01-01T07:00:00.000Z', state: 'unknown' });
    store(world, { firstSeen: '2026-01-02T07:00:00.000Z', state: 'resolved' });
    await reconcile(world);
    expect(told(world)).toMatchObject([{ OldestOpenAt: '2026-02-10T07:00:00.000Z' }]);
  });

  test('has rows of its own for what Steward watches of itself, where that found something', async () => {
    const world = memoryWorld([]);
    store(world, { controlId: watches.eventDelivery.id, resourceId: subscription, state: 'unknown' });
    await reconcile(world);
    expect(world.postures).toMatchObject([
      { ControlId: 'flow-logs', Unknown: 0, ControlTitle: flowLogs.title, Requirement: flowLogs.requirement },
      {
        ControlId: 'event-delivery',
        ControlTitle: 'Events of the subscription reach Steward',
        ControlSeverity: 'high',
        Requirement: null,
        MayWrite: 'no',
        Unknown: 1,
      },
    ]);
  });

  test.each([
    ['REMEDIATE names the control', { remediate: ['flow-logs'] }, control('flow-logs'), 'yes'],
    ['REMEDIATE names another one', { remediate: ['other'] }, control('flow-logs'), 'no'],
  ])('tells whether the control may write: %s', async (_, settings, one, expected) => {
    const world = memoryWorld([], settings, [one]);
    await reconcile(world);
    expect(told(world)).toMatchObject([{ MayWrite: expected }]);
  });

  test('tells when everything was last looked at, for each control', async () => {
    const world = memoryWorld(zone, {}, [flowLogs, control('never')]);
    await judge(world, {
      scope: { kind: 'subscription', subscriptionId },
      cause: 'timer',
      controls: ['flow-logs'],
      receivedAt: world.now(),
    });
    const ended = world.now();
    world.pass(hour);
    world.azure.refuse = ({ query }) =>
      query?.kind === 'list' && query.type.endsWith('virtualNetworks') ? refusal('AuthorizationFailed') : undefined;
    await sweep(world);
    await reconcile(world);
    const [one, never] = told(world);
    expect(one!['SweptAt']! > '2026-03-01T08:00' && one!['SweptAt']! < ended).toBe(true);
    expect(never!['SweptAt']).toBeNull();
  });

  test('tells what does not work: events of the last day that were missed, poisoned messages, rows that wait', async () => {
    const world = memoryWorld(zoneWithout(logId), { remediate: [] });
    const perHour = { '2026-03-01T07': 2, '2026-02-28T09': 3, '2026-02-27T09': 30 };
    const gaps = { since: world.now(), watermark: world.now(), missed: 35, perHour, last: [] };
    await world.receipts.updateGaps(subscriptionId, async () => ({ gaps, heard: [] }));
    world.poison.push('one', 'two');
    world.ingestionDown = true;
    await judge(world, { scope: { kind: 'resource', id: networkId }, cause: 'event', receivedAt: world.now() });
    await reconcile(world);
    world.ingestionDown = false;
    world.pass(5 * minute);
    await reconcile(world);
    expect(told(world)).toMatchObject([{ EventsMissed: 5, PoisonedMessages: 2, WaitingRows: 1 }]);
  });
});

describe('an hour is told of once', () => {
  test('however often the timer runs', async () => {
    const world = memoryWorld(zone);
    for (let quarter = 0; quarter < 9; quarter += 1) {
      await reconcile(world);
      world.pass(15 * minute);
    }
    expect(idsOf(world)).toEqual(['08', '09', '10'].map((at) => eventId(at)));
  });

  test('when two instances run at once', async () => {
    const world = memoryWorld(zone);
    await Promise.all([reconcile(world), reconcile(world)]);
    expect(idsOf(world)).toEqual([eventId('08')]);
  });

  test('in every subscription that is kept', async () => {
    const other = subscriptionId.replace(/^.{8}/, '00000000');
    const world = memoryWorld(zone, { subscriptionIds: [subscriptionId, other] });
    await reconcile(world);
    await reconcile(world);
    expect(idsOf(world).toSorted()).toEqual([eventId('08'), eventId('08', 'flow-logs', other)].toSorted());
  });

  test('by more rows than are stored together, too', async () => {
    const controls = Array.from({ length: 200 }, (_, index) => control(`control-${index}`));
    const world = memoryWorld([], {}, controls);
    const sizes: number[] = [];
    const { announce } = world.findings;
    const findings = {
      ...world.findings,
      announce: async (...[turn, rows]: Parameters<typeof announce>) => {
        sizes.push(rows.length);
        return announce(turn, rows);
      },
    };
    await reconcile({ ...world, findings });
    await reconcile({ ...world, findings });
    expect(sizes).toEqual([90, 90, 20]);
    expect(new Set(idsOf(world))).toEqual(new Set(controls.map(({ id }) => eventId('08', id))));
    expect(told(world)).toHaveLength(200);
  });

  test('late, when ingestion was down, and with the times and counts of that hour', async () => {
    const world = memoryWorld([]);
    store(world, {});
    world.ingestionDown = true;
    await reconcile(world);
    world.pass(hour);
    world.stored.clear();
    await reconcile(world);
    expect(told(world)).toHaveLength(0);
    world.ingestionDown = false;
    world.pass(hour);
    await reconcile(world);
    await reconcile(world);
    expect(told(world)).toMatchObject([
      { EventId: eventId('08'), CountedAt: expect.stringMatching(/^2026-03-01T08/), Open: 1, WaitingRows: 0 },
      { EventId: eventId('09'), TimeGenerated: expect.stringMatching(/^2026-03-01T09/), Open: 0, WaitingRows: 1 },
      { EventId: eventId('10'), Open: 0, WaitingRows: 0 },
    ]);
  });

  test('and costs no more than one look when it is done', async () => {
    const world = memoryWorld(zone);
    await reconcile(world);
    const asked: string[] = [];
    const noting = (name: string) => async (): Promise<never> => {
      asked.push(name);
      throw new Error('not needed');
    };
    const sweeps = { ...world.sweeps, of: noting('sweeps') };
    const findings = { ...world.findings, announce: noting('announce') };
    await reconcile({ ...world, sweeps, findings });
    expect(asked).toEqual([]);
  });
});

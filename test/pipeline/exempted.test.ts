import { assignedPolicies } from '../../shared/controls/assigned-policies';
import type { Exemption } from '../../shared/core/exemption';
import type { Finding } from '../../shared/core/finding';
import type { Control } from '../../shared/core/control';
import { judge } from '../../shared/pipeline/judge';
import { groupId, logId, networkId, zone, zoneWithout } from '../controls/landing-zone';
import { exempting, exemption, unreadable } from '../exemptions-given';
import { subscription, subscriptionId } from '../given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

const event = (world: MemoryWorld, id = networkId): Promise<void> =>
  judge(world, { scope: { kind: 'resource', id }, cause: 'event', receivedAt: world.now() });
const sweep = (world: MemoryWorld): Promise<void> =>
  judge(world, { scope: { kind: 'subscription', subscriptionId }, cause: 'timer', receivedAt: world.now() });
const findingOn = (world: MemoryWorld, id = networkId): Finding | undefined =>
  [...world.stored.values()].find(({ resourceId }) => resourceId === id);
const told = (world: MemoryWorld): readonly unknown[] =>
  world.rows.map(({ PreviousState, FindingState }) => `${PreviousState ?? 'new'}>${FindingState}`);
const aMinute = 61_000;

describe.each([
  ['an event', event],
  ['a sweep', sweep],
])('what %s shows to be wrong', (name, look) => {
  const unlogged = (...exemptions: readonly Exemption[]): MemoryWorld => {
    const world = memoryWorld(zoneWithout(logId));
    world.exempting = exempting(...exemptions);
    return world;
  };

  test('is exempt while an exemption is in force, and is not written', async () => {
    const world = unlogged(exemption({ scope: subscription }));
    await look(world);
    expect(findingOn(world)).toMatchObject({
      state: 'exempt',
      exemption: 'file|one',
      reason:
        'exempt until 2026-06-30 (owner network team): it moves in June; otherwise: no flow log covers subnet snet-nodes',
      remedy: '',
    });
    expect(world.azure.written).toEqual([]);
    expect(world.take().filter(({ scope }) => scope.kind === 'resource' && scope.id === networkId)).toEqual([]);
    expect(told(world)).toEqual([]);
  });

  test('is put right when the exemption is of something else', async () => {
    const world = unlogged(exemption({ scope: groupId }), exemption({ controls: ['assigned-policies'] }));
    await look(world);
    if (name === 'a sweep') await event(world);
    expect(findingOn(world)).toMatchObject({ state: 'resolved' });
    expect(world.azure.written.length).toBeGreaterThan(0);
  });

  test('is open again when the exemption has ended, and both are told', async () => {
    const world = memoryWorld(zoneWithout(logId), { remediate: [] });
    await event(world);
    world.exempting = exempting(exemption({ expires: new Date(Date.parse(world.now()) + aMinute).toISOString() }));
    await look(world);
    expect(findingOn(world)).toMatchObject({ state: 'exempt' });
    world.pass(2 * aMinute);
    await look(world);
    expect(findingOn(world)).toMatchObject({ state: 'open', reason: 'no flow log covers subnet snet-nodes' });
    expect(findingOn(world)).not.toHaveProperty('exemption');
    const ofNetwork = world.rows.filter(({ ResourceIdText }) => ResourceIdText === networkId);
    expect(ofNetwork.map(({ FindingState }) => FindingState)).toEqual(['open', 'exempt', 'open']);
  });

  test('stays open and is not written while exemptions cannot be read', async () => {
    const world = unlogged();
    world.exempting = unreadable;
    await look(world);
    expect(findingOn(world)).toMatchObject({
      state: 'open',
      remedy: expect.stringMatching(
        /^not written: exemptions cannot be read: The file of exemptions: the file is no JSON object; would create/,
      ),
    });
    expect(findingOn(world)).not.toHaveProperty('pending');
    expect(world.azure.written).toEqual([]);
    expect(world.take().filter(({ scope, cause }) => scope.kind === 'resource' && cause !== 'ripple')).toEqual([]);
  });

  test('is exempt by the place that can be read, and written only when all can', async () => {
    const world = unlogged();
    world.exempting = { ...unreadable, exemptions: [exemption()] };
    await look(world);
    if (name === 'an event') await event(world, groupId);
    expect(findingOn(world)).toMatchObject({ state: 'exempt' });
    expect(findingOn(world, groupId)).toMatchObject({ state: 'open' });
    expect(world.azure.written).toEqual([]);
  });

  test('is put right as soon as all places can be read again', async () => {
    const world = unlogged();
    world.exempting = unreadable;
    await look(world);
    world.exempting = exempting();
    world.pass(aMinute);
    await look(world);
    if (name === 'a sweep') for (const message of world.take()) await judge(world, message);
    expect(findingOn(world)).toMatchObject({ state: 'resolved' });
  });
});

test('what is right stays compliant, whatever is exempt or unreadable', async () => {
  const world = memoryWorld(zone);
  world.exempting = { ...unreadable, exemptions: [exemption()] };
  await event(world);
  expect(findingOn(world)).toMatchObject({ state: 'compliant' });
});

test('what is put right in the time of its exemption is compliant', async () => {
  const world = memoryWorld(zoneWithout(logId));
  world.exempting = exempting(exemption());
  await event(world);
  world.azure.resources = zone;
  world.pass(aMinute);
  await event(world);
  expect(findingOn(world)).toMatchObject({ state: 'compliant' });
  expect(findingOn(world)).not.toHaveProperty('exemption');
});

test('a resource that cannot be read is exempt by its id, and never by how it is', async () => {
  const world = memoryWorld(zone);
  world.azure.refuse = ({ query }) => (query?.kind === 'get' ? refusal('AuthorizationFailed') : undefined);
  world.exempting = exempting(exemption({ selects: () => true }));
  await event(world);
  expect(findingOn(world)).toMatchObject({ state: 'unknown' });
  world.exempting = exempting(exemption());
  world.pass(aMinute);
  await event(world);
  expect(findingOn(world)).toMatchObject({
    state: 'exempt',
    reason: expect.stringMatching(/otherwise: it could not be read: AuthorizationFailed/),
  });
});

test('of several things that a control judges, those that are wrong or unknown are exempt', async () => {
  const control = {
    ...assignedPolicies,
    evaluate: () => [
      { key: 'a', title: 'A', verdict: { state: 'compliant', reason: 'right' } },
      { key: 'b', title: 'B', verdict: { state: 'violation', problems: [{ severity: 'high', reason: 'wrong' }] } },
      { key: 'c', title: 'C', verdict: { state: 'unknown', reason: 'no answer' } },
    ],
  } satisfies Control;
  const world = memoryWorld(zone, {}, [control]);
  world.exempting = exempting(exemption({ controls: [control.id] }));
  await event(world);
  const { state, aspects = [], exemption: key } = findingOn(world)!;
  expect([state, key]).toEqual(['exempt', 'file|one']);
  expect(
    aspects.map(({ aspect, state: one, reason, exemption: by }) => [aspect, one, reason.split('; ')[1], by]),
  ).toEqual([
    ['a', 'compliant', undefined, undefined],
    ['b', 'exempt', 'otherwise: wrong', 'file|one'],
    ['c', 'exempt', 'otherwise: no answer', 'file|one'],
  ]);
});

test('the journal names neither who grants an exemption nor why', async () => {
  const world = memoryWorld(zoneWithout(logId));
  world.exempting = exempting(exemption({ owner: 'ada@example.org', reason: 'Ada is on holiday' }));
  await event(world);
  const line = world.lines.find(({ text }) => text.startsWith('exempt'));
  expect(line?.text).toBe('exempt: otherwise no flow log covers subnet snet-nodes');
});

import type { ExemptionSources } from '../../shared/core/exemption';
import type { Finding } from '../../shared/core/finding';
import { judge } from '../../shared/pipeline/judge';
import { reconcile } from '../../shared/pipeline/reconcile';
import { logId, networkId, zoneWithout } from '../controls/landing-zone';
import { exempting, exemption, unreadable } from '../exemptions-given';
import { stewardGroup, subscriptionId } from '../given';
import { memoryWorld, type MemoryWorld } from '../memory-world';

const day = 86_400_000;
const zone = zoneWithout(logId);

async function watched(world: MemoryWorld, sources?: ExemptionSources): Promise<Finding> {
  if (sources !== undefined) world.exempting = sources;
  await judge(world, { scope: { kind: 'resource', id: networkId }, cause: 'event', receivedAt: world.now() });
  await reconcile(world);
  world.take();
  return [...world.stored.values()].find(({ controlId }) => controlId === 'exemptions')!;
}

const said = ({ aspects = [] }: Finding): readonly (readonly unknown[])[] =>
  aspects.map(({ title, state, severity, reason }) => [title, state, severity, reason]);
const told = (world: MemoryWorld): readonly string[] =>
  world.rows
    .filter(({ ControlId }) => ControlId === 'exemptions')
    .map(
      ({ FindingTitle, PreviousState, FindingState }) => `${FindingTitle}: ${PreviousState ?? 'new'}>${FindingState}`,
    );
const inDays = (world: MemoryWorld, days: number): string =>
  new Date(Date.parse(world.now()) + days * day).toISOString();

test('without exemptions all is well with them, on Steward’s own resource group', async () => {
  const finding = await watched(memoryWorld(zone));
  expect(finding).toMatchObject({ state: 'compliant', resourceId: stewardGroup, aspects: [] });
});

test('an exemption that a violation needs and that lasts long is well', async () => {
  const finding = await watched(memoryWorld(zone), exempting(exemption()));
  expect(finding).toMatchObject({ state: 'compliant', reason: '1 exemptions are in force and needed', aspects: [] });
});

test('a place that cannot be read is open with high severity, and resolved when it can be read again', async () => {
  const world = memoryWorld(zone);
  const finding = await watched(world, unreadable);
  expect(finding).toMatchObject({ state: 'open', severity: 'high' });
  const reason = 'it cannot be read, so that nothing is remediated: the file is no JSON object';
  expect(said(finding)).toEqual([['The file of exemptions', 'open', 'high', reason]]);
  expect((await watched(world, exempting())).state).toBe('resolved');
  expect(told(world)).toEqual(['The file of exemptions: new>open', 'The file of exemptions: open>resolved']);
  expect(world.azure.written.length).toBeGreaterThan(0);
});

test('an invalid entry is open with what is wrong in it', async () => {
  const invalid = [
    { key: 'file|entry 1', title: 'Entry 1', source: 'file', complaints: ['owner is missing', 'x'] },
  ] as const;
  const finding = await watched(memoryWorld(zone), { exemptions: [], invalid, unreadable: [] });
  expect(said(finding)).toEqual([['Entry 1', 'open', 'medium', 'it exempts nothing: owner is missing; x']]);
});

test('an exemption is told of two weeks before it ends, and again when it has ended', async () => {
  const world = memoryWorld(zone, { remediate: [] });
  const title = 'Exemption of vnet-spoke from flow-logs';
  const expires = inDays(world, 15);
  const end = expires.slice(0, 10);
  expect(said(await watched(world, exempting(exemption({ expires }))))).toEqual([]);
  world.pass(2 * day);
  expect(said(await watched(world))).toEqual([
    [title, 'open', 'low', `it expires on ${end}; renew it or put right what it excuses`],
  ]);
  world.pass(14 * day);
  expect(said(await watched(world))).toEqual([
    [title, 'open', 'medium', `it expired on ${end} and exempts nothing; take it away or renew it`],
  ]);
  expect(said(await watched(world, exempting()))).toEqual([
    [title, 'resolved', 'medium', 'it is right now, or taken away'],
  ]);
});

test('an exemption that nothing needs is told of after a week, until something needs it', async () => {
  const world = memoryWorld(zone, { remediate: [] });
  const idle = exempting(exemption({ controls: ['assigned-policies'] }));
  const title = 'Exemption of vnet-spoke from flow-logs, its need';
  const waits = [[title, 'compliant', 'high', 'no violation needs it yet; it may wait 7 days']];
  expect(said(await watched(world, idle))).toEqual(waits);
  world.pass(6.9 * day);
  expect(said(await watched(world))).toEqual(waits);
  for (let tries = 0; tries < 3; tries += 1) {
    world.pass(0.2 * day);
    expect(said(await watched(world))).toEqual([[title, 'open', 'low', 'no violation needs it; take it away']]);
  }
  expect((await watched(world, exempting(exemption()))).state).toBe('resolved');
  expect(told(world)).toEqual([`${title}: compliant>open`, `${title}: open>resolved`]);
});

test('an exemption is needed wherever a finding in any kept subscription rests on it', async () => {
  const other = subscriptionId.replaceAll('1', '2');
  const world = memoryWorld(
    zone.map((one) => JSON.parse(JSON.stringify(one).replaceAll(subscriptionId, other)) as typeof one),
    { remediate: [], subscriptionIds: [subscriptionId, other] },
  );
  const id = networkId.replace(subscriptionId, other);
  world.exempting = exempting(exemption({ scope: id }));
  await judge(world, { scope: { kind: 'resource', id }, cause: 'event', receivedAt: world.now() });
  expect(said(await watched(world))).toEqual([]);
});

test('what was said of entries is unknown while the place that they are in cannot be read', async () => {
  const world = memoryWorld(zone, { remediate: [] });
  const expired = exemption({ expires: '2026-02-01T00:00:00.000Z' });
  await watched(world, exempting(expired, { ...expired, key: 'policy|two', title: 'Two', source: 'policy' }));
  const finding = await watched(world, unreadable);
  expect(said(finding).map(([title, state]) => [title, state])).toEqual([
    ['Exemption of vnet-spoke from flow-logs', 'unknown'],
    ['The file of exemptions', 'open'],
    ['Two', 'resolved'],
  ]);
});

test('hundreds of complaints are one finding that fits into its row, the gravest first', async () => {
  const invalid = Array.from({ length: 500 }, (_, index) => ({
    key: `file|entry ${index}`,
    title: `Entry ${index}`,
    source: 'file' as const,
    complaints: ['owner is missing'],
  }));
  const finding = await watched(memoryWorld(zone), { ...unreadable, invalid });
  expect(finding.aspects).toHaveLength(200);
  expect(finding.aspects?.[0]?.title).toBe('The file of exemptions');
  expect(finding.aspects?.at(-1)).toMatchObject({ title: '302 others', state: 'open', severity: 'medium' });
});

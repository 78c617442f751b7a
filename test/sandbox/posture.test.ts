import { setDefaultCACertificates } from 'node:tls';
import { ManagedIdentityCredential } from '@azure/identity';
import { sentinelTables } from '../../shared/azure/sentinel';
import { controls } from '../../shared/controls/index';
import type { World } from '../../shared/core/ports';
import { postureTable } from '../../shared/core/tables';
import { reconcile } from '../../shared/pipeline/reconcile';
import { findingStore } from '../../shared/store/findings';
import { sweepStore } from '../../shared/store/sweeps';
import { memoryWorld } from '../memory-world';
import { deployment } from './deployment';
import { startSandbox, type Sandbox } from './sandbox';
import { refusals, type Estate } from './subscription/index';

jest.setTimeout(90_000);

const subscriptionId = '3d813cbb-47fb-42ba-91df-831e1593ac29';
const other = '4d813cbb-47fb-42ba-91df-831e1593ac29';
const estate: Estate = {
  name: 'empty',
  tenantId: '0b8f0a3c-2f5e-4a1d-9c3b-5d6e7f8a9b0c',
  subscriptionId,
  resources: [],
};
const hour = 3_600_000;

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ estate, settings: { REMEDIATE: 'flow-logs' } });
  await sandbox.createEstate();
  await sandbox.settle();
});
afterAll(() => sandbox.close());

const rows = (): readonly Record<string, unknown>[] => sandbox.rows('StewardPosture_CL');
const idsOf = (some: readonly Record<string, unknown>[]): readonly unknown[] =>
  some
    .filter(({ ControlId }) => controls.some(({ id }) => id === ControlId))
    .map(({ EventId }) => EventId)
    .toSorted();

/** Another instance on the app's own storage, with its own way to Sentinel, at a time to come. */
function instanceAt(time: number): World {
  const { subscription, azurite } = sandbox;
  setDefaultCACertificates([subscription.ca]);
  process.env['IDENTITY_ENDPOINT'] = subscription.identity.endpoint;
  process.env['IDENTITY_HEADER'] = subscription.identity.header;
  const { clientId, settings } = deployment(estate);
  const { LOGS_INGESTION_ENDPOINT: endpoint = '', LOGS_INGESTION_RULE_ID: ruleId = '' } = settings(subscription);
  const credential = new ManagedIdentityCredential({ clientId });
  return {
    ...memoryWorld([], { subscriptionIds: [subscriptionId, other] }, controls),
    now: () => new Date(time).toISOString(),
    findings: findingStore(azurite),
    sweeps: sweepStore(azurite),
    sentinel: sentinelTables({ endpoint, ruleId, audience: 'https://monitor.azure.com', credential }),
  };
}

/** One for each hour, control and subscription. */
function idsAt(times: readonly number[]): readonly string[] {
  const hours = [...new Set(times.map((time) => new Date(time).toISOString().slice(0, 13)))];
  return hours
    .flatMap((at) =>
      [subscriptionId, other].flatMap((id) => controls.map((control) => `posture-${id}-${control.id}-${at}`)),
    )
    .toSorted();
}

/** The timer's times of three hours, so many days from now. */
function threeHours(days: number): readonly number[] {
  const start = Math.ceil(Date.now() / hour) * hour + days * 24 * hour;
  return Array.from({ length: 12 }, (_, quarter) => start + (quarter * hour) / 4);
}

test('the deployed app has told of each control, also where nothing was found, and when it was looked for', async () => {
  await sandbox.host.run('reconcile');
  await sandbox.host.run('reconcile');
  const hours = new Set(rows().map(({ EventId }) => String(EventId).slice(-13)));
  expect(idsOf(rows())).toEqual(
    [...hours].flatMap((at) => controls.map(({ id }) => `posture-${subscriptionId}-${id}-${at}`)).toSorted(),
  );
  // The hour may have passed in between.
  expect([1, 2]).toContain(hours.size);
  const [row] = rows().filter(({ ControlId }) => ControlId === 'flow-logs');
  expect(Object.keys(row ?? {}).toSorted()).toEqual(Object.keys(postureTable.columns).toSorted());
  expect(row).toMatchObject({ MayWrite: 'yes', Open: 0, SubscriptionIdText: subscriptionId });
  const swept = await sweepStore(sandbox.azurite).of(subscriptionId);
  expect([...swept.keys()].toSorted()).toEqual(controls.map(({ id }) => id).toSorted());
});

test('every hour is told of once for each control and subscription, though two instances run at once', async () => {
  const before = rows().length;
  const times = threeHours(1);
  for (const time of times) await Promise.all([reconcile(instanceAt(time)), reconcile(instanceAt(time))]);
  expect(idsOf(rows().slice(before))).toEqual(idsAt(times));
  expect(idsAt(times)).toHaveLength(3 * 2 * controls.length);
});

test('the hours in which ingestion was down are told of when it is up again, each once, with their own times', async () => {
  const before = rows().length;
  const times = threeHours(2);
  const healed = sandbox.subscription.faults.add({
    match: ({ type }) => type === 'dataCollectionRules/streams',
    answer: refusals.throttled(1),
    times: Infinity,
  });
  for (const time of times.slice(0, 9)) await reconcile(instanceAt(time));
  expect(rows()).toHaveLength(before);
  healed();
  for (const time of times.slice(9)) await reconcile(instanceAt(time));
  const late = rows().slice(before);
  expect(idsOf(late)).toEqual(idsAt(times));
  for (const { EventId, TimeGenerated } of late)
    expect(String(EventId).endsWith(String(TimeGenerated).slice(0, 13))).toBe(true);
});

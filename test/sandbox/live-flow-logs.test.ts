import { join } from 'node:path';
import { setDefaultCACertificates } from 'node:tls';
import { singleFindings, type Finding } from '../../shared/core/finding';
import { judge } from '../../shared/pipeline/judge';
import { findingStore } from '../../shared/store/findings';
import { createApp } from '../../shared/world';
import { deployment } from './deployment';
import { startSandbox, type Sandbox } from './sandbox';
import { loadEstate, refusals } from './subscription/index';

jest.setTimeout(90_000);

const minute = 60_000;
let sandbox: Sandbox;
/** How far the clock of Azure is ahead of that of the app, in milliseconds. */
let ahead = 0;

async function start(settings: Readonly<Record<string, string>>): Promise<void> {
  ahead = 0;
  const estate = await loadEstate(join(__dirname, 'estate'));
  sandbox = await startSandbox({
    estate,
    settings: { FLOW_LOG_SILENCE_MINUTES: '30', ...settings },
    simulation: { clock: () => Date.now() + ahead },
  });
  await sandbox.createEstate();
  await sandbox.settle();
}
afterEach(() => sandbox.close());

async function reconcile(): Promise<Finding> {
  await sandbox.host.run('reconcile');
  await sandbox.settle();
  return watched();
}

/** What is known of the one network whose log is right from the beginning, and which is in use. */
async function watched(): Promise<Finding> {
  const findings = (await sandbox.findings()).filter(
    ({ controlId, resourceId }) => controlId === 'live-flow-logs' && resourceId.endsWith('/vnet-management'),
  );
  const [finding] = findings.flatMap(singleFindings);
  if (finding === undefined) throw new Error('vnet-management has no flow log');
  return finding;
}

/** One that has listed nothing yet: what an instance has read may serve it for a minute. */
async function lookOnAnotherInstance(): Promise<void> {
  const estate = await loadEstate(join(__dirname, 'estate'));
  const settings = deployment(estate).settings(sandbox.subscription);
  setDefaultCACertificates([sandbox.subscription.ca]);
  for (const name of ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER']) process.env[name] = settings[name];
  const app = createApp({
    ...settings,
    AzureWebJobsStorage: sandbox.azurite.connectionString,
    FLOW_LOG_SILENCE_MINUTES: '30',
  });
  const scope = { kind: 'subscription', subscriptionId: estate.subscriptionId } as const;
  const controls = ['live-flow-logs'];
  await judge(
    app.world(() => undefined),
    { scope, cause: 'timer', controls, receivedAt: new Date().toISOString() },
  );
}

/** The keys of the log's account were rotated an hour ago, and Steward has watched the log for longer than that. */
async function rotatedAnHourAgo(): Promise<void> {
  const log = sandbox.subscription.list('Microsoft.Network/networkWatchers/flowLogs').find(isWatched);
  ahead = -60 * minute;
  sandbox.subscription.rotateKeys(String(log?.properties?.['storageId']));
  ahead = 0;
  const awaited = new Date(Date.now() - 90 * minute).toISOString();
  const { subscriptionId } = await loadEstate(join(__dirname, 'estate'));
  const stored = (await sandbox.findings()).find(({ aspects = [] }) =>
    aspects.some(({ aspect = '' }) => isLog(aspect)),
  );
  const store = findingStore({ connectionString: sandbox.azurite.connectionString });
  await store.update({ subscriptionId, findingId: stored?.findingId ?? '' }, (finding) => {
    const aspects = finding?.aspects?.map((one) => ({ ...one, hops: { ...one.hops, awaited } }));
    return finding && { finding: { ...finding, ...(aspects && { aspects }) }, announcements: [] };
  });
}

const isLog = (id: string): boolean => /\/flowLogs\/management-flowlog(\||$)/i.test(id);
const isWatched = ({ id }: { readonly id: string }): boolean => isLog(id);
const isRules = ({ id }: { readonly id: string }): boolean => id.includes('/stplatformlogs/');
/** Writes of logs: which state, and whether with the mark. Azure’s overwriting of lifecycle rules makes for others. */
const switches = (): readonly unknown[] =>
  sandbox
    .writes()
    .filter(({ path }) => isLog(path))
    .map(({ requestBody }) => {
      const { properties, tags = {} } = requestBody as { properties: { enabled: boolean }; tags?: object };
      return [properties.enabled, 'steward-rearming' in tags];
    });
const rules = (): unknown => {
  const policies = sandbox.subscription.list('Microsoft.Storage/storageAccounts/managementPolicies');
  return (policies.find(isRules)?.properties?.['policy'] as { rules: readonly { name: string }[] }).rules.map(
    ({ name }) => name,
  );
};

test('a log that fell silent after a rotation of keys is switched off and on, and is right when its blobs are back', async () => {
  await start({ REMEDIATE: 'live-flow-logs' });
  await rotatedAnHourAgo();
  const before = sandbox.subscription.list('Microsoft.Network/networkWatchers/flowLogs').find(isWatched);
  expect(await reconcile()).toMatchObject({ state: 'unknown', reason: expect.stringContaining('off and on again') });
  const switched = [
    [false, true],
    [true, false],
  ];
  expect(switches()).toEqual(switched);
  const after = sandbox.subscription.list('Microsoft.Network/networkWatchers/flowLogs').find(isWatched);
  expect({ ...after, etag: before?.etag }).toMatchObject({ ...before });
  expect(after?.tags).toEqual(before?.tags);
  expect(rules()).toContain('archive-audit');
  expect(sandbox.writes().every(({ path }) => isLog(path) || isRules({ id: path }))).toBe(true);

  ahead = 2 * minute;
  await lookOnAnotherInstance();
  const { state, hops } = await watched();
  expect([state, typeof hops.flowing, hops.flowing! > hops.confirmed!]).toEqual(['resolved', 'string', true]);
  expect(switches()).toEqual(switched);
  const rows = sandbox.rows('StewardFindings_CL').filter(({ ControlId }) => ControlId === 'live-flow-logs');
  expect(rows.map(({ FindingState, FlowingAt }) => [FindingState, FlowingAt === hops.flowing])).toEqual([
    ['open', false],
    ['unknown', false],
    ['resolved', true],
  ]);
});

test('a silent log stays as it is where the settings do not name the control', async () => {
  await start({ REMEDIATE: '' });
  await rotatedAnHourAgo();
  expect(await reconcile()).toMatchObject({ state: 'open', severity: 'high' });
  expect(sandbox.writes()).toEqual([]);
});

test('a log whose account lets the app list nothing is unknown, with what has to be granted', async () => {
  await start({ REMEDIATE: 'live-flow-logs' });
  const match = ({ path }: { readonly path: string }): boolean => path.startsWith('/blob/');
  sandbox.subscription.faults.add({ match, times: Infinity, answer: refusals.blobsNotPermitted() });
  await reconcile();
  const { state, reason } = await watched();
  expect([state, reason]).toEqual(['unknown', expect.stringMatching(/Storage Blob Data Reader/)]);
  expect(sandbox.writes()).toEqual([]);
});

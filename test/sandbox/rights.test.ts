import { join } from 'node:path';
import { compileRoles } from '../../infra/compile/roles';
import { controls } from '../../shared/controls/index';
import { findingStore } from '../../shared/store/findings';
import { allowed } from './grants';
import { startSandbox, type Sandbox } from './sandbox';
import { loadEstate, type WireResource } from './subscription/index';

jest.setTimeout(120_000);

const minute = 60_000;
const remediating = controls.filter(({ remedy }) => remedy !== undefined).map(({ id }) => id);
const by = '0b1e0000-0000-4000-8000-00000000cccc';

let sandbox: Sandbox;
/** How far the clock of Azure is ahead of that of the app, in milliseconds. */
let ahead = 0;

beforeAll(async () => {
  sandbox = await startSandbox({
    estate: await loadEstate(join(__dirname, 'estate')),
    settings: { REMEDIATE: remediating.join(','), CANARY: 'hourly', FLOW_LOG_SILENCE_MINUTES: '30' },
    simulation: { clock: () => Date.now() + ahead },
  });
});
afterAll(() => sandbox.close());

interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function call(method: string, path: string, body?: object): Promise<Told> {
  const response = await fetch(`${sandbox.host.url}/api/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, body: (await response.json()) as Told['body'] };
}

const networkIn = (location: string): WireResource => ({
  id: `/subscriptions/${subscriptionId()}/resourceGroups/rg-net-old/providers/Microsoft.Network/virtualNetworks/vnet-${location}`,
  name: `vnet-${location}`,
  type: 'Microsoft.Network/virtualNetworks',
  location,
  properties: {
    provisioningState: 'Succeeded',
    addressSpace: { addressPrefixes: ['10.9.0.0/16'] },
    subnets: [],
  },
});
const subscriptionId = (): string =>
  sandbox.subscription.list('Microsoft.Resources/subscriptions')[0]!.id.split('/')[2]!;

/** What was there before is planned, shown and written, in a region that has no watcher yet. */
async function backfill(): Promise<void> {
  sandbox.subscription.seed([networkIn('northeurope')]);
  const plan = await call('POST', 'backfill', { controls: ['flow-logs'] });
  await sandbox.settle();
  expect(await call('POST', 'backfill', { apply: true, plan: plan.body['id'] })).toMatchObject({ status: 202 });
  await sandbox.settle();
}

/** Somebody deletes Steward's analytics rules, and nothing is on any more in the workspace of its findings. */
async function loseRules(): Promise<void> {
  const rules = sandbox.subscription.list('Microsoft.SecurityInsights/alertRules');
  for (const { id } of rules.filter((rule) => rule.id.includes('/log-steward/'))) await sandbox.subscription.remove(id);
  await sandbox.settle();
}

/** Everything that can be is taken back, the last first; what holds data, or what somebody changed since, is refused. */
async function takeBack(): Promise<void> {
  const { body } = await call('GET', `changes?subscription=${subscriptionId()}`);
  const changes = body['changes'] as readonly { readonly id: string; readonly resourceId: string }[];
  const statuses = [];
  for (const { id } of changes.toReversed()) statuses.push((await call('POST', `changes/${id}/revert`, { by })).status);
  expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
  await sandbox.settle();
}

/** The one log that was right all along falls silent, and Steward has watched it for long enough. */
async function fallSilent(): Promise<void> {
  const isLog = (id: string): boolean => /\/flowLogs\/management-flowlog(\||$)/i.test(id);
  const log = sandbox.subscription.list('Microsoft.Network/networkWatchers/flowLogs').find(({ id }) => isLog(id));
  ahead = -60 * minute;
  sandbox.subscription.rotateKeys(String(log?.properties?.['storageId']));
  ahead = 0;
  const awaited = new Date(Date.now() - 90 * minute).toISOString();
  const store = findingStore({ connectionString: sandbox.azurite.connectionString });
  const finding = (await sandbox.findings()).find(({ aspects = [] }) =>
    aspects.some(({ aspect = '' }) => isLog(aspect)),
  );
  await store.update({ subscriptionId: subscriptionId(), findingId: finding?.findingId ?? '' }, (stored) => {
    const aspects = stored?.aspects?.map((one) => ({ ...one, hops: { ...one.hops, awaited } }));
    return stored && { finding: { ...stored, ...(aspects && { aspects }) }, announcements: [] };
  });
  await sandbox.host.run('reconcile');
  await sandbox.settle();
}

/** Rights to write that the story does not need, by why they are held nevertheless. */
const unusedBecause: Readonly<Record<string, string>> = {};

/** A user's credentials of a cluster are asked for to read what is in it. */
const isRead = (right: string): boolean =>
  /\/read$|\/queryResults\/action$|\/listClusterUserCredential\/action$/.test(right);

test('with exactly the rights of its deployment everything works, and of its rights to write it uses each', async () => {
  await sandbox.createEstate();
  await sandbox.settle();
  await backfill();
  await loseRules();
  await takeBack();
  await fallSilent();

  const refused = sandbox.subscription.requests.filter(({ caller, status }) => caller === 'steward' && status === 403);
  expect(refused.map(({ method, path, responseBody }) => [method, path, responseBody])).toEqual([]);
  expect(
    sandbox.writes().some(({ requestBody }) => JSON.stringify(requestBody ?? {}).includes('steward-rearming')),
  ).toBe(true);

  const granted = compileRoles(controls).roles.flatMap((role) =>
    allowed(role, [...remediating, 'canary']).map((action) => `${role.key}: ${action}`),
  );
  const unused = [...new Set(granted)].filter((right) => !isRead(right) && !sandbox.subscription.usedRights.has(right));
  expect(unused).toEqual(Object.keys(unusedBecause));
});

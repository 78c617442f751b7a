import { activityLog } from '../../shared/azure/activity-log';
import { tagCanary } from '../../shared/azure/canary';
import type { LoggedChange } from '../../shared/core/delivery';
import { same } from '../../shared/core/resource';
import { contractTarget, type Target } from './target';

/** What the canary and the search for missed events take for granted about Azure. */
jest.setTimeout(1_800_000);

let azure: Target;
const began = new Date(Date.now() - 60_000).toISOString();

beforeAll(async () => {
  azure = await contractTarget();
});
afterAll(() => azure.close());

/** Waits as long as the log may be late. */
async function logged(id: string): Promise<LoggedChange | undefined> {
  const subscriptionId = azure.subscription.split('/')[2] ?? '';
  for (const until = Date.now() + 1_500_000; Date.now() < until;) {
    const to = new Date(Date.now() + 60_000).toISOString();
    for await (const change of activityLog(azure.arm).changes(subscriptionId, began, to))
      if (same(change.resourceId, id)) return change;
    await new Promise((resolve) => setTimeout(resolve, 20_000));
  }
  return undefined;
}

test('a tag of a resource group is written by merging, and the other tags stay', async () => {
  const before = (await azure.get(azure.group))?.tags ?? {};
  const at = new Date().toISOString();
  await tagCanary(azure.arm, azure.group).write(at);
  expect((await azure.get(azure.group))?.tags).toEqual({ ...before, 'steward-canary': at });
});

test('a second write of the same tag replaces its value', async () => {
  await tagCanary(azure.arm, azure.group).write('first');
  await tagCanary(azure.arm, azure.group).write('second');
  expect((await azure.get(azure.group))?.tags).toMatchObject({ 'steward-canary': 'second' });
});

test('derived: the activity log tells of it as a write of the tags of the group', async () => {
  const tags = `${azure.group}/providers/Microsoft.Resources/tags/default`;
  expect(await logged(tags)).toMatchObject({
    operationId: expect.stringMatching(/./),
    at: expect.stringMatching(/Z$/),
  });
});

test('the activity log tells of a network that was written', async () => {
  const id = `${azure.group}/providers/Microsoft.Network/virtualNetworks/vnet-logged`;
  const properties = { addressSpace: { addressPrefixes: ['10.78.0.0/16'] }, subnets: [] };
  await azure.prepare({
    id,
    name: 'vnet-logged',
    type: 'Microsoft.Network/virtualNetworks',
    location: azure.region,
    properties,
  });
  expect(await logged(id)).toBeDefined();
});

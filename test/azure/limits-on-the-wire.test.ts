import { armReader } from '../../shared/azure/arm-reader';
import { limitsPolicy } from '../../shared/azure/limits-policy';
import { policyReader } from '../../shared/azure/policy-reader';
import { armWriter } from '../../shared/azure/writer';
import type { Usage } from '../../shared/core/budget';
import { limitsFor } from '../../shared/core/limits';
import type { Budget } from '../../shared/core/ports';
import { account, accountId, networkId, zone } from '../controls/landing-zone';
import { memoryBudget } from '../memory-budget';
import { refusals } from '../sandbox/subscription/index';
import { simulatedAzure, type SimulatedAzure } from './simulated-azure';

let simulated: SimulatedAzure;
let clock = Date.UTC(2026, 10, 24);
const now = (): string => new Date(clock).toISOString();
const pause = async (ms: number): Promise<void> => void (clock += ms);

beforeAll(async () => {
  simulated = await simulatedAzure({ clock: () => clock });
  simulated.seed(zone);
});
afterAll(() => simulated.close());
beforeEach(() => {
  simulated.forget();
  clock += 3_600_000;
});

/** An instance of its own; all share the budget. */
function instance(budget: Budget) {
  const arm = { ...simulated.arm, limits: limitsPolicy({ now, pause, block: budget.block }) };
  const reader = armReader(arm, now);
  return { reader, policies: policyReader(arm, now, reader), writer: armWriter(arm) };
}

const newBudget = (): Budget => memoryBudget(new Map<string, Usage>(), () => clock);
const write = {
  id: accountId,
  body: { properties: { minimumTlsVersion: 'TLS1_3' } },
  before: account,
  summary: 'write the account',
  permission: '',
};

test('instances that read as fast as they can are never refused', async () => {
  const budget = newBudget();
  const readers = Array.from({ length: 4 }, () => instance(budget).reader);
  for (let round = 0; round < 20; round += 1) {
    const reads = readers.flatMap(({ read }) => Array.from({ length: 8 }, () => read({ kind: 'get', id: networkId })));
    await Promise.all(reads);
  }
  expect(simulated.sent().filter(({ status }) => status === 429)).toEqual([]);
  expect(simulated.sent()).toHaveLength(640);
});

test('a spent limit that one instance hears of keeps the others from writing, through the SDK’s client, too', async () => {
  const budget = newBudget();
  simulated.fault('storageAccounts', refusals.throttled(42));
  await expect(instance(budget).writer.write(write)).rejects.toMatchObject({ status: 429, retryAfter: 42 });
  expect(await budget.take(limitsFor(accountId))).toMatchObject({ taken: false, wait: 42 });
});

test('a resource that another operation holds keeps nobody else from writing', async () => {
  const budget = newBudget();
  simulated.fault('storageAccounts', refusals.lockedByAnotherOperation());
  await expect(instance(budget).writer.write(write)).rejects.toMatchObject({ status: 429 });
  expect(await budget.take(limitsFor(accountId))).toEqual({ taken: true });
});

test('policies are read under the same limit', async () => {
  const { policies, reader } = instance(newBudget());
  const throttled = {
    ...refusals.throttled(42),
    headers: { 'Retry-After': '42', 'x-ms-ratelimit-remaining-subscription-reads': '0' },
  };
  simulated.fault('virtualNetworks', throttled);
  await expect(reader.read({ kind: 'get', id: networkId })).rejects.toMatchObject({ status: 429 });
  const scope = networkId.split('/resourceGroups')[0] ?? '';
  await expect(
    policies.read({ kind: 'list', type: 'Microsoft.Authorization/policyAssignments', scope }),
  ).rejects.toMatchObject({ code: 'ReadBudgetSpent' });
});

import type { Inventory } from '../core/inventory';
import { nameOf, regionOf, same, type Resource } from '../core/resource';
import type { Settings } from '../core/settings';
import { accountProblem } from '../flow-logging/account';
import { containers, lifecycleIdOf } from '../flow-logging/blobs';
import { earliestDeletion } from '../flow-logging/retention';
import { types, type Lifecycle, type StorageAccount } from '../flow-logging/types';
import { on, type Check, type Examination } from './check';

const topic = {
  id: 'flow-log-storage',
  title: 'Storage accounts of flow logs take them and keep them',
  wanted:
    'StorageV2, Standard, in the region, trusted Azure services let through its firewall, and no lifecycle rule that deletes too early',
};

/** The accounts that the settings name, and those that Steward made. */
export const flowLogStorage: Examination = (inventory, { settings }) => {
  const named = Object.entries(settings.flowLogStorage).map(([region, id]) =>
    judged({ region, id }, inventory, settings),
  );
  const own = inventory.list<StorageAccount>(types.account, settings.resourceGroupId);
  const conclude = on(topic, settings.resourceGroupId);
  if (own.state === 'unread') return [...named, conclude.unknown(own.reason, `grant ${types.account}/read`)];
  const made = own.value.filter(({ name }) => /^stflow/i.test(name));
  const checks = made.map(({ id, location }) => judged({ region: regionOf(location), id }, inventory, settings));
  const none = conclude.notApplicable('there is none yet: the first flow log of a region makes one');
  return named.length + checks.length === 0 ? [none] : [...named, ...checks];
};

interface Sink {
  readonly region: string;
  readonly id: string;
}

function judged({ region, id }: Sink, inventory: Inventory, settings: Settings): Check {
  const conclude = on(topic, id);
  const account = inventory.get<StorageAccount>(id);
  const lifecycle = inventory.get<Lifecycle>(lifecycleIdOf(id));
  if (account.state === 'unread') return conclude.unknown(account.reason, `grant ${types.account}/read`);
  const problem = accountProblem(account.value, region);
  if (problem !== undefined) return conclude.wrong(`it ${problem}`, remedyFor(id, account.value, settings));
  if (lifecycle.state === 'unread')
    return conclude.unknown(`lifecycle rules: ${lifecycle.reason}`, `grant ${types.lifecycle}/read`);
  const early = earlyDeletion(lifecycle.value, settings);
  const todo = 'have the owner of the rule raise or remove it, or name another account in FLOW_LOG_STORAGE';
  return early === undefined ? conclude.ok('it is fit for the flow logs of its region') : conclude.wrong(early, todo);
}

function remedyFor(
  id: string,
  account: Resource<StorageAccount> | undefined,
  { flowLogStorage: chosen }: Settings,
): string {
  const isNamed = Object.values(chosen).some((one) => same(one, id));
  const other = isNamed ? 'or name another account in FLOW_LOG_STORAGE' : 'or delete it, so that another one is made';
  if (account === undefined) return `create it, ${other}`;
  return `az storage account update --ids ${id} --bypass AzureServices opens the firewall for trusted services; where kind, tier or region are wrong, create another account, ${other}`;
}

function earlyDeletion(
  lifecycle: Resource<Lifecycle> | undefined,
  { flowLogRetentionDays: days }: Settings,
): string | undefined {
  const rules = lifecycle?.properties?.policy?.rules ?? [];
  const deletions = Object.values(containers).flatMap((container) => earliestDeletion(rules, `${container}/`) ?? []);
  const [first] = deletions.toSorted((a, b) => a.days - b.days);
  if (first === undefined || (days !== 0 && first.days >= days)) return undefined;
  const wanted = days === 0 ? 'for ever' : `for ${days} days`;
  return `lifecycle rule "${first.rule}" of ${nameOf(lifecycle?.id.split('/managementPolicies')[0] ?? '')} deletes after ${first.days} days; flow logs are to be kept ${wanted}`;
}

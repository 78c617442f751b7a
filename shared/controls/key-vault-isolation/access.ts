import type { Inventory } from '../../core/inventory';
import { same, type Resource } from '../../core/resource';
import type { Problem, Verdict } from '../../core/verdict';
import { ownRule } from '../../policy/own-rule';
import closed from './public-access.policy.json';
import type { Vault } from './wire';

const closedToPublic = ownRule(closed, { severity: 'high', say: sayOpen });

/** Whether public networks are kept out of a vault. */
export function accessOf(vault: Resource<Vault>, inventory: Inventory): Verdict {
  const { publicNetworkAccess, networkAcls } = vault.properties ?? {};
  if (same(publicNetworkAccess, 'SecuredByPerimeter')) {
    return { state: 'unknown', reason: 'a network security perimeter says who may come in, and is not looked at' };
  }
  const verdict = closedToPublic(vault, inventory);
  if (verdict.state === 'unknown') return verdict;
  const problems = [...(verdict.state === 'violation' ? verdict.problems : []), ...leftover(vault)];
  if (problems.length > 0) return { state: 'violation', problems };
  if (same(publicNetworkAccess, 'Disabled')) return { state: 'compliant', reason: 'public network access is disabled' };
  const others = same(networkAcls?.bypass ?? 'AzureServices', 'None') ? 'everybody' : 'all but trusted services';
  return { state: 'compliant', reason: `its firewall denies ${others} from outside` };
}

function sayOpen({ properties }: Resource): string {
  const { publicNetworkAccess, networkAcls } = (properties ?? {}) as Vault;
  const action = networkAcls?.defaultAction;
  return (
    `public networks reach it: publicNetworkAccess is ${publicNetworkAccess ?? 'not set, which means Enabled'}, and ` +
    `defaultAction of its firewall is ${action ?? 'not set, which means Allow'}; disable the one or set the other to Deny`
  );
}

/** Holes in a firewall that were made for something and stayed. */
function leftover({ properties }: Resource<Vault>): readonly Problem[] {
  const { publicNetworkAccess, networkAcls } = properties ?? {};
  if (same(publicNetworkAccess, 'Disabled')) return [];
  const { ipRules = [], virtualNetworkRules = [] } = networkAcls ?? {};
  const addresses = ipRules.map(({ value = '?' }) => value).join(', ');
  const subnets = virtualNetworkRules.map(({ id = '?' }) => id.split('/').slice(-3).join('/')).join(', ');
  const holes = [
    ...(addresses === '' ? [] : [`addresses ${addresses}`]),
    ...(subnets === '' ? [] : [`subnets ${subnets}`]),
  ];
  return holes.map((hole) => ({
    severity: 'low',
    reason: `its firewall has rules for ${hole}; remove those that were for an import or are needed no more`,
  }));
}

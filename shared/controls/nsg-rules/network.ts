import { oncePerList } from '../../core/once';
import type { Inventory, Reading } from '../../core/inventory';
import { keyOf, nameOf, subscriptionScope, type Resource } from '../../core/resource';
import type { Aspect, Problem, Verdict } from '../../core/verdict';
import { ownRule } from '../../policy/own-rule';
import needed from './subnets.policy.json';
import { ownerAks, types, type Network, type PrivateEndpoint, type Subnet } from './surroundings';

/** Azure's own subnets («Virtual network integration of dedicated services»): a group there breaks what is in them. */
const withoutGroup = ['AzureFirewallSubnet', 'AzureFirewallManagementSubnet', 'GatewaySubnet', 'RouteServerSubnet'];
/** It may have one, with the rules that Azure Bastion needs. */
const asItLikes = 'AzureBastionSubnet';

/** What is to be said about the subnets of a network. */
export function judgedNetwork(network: Resource<Network>, inventory: Inventory): Verdict | readonly Aspect[] {
  const { subnets = [] } = network.properties ?? {};
  const owner = ownerAks(network.id, inventory);
  if (owner.state === 'unread') return { state: 'unknown', reason: owner.reason };
  if (owner.value !== undefined)
    return { state: 'notApplicable', reason: `${owner.value} manages it: its subnets are left to AKS` };
  if (subnets.length === 0) return { state: 'notApplicable', reason: 'it has no subnet' };
  return [
    { key: 'groups', title: 'Each subnet has a security group', verdict: groupsOf(network, subnets, inventory) },
    ...privateEndpointsOf(subnets, inventory.list<PrivateEndpoint>(types.endpoint, subscriptionScope(network.id))),
  ];
}

const hasGroups = ownRule(needed, { severity: 'high', say: sayMissing });

function groupsOf(network: Resource<Network>, subnets: readonly Subnet[], inventory: Inventory): Verdict {
  const missing = hasGroups(network, inventory);
  if (missing.state === 'unknown') return missing;
  const problems = [...(missing.state === 'violation' ? missing.problems : []), ...needless(subnets)];
  if (problems.length > 0) return { state: 'violation', problems };
  const own = subnets.filter((subnet) => !isNamed(subnet, [...withoutGroup, asItLikes]));
  if (own.length > 0) return { state: 'compliant', reason: `${namesOf(own)} ${own.length === 1 ? 'has' : 'have'} one` };
  return { state: 'notApplicable', reason: `${namesOf(subnets)} need none` };
}

function sayMissing({ properties }: Resource): string {
  const { subnets = [] } = (properties ?? {}) as Network;
  const bare = subnets.filter((subnet) => !hasGroup(subnet) && !isNamed(subnet, [...withoutGroup, asItLikes]));
  return `${namesOf(bare)} ${bare.length === 1 ? 'has' : 'have'} no security group, so that nothing limits the traffic; give each a group of its own`;
}

function needless(subnets: readonly Subnet[]): readonly Problem[] {
  return subnets
    .filter((subnet) => hasGroup(subnet) && isNamed(subnet, withoutGroup))
    .map((subnet) => ({
      severity: 'medium',
      reason: `${nameIn(subnet)} has a security group, which Azure does not support there; take it off`,
    }));
}

/** The switch of a subnet by which its group counts for private endpoints. */
function privateEndpointsOf(
  subnets: readonly Subnet[],
  endpoints: Reading<readonly Resource<PrivateEndpoint>[]>,
): readonly Aspect[] {
  const said = (verdict: Verdict): readonly Aspect[] => [
    { key: 'endpoints', title: 'Security groups apply to private endpoints', verdict },
  ];
  if (endpoints.state === 'unread') return said({ state: 'unknown', reason: `private endpoints: ${endpoints.reason}` });
  const taken = subnetsOf(endpoints.value);
  const holding = subnets.filter((subnet) => hasGroup(subnet) && taken.has(keyOf(subnet.id ?? '')));
  if (holding.length === 0) return [];
  const passed = holding.filter(({ properties }) => !appliesTo(properties?.privateEndpointNetworkPolicies));
  if (passed.length === 0) return said({ state: 'compliant', reason: `that of ${namesOf(holding)} does` });
  const reason = `the security group of ${namesOf(passed)} does not apply to the private endpoints there; set privateEndpointNetworkPolicies to NetworkSecurityGroupEnabled`;
  return said({ state: 'violation', problems: [{ severity: 'low', reason }] });
}

/** Keys of the subnets that private endpoints are in. */
const subnetsOf = oncePerList(
  (endpoints: readonly Resource<PrivateEndpoint>[]): ReadonlySet<string> =>
    new Set(endpoints.map(({ properties }) => keyOf(properties?.subnet?.id ?? ''))),
);

/** Absent: Azure's default is Disabled. */
function appliesTo(policies = 'Disabled'): boolean {
  return ['enabled', 'networksecuritygroupenabled'].includes(keyOf(policies));
}

function hasGroup({ properties }: Subnet): boolean {
  return properties?.networkSecurityGroup?.id !== undefined;
}

function isNamed(subnet: Subnet, names: readonly string[]): boolean {
  return names.some((name) => keyOf(name) === keyOf(nameIn(subnet)));
}

function nameIn({ name, id = '' }: Subnet): string {
  return name ?? nameOf(id);
}

function namesOf(subnets: readonly Subnet[]): string {
  return subnets.map(nameIn).join(', ');
}

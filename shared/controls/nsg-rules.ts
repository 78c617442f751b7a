import type { Control } from '../core/control';
import type { Inventory } from '../core/inventory';
import { same, type Resource } from '../core/resource';
import type { Aspect, Verdict } from '../core/verdict';
import { inventoryWithoutNulls, withoutNulls } from '../core/without-nulls';
import allowAll from './nsg-rules/allow-all-inbound.policy.json';
import { judgedGroup } from './nsg-rules/group';
import { judgedNetwork } from './nsg-rules/network';
import subnetsHaveGroup from './nsg-rules/subnets.policy.json';
import { types, type Network, type SecurityGroup } from './nsg-rules/surroundings';

export const nsgRules = {
  id: 'nsg-rules',
  title: 'Each subnet has a security group of its own whose rules say what may pass and deny the rest',
  judges: [
    'Each subnet has a network security group, except those in which Azure allows none (its firewall’s, gateways’ and route servers’) or leaves it open (Azure Bastion’s).',
    'A group has rules of its own, more than about SSH and RDP; before a node pool, rules that are about the pool’s traffic, with a deny of the rest that comes in.',
    'A direction in which a group allows something ends with a deny, for else the default rules let pass the rest.',
    'No rule lets everybody in on all ports, none lets everything out to everywhere, and SSH (22) and RDP (3389) are not open to everybody, however ports and addresses are written. What an earlier rule denies is not open.',
    'No rule is hidden by the rules before it, worked out for ports, addresses, protocol and direction together; service tags and application security groups count as what they are called.',
    'A group serves one subnet.',
    'What Application Gateway and Azure Bastion need can pass; between the nodes of a pool, and from the load balancer’s probes to them, something can. That a gateway’s group lets everything out is no violation: Azure demands it.',
    'Where a subnet holds private endpoints, its group applies to them.',
    'Groups and networks that AKS manages for a cluster are not applicable: nobody should change them. So is a group that protects nothing.',
  ],
  severity: 'high',
  requirement: '14',
  subjects: [types.group, types.network],
  reads: [types.gateway, types.cluster, types.endpoint, types.resourceGroup],
  evaluate: (subject, inventory): Verdict | readonly Aspect[] =>
    judged(withoutNulls(subject), inventoryWithoutNulls(inventory)),
  policies: [subnetsHaveGroup, allowAll],
  concerns: (written) => {
    if (!same(written.type, types.network)) return [];
    const { subnets = [] } = (withoutNulls(written) as Resource<Network>).properties ?? {};
    return [...new Set(subnets.flatMap(({ properties }) => properties?.networkSecurityGroup?.id ?? []))];
  },
} satisfies Control;

function judged(subject: Resource, inventory: Inventory): Verdict | readonly Aspect[] {
  if (same(subject.type, types.network)) return judgedNetwork(subject as Resource<Network>, inventory);
  return judgedGroup(subject as Resource<SecurityGroup>, inventory);
}

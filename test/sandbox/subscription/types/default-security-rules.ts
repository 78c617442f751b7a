import type { Fields } from '../wire';

interface Rule {
  readonly name: string;
  readonly description: string;
  readonly direction: 'Inbound' | 'Outbound';
  readonly access: 'Allow' | 'Deny';
  readonly priority: number;
  readonly source: string;
  readonly destination: string;
}

const rule = ({ name, description, direction, access, priority, source, destination }: Rule): Fields => ({
  name,
  properties: {
    provisioningState: 'Succeeded',
    description,
    protocol: '*',
    sourcePortRange: '*',
    destinationPortRange: '*',
    sourceAddressPrefix: source,
    destinationAddressPrefix: destination,
    access,
    priority,
    direction,
    sourcePortRanges: [],
    destinationPortRanges: [],
    sourceAddressPrefixes: [],
    destinationAddressPrefixes: [],
  },
});

const inbound = { direction: 'Inbound', destination: '*' } as const;
const outbound = { direction: 'Outbound', source: '*' } as const;

/** The six rules that every network security group has (Azure: network security groups overview). */
export const defaultSecurityRules: readonly Fields[] = [
  rule({
    ...inbound,
    name: 'AllowVnetInBound',
    description: 'Allow inbound traffic from all VMs in VNET',
    access: 'Allow',
    priority: 65000,
    source: 'VirtualNetwork',
    destination: 'VirtualNetwork',
  }),
  rule({
    ...inbound,
    name: 'AllowAzureLoadBalancerInBound',
    description: 'Allow inbound traffic from azure load balancer',
    access: 'Allow',
    priority: 65001,
    source: 'AzureLoadBalancer',
  }),
  rule({
    ...inbound,
    name: 'DenyAllInBound',
    description: 'Deny all inbound traffic',
    access: 'Deny',
    priority: 65500,
    source: '*',
  }),
  rule({
    ...outbound,
    name: 'AllowVnetOutBound',
    description: 'Allow outbound traffic from all VMs to all VMs in VNET',
    access: 'Allow',
    priority: 65000,
    source: 'VirtualNetwork',
    destination: 'VirtualNetwork',
  }),
  rule({
    ...outbound,
    name: 'AllowInternetOutBound',
    description: 'Allow outbound traffic from all VMs to Internet',
    access: 'Allow',
    priority: 65001,
    destination: 'Internet',
  }),
  rule({
    ...outbound,
    name: 'DenyAllOutBound',
    description: 'Deny all outbound traffic',
    access: 'Deny',
    priority: 65500,
    destination: '*',
  }),
];

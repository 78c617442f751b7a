import { nsgRules } from '../../shared/controls/nsg-rules';
import type { Resource } from '../../shared/core/resource';
import type { Aspect, Verdict } from '../../shared/core/verdict';
import { idIn, inventoryOf, resource, subscription } from '../given';

const region = 'westeurope';

export const networkId = idIn('rg-network', 'Microsoft.Network/virtualNetworks/vnet-spoke');
export const groupId = idIn('rg-network', 'Microsoft.Network/networkSecurityGroups/nsg-web');
export const subnetId = `${networkId}/subnets/snet-web`;
export const clusterId = idIn('rg-apps', 'Microsoft.ContainerService/managedClusters/aks-shop');

export const resourceGroup = resource(`${subscription}/resourceGroups/rg-network`, { location: region });

export function subnet(name: string, prefix: string, more: object = {}): object {
  return {
    id: `${networkId}/subnets/${name}`,
    name,
    properties: { addressPrefix: prefix, provisioningState: 'Succeeded', delegations: [], ...more },
  };
}

export function networkWith(...subnets: readonly object[]): Resource {
  return resource(networkId, {
    location: region,
    properties: { provisioningState: 'Succeeded', addressSpace: { addressPrefixes: ['10.20.0.0/16'] }, subnets },
  });
}

export const network = networkWith(subnet('snet-web', '10.20.0.0/24', { networkSecurityGroup: { id: groupId } }));

/** A rule as ARM sends it: everything that is not said is any. */
export function rule(name: string, priority: number, properties: object = {}): object {
  return {
    id: `${groupId}/securityRules/${name}`,
    name,
    properties: {
      provisioningState: 'Succeeded',
      protocol: '*',
      sourcePortRange: '*',
      destinationPortRange: '*',
      sourceAddressPrefix: '*',
      destinationAddressPrefix: '*',
      access: 'Allow',
      priority,
      direction: 'Inbound',
      ...properties,
    },
  };
}

export const https = rule('AllowHttps', 100, {
  protocol: 'Tcp',
  destinationPortRange: '443',
  sourceAddressPrefix: '10.9.0.0/24',
});
export const denyIn = rule('DenyAllIn', 4_000, { access: 'Deny' });
export const denyOut = rule('DenyAllOut', 4_000, { access: 'Deny', direction: 'Outbound' });

export function groupWith(rules: readonly object[], more: object = {}): Resource {
  return resource(groupId, {
    location: region,
    properties: { provisioningState: 'Succeeded', securityRules: rules, subnets: [{ id: subnetId }], ...more },
  });
}

export function clusterIn(...subnetIds: readonly string[]): Resource {
  return resource(clusterId, {
    location: region,
    properties: {
      nodeResourceGroup: 'rg-aks-nodes',
      agentPoolProfiles: subnetIds.map((id, index) => ({ name: `np${index + 1}`, vnetSubnetID: id })),
    },
  });
}

export function gatewayIn(id: string, tier = 'WAF_v2', isPublic = true): Resource {
  return resource(idIn('rg-apps', 'Microsoft.Network/applicationGateways/agw-shop'), {
    location: region,
    properties: {
      sku: { name: tier, tier },
      gatewayIPConfigurations: [{ name: 'ip', properties: { subnet: { id } } }],
      frontendIPConfigurations: [
        {
          name: 'front',
          properties: isPublic
            ? { publicIPAddress: { id: idIn('rg-apps', 'Microsoft.Network/publicIPAddresses/pip-shop') } }
            : { subnet: { id } },
        },
      ],
    },
  });
}

type Judgement = Verdict | readonly Aspect[];

export function judged(
  subject: Resource,
  others: readonly Resource[],
  unread: Readonly<Record<string, string>> = {},
): Judgement {
  return nsgRules.evaluate(subject, inventoryOf([resourceGroup, subject, ...others], unread));
}

/** The verdict on one of several things; throws when there is no such one. */
export function aspect(judgement: Judgement, key: string): Verdict {
  if (!Array.isArray(judgement)) throw new Error(`one verdict only: ${JSON.stringify(judgement)}`);
  const found = (judgement as readonly Aspect[]).find((one) => one.key === key);
  if (found === undefined) throw new Error(`no aspect ${key}`);
  return found.verdict;
}

/** `compliant`, or the severities and reasons of what is wrong. */
export function told(verdict: Verdict): string {
  if (verdict.state !== 'violation') return `${verdict.state}: ${verdict.reason}`;
  return verdict.problems.map(({ severity, reason }) => `${severity}: ${reason}`).join('\n');
}

import { createHash } from 'node:crypto';
import { networkRefusal } from '../answers';
import type { Cloud, ResourceType, Write } from '../cloud';
import { withChildIds } from '../embedded';
import { key, rootOf, same, sameRegion, subscriptionOf } from '../ids';
import type { Answer, Fields, WireResource } from '../wire';
import { fieldsOf, itemsOf, textOf, without } from '../wire';
import { defaultSecurityRules } from './default-security-rules';

/** What all types of Microsoft.Network have in common. */
export const networkResource: ResourceType = { hasProvisioningState: true, hasEtag: true };

export const virtualNetworks: ResourceType = {
  ...networkResource,
  put: 'operation',
  remove: 'accepted',
  pendingState: 'Updating',
  located: true,
  complete: (network) =>
    withChildIds({
      ...network,
      properties: {
        enableDdosProtection: false,
        virtualNetworkPeerings: [],
        resourceGuid: guidOf(network.id),
        ...without(network.properties ?? {}, 'flowLogs'),
        subnets: itemsOf(network.properties?.['subnets']).map(completeSubnet),
      },
    }),
  refuse: (write, cloud) => refuseRemovalOfSubnets(write, cloud),
  removed: (network, cloud) => {
    const targets = [network.id, ...itemsOf(network.properties?.['subnets']).map((subnet) => textOf(subnet['id']))];
    targets.forEach((target) => {
      removeFlowLogsOf(target, cloud);
    });
  },
  show: (network, cloud) => {
    const subnets = itemsOf(network.properties?.['subnets']);
    const etag = network.etag === undefined ? {} : { etag: network.etag };
    return withReferences(
      {
        ...network,
        properties: {
          ...without(network.properties ?? {}, 'flowLogs'),
          subnets: subnets.map((subnet) => ({ ...showSubnet(subnet, cloud), ...etag })),
        },
      },
      'flowLogs',
      cloud.relations.flowLogsOf(network.id),
    );
  },
};

export const networkSecurityGroups: ResourceType = {
  ...networkResource,
  put: 'operation',
  remove: 'accepted',
  pendingState: 'Updating',
  located: true,
  complete: (group) =>
    withChildIds({
      ...group,
      properties: {
        resourceGuid: guidOf(group.id),
        ...without(group.properties ?? {}, 'flowLogs', 'subnets', 'networkInterfaces'),
        securityRules: itemsOf(group.properties?.['securityRules']).map(succeeded),
        defaultSecurityRules: defaultSecurityRules,
      },
    }),
  refuseRemoval: (group, cloud) => {
    const users = [...cloud.relations.subnetsOf(group.id), ...cloud.relations.interfacesOf(group.id)];
    if (users.length === 0) return undefined;
    return networkRefusal(
      400,
      'InUseNetworkSecurityGroupCannotBeDeleted',
      `Network security group ${group.id} cannot be deleted because it is in use by the following resources: ` +
        `${users.join(', ')}. In order to delete the Network security group, remove the association with the resource(s).`,
    );
  },
  removed: (group, cloud) => {
    removeFlowLogsOf(group.id, cloud);
  },
  show: (group, cloud) => {
    const { relations } = cloud;
    const properties = without(group.properties ?? {}, 'flowLogs');
    const isKnown = (id: string): boolean => cloud.store.get(rootOf(id)) !== undefined;
    const said = (list: string): string[] =>
      itemsOf(properties[list])
        .map((reference) => textOf(reference['id']))
        .filter((id) => !isKnown(id));
    const subnets = union(relations.subnetsOf(group.id), said('subnets'));
    const interfaces = union(relations.interfacesOf(group.id), said('networkInterfaces'));
    let shown: WireResource = { ...group, properties: without(properties, 'subnets', 'networkInterfaces') };
    shown = withReferences(shown, 'subnets', subnets);
    shown = withReferences(shown, 'networkInterfaces', interfaces);
    return withReferences(shown, 'flowLogs', relations.flowLogsOf(group.id));
  },
};

export const networkWatchers: ResourceType = {
  ...networkResource,
  remove: 'accepted',
  located: true,
  unpaged: true,
  refuse: ({ place, body, existing }, cloud) => {
    const region = textOf(body['location']);
    const others = [...cloud.store.ofType(place.type)].filter(
      ({ id, location }) =>
        sameRegion(location, region) && same(subscriptionOf(id) ?? '', subscriptionOf(place.id) ?? ''),
    );
    if (existing !== undefined || others.length === 0) return undefined;
    return networkRefusal(
      400,
      'NetworkWatcherCountLimitReached',
      'Cannot create more than 1 network watchers for this subscription in this region.',
    );
  },
};

/** A read-only list of references, absent when it would be empty. */
function withReferences(resource: WireResource, list: string, ids: readonly string[]): WireResource {
  if (ids.length === 0) return resource;
  return { ...resource, properties: { ...resource.properties, [list]: ids.map((id) => ({ id })) } };
}

function union(left: readonly string[], right: readonly string[]): readonly string[] {
  return right.length === 0 ? left : [...new Map([...left, ...right].map((id) => [key(id), id])).values()];
}

const succeeded = (item: Fields): Fields => ({
  ...item,
  properties: { ...fieldsOf(item, 'properties'), provisioningState: 'Succeeded' },
});

export const completeSubnet = (subnet: Fields): Fields =>
  succeeded({
    ...without(subnet, 'etag'),
    properties: {
      delegations: [],
      privateEndpointNetworkPolicies: 'Disabled',
      privateLinkServiceNetworkPolicies: 'Enabled',
      ...without(fieldsOf(subnet, 'properties'), 'ipConfigurations'),
    },
  });

/** What the estate said about IP configurations stays; those of network interfaces that exist are added. */
function showSubnet(subnet: Fields, cloud: Cloud): Fields {
  const added = cloud.relations.ipConfigurationsOf(textOf(subnet['id']));
  if (added.length === 0) return subnet;
  const properties = fieldsOf(subnet, 'properties');
  const said = itemsOf(properties['ipConfigurations']).filter(({ id }) => !added.some((one) => same(one, textOf(id))));
  return { ...subnet, properties: { ...properties, ipConfigurations: [...said, ...added.map((id) => ({ id }))] } };
}

function refuseRemovalOfSubnets({ body, existing }: Write, cloud: Cloud): Answer | undefined {
  if (existing === undefined) return undefined;
  const kept = new Set(itemsOf(fieldsOf(body, 'properties')['subnets']).map(({ name }) => key(textOf(name))));
  const gone = itemsOf(existing.properties?.['subnets']).filter(({ name }) => !kept.has(key(textOf(name))));
  for (const subnet of gone) {
    const refused = refuseRemovalOfSubnet(textOf(subnet['id']), cloud);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

export function refuseRemovalOfSubnet(id: string, cloud: Cloud): Answer | undefined {
  const users = cloud.relations.ipConfigurationsOf(id);
  if (users.length === 0) return undefined;
  return networkRefusal(
    400,
    'InUseSubnetCannotBeDeleted',
    `Subnet ${id.slice(id.lastIndexOf('/') + 1)} is in use by ${users.join(', ')} and cannot be deleted. In order to ` +
      'delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.',
  );
}

/** Deleting a target deletes its flow log (Network Watcher FAQ). */
export function removeFlowLogsOf(targetId: string, cloud: Cloud): void {
  for (const id of [...cloud.relations.flowLogsOf(targetId)]) cloud.store.remove(id);
}

/** A GUID that stays the same for an id, whatever its case. */
export function guidOf(id: string): string {
  const hex = createHash('sha256').update(key(id)).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

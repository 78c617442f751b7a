import type { Inventory, Reading } from '../../core/inventory';
import { oncePerList } from '../../core/once';
import { keyOf, nameOf, same, subscriptionScope, type Resource } from '../../core/resource';
import type { Consumer } from './consumers';
import {
  isVaultZone,
  networkIn,
  types,
  type Network,
  type PrivateEndpoint,
  type Vault,
  type ZoneGroup,
  type ZoneLink,
} from './wire';

/** How a vault is reached privately. */
export interface PrivateWay {
  /** An endpoint is approved, whether it exists or not. */
  readonly isApproved: boolean;
  /** Approved endpoints that exist. */
  readonly endpoints: readonly Resource<PrivateEndpoint>[];
  /** Ids of the zones of the vault in which they are entered. */
  readonly zones: readonly string[];
  /** Ids of the networks that look names up in them, in the form of keys. */
  readonly linked: ReadonlySet<string>;
}

/** Endpoints may lie in other subscriptions than the vault. */
export function privateWayTo(vault: Resource<Vault>, inventory: Inventory): Reading<PrivateWay> {
  const ids = approvedEndpoints(vault);
  const lists = ids.map((id) => ({ id, list: inventory.list<PrivateEndpoint>(types.endpoint, subscriptionScope(id)) }));
  const groups = ids.map((id) => inventory.list<ZoneGroup>(types.zoneGroup, id));
  const endpoints: Resource<PrivateEndpoint>[] = [];
  for (const { id, list } of lists) {
    if (list.state === 'unread') return { ...list, reason: `private endpoint ${nameOf(id)}: ${list.reason}` };
    endpoints.push(...(byId(list.value).get(keyOf(id)) ?? []));
  }
  const zones: string[] = [];
  for (const group of groups) {
    if (group.state === 'unread') return { ...group, reason: `DNS zone groups: ${group.reason}` };
    zones.push(...group.value.flatMap(zonesIn));
  }
  const distinct = [...new Map(zones.map((id) => [keyOf(id), id])).values()];
  return linkedTo({ isApproved: ids.length > 0, endpoints, zones: distinct }, inventory);
}

const byId = oncePerList((endpoints: readonly Resource<PrivateEndpoint>[]) =>
  Map.groupBy(endpoints, ({ id }) => keyOf(id)),
);

function approvedEndpoints({ properties }: Resource<Vault>): readonly string[] {
  return (properties?.privateEndpointConnections ?? [])
    .filter((one) => same(one.properties?.privateLinkServiceConnectionState?.status, 'Approved'))
    .flatMap((one) => one.properties?.privateEndpoint?.id ?? []);
}

function zonesIn({ properties }: Resource<ZoneGroup>): readonly string[] {
  const ids = (properties?.privateDnsZoneConfigs ?? []).flatMap((one) => one.properties?.privateDnsZoneId ?? []);
  return ids.filter(isVaultZone);
}

function linkedTo(way: Omit<PrivateWay, 'linked'>, inventory: Inventory): Reading<PrivateWay> {
  const linked = new Set<string>();
  for (const zone of way.zones) {
    const links = inventory.list<ZoneLink>(types.zoneLink, zone);
    if (links.state === 'unread') return { ...links, reason: `links of ${nameOf(zone)}: ${links.reason}` };
    const done = links.value.filter(({ properties }) =>
      same(properties?.virtualNetworkLinkState ?? 'Completed', 'Completed'),
    );
    for (const { properties } of done) linked.add(keyOf(properties?.virtualNetwork?.id ?? ''));
  }
  return { state: 'read', value: { ...way, linked } };
}

/** What keeps the vault from being reached privately, as sentences. Where nobody is known to read it, its endpoints’ networks count. */
export function gapsIn(
  way: PrivateWay,
  consumers: readonly Consumer[],
  networks: readonly Resource<Network>[],
): readonly string[] {
  if (!way.isApproved) return ['no private endpoint is approved; make one and approve it'];
  if (way.endpoints.length === 0) return ['its approved private endpoint does not exist any more; make another one'];
  if (way.zones.length === 0) {
    const names = way.endpoints.map(({ name }) => name).join(', ');
    return [
      `${names} has no DNS zone group for privatelink.vaultcore, so that the vault’s name leads to its public address; add one`,
    ];
  }
  const reading = consumers.flatMap((consumer) => consumer.networks.map((id) => ({ id, consumer })));
  const here = way.endpoints.flatMap(({ properties }) => networkIn(properties?.subnet?.id) ?? []);
  const wanted = reading.length > 0 ? reading : here.map((id) => ({ id, consumer: undefined }));
  return wanted
    .filter(({ id, consumer }) => !isResolved(id, consumer, { way, networks }))
    .map(({ id, consumer }) => {
      const place = consumer === undefined ? nameOf(id) : `${nameOf(id)}, where ${consumer.title} is`;
      return `${way.zones.map(nameOf).join(', ')} is not linked to ${place}; link it`;
    });
}

interface Names {
  readonly way: PrivateWay;
  readonly networks: readonly Resource<Network>[];
}

/** A network with DNS servers of its own looks up where they do; Application Gateway needs the link all the same. */
function isResolved(id: string, consumer: Consumer | undefined, { way, networks }: Names): boolean {
  if (way.linked.has(keyOf(id))) return true;
  if (consumer?.kind === 'gateway' || way.linked.size === 0) return false;
  const network = networks.find((one) => same(one.id, id));
  return (network?.properties?.dhcpOptions?.dnsServers ?? []).length > 0;
}

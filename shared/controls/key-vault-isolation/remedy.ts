import type { Action, Plan, Remedy } from '../../core/control';
import type { Inventory } from '../../core/inventory';
import { keyOf, same, subscriptionScope, type Json, type Resource } from '../../core/resource';
import { inventoryWithoutNulls, withoutNulls } from '../../core/without-nulls';
import { consumersOf, type Consumer } from './consumers';
import { gapsIn, privateWayTo } from './endpoint';
import { types, type Network, type Vault } from './wire';

/** Sets the firewall of the vault to Deny, with trusted services, once nobody who is known to read from it is cut off. */
export const vaultRemedy: Remedy = {
  does: [
    'Sets the firewall of the vault to Deny and lets trusted Azure services through, when a private endpoint is approved, its zone is linked to the networks of all known consumers, and each of them comes privately or as a trusted service.',
    'Everything else about the vault stays: access policies, IP rules, the access model. Known consumers are Application Gateways, disk encryption sets, and clusters that encrypt with its keys or hold an access policy; a plan names who else holds one.',
    'Never disables public network access, shuts out trusted services, switches on purge protection or changes the access model.',
  ],
  permissions: ['Microsoft.KeyVault/vaults/write'],
  plan: (subject, inventory) => planned(withoutNulls(subject) as Resource<Vault>, inventoryWithoutNulls(inventory)),
};

function planned(vault: Resource<Vault>, inventory: Inventory): Plan {
  const lock = vault.id;
  const { publicNetworkAccess, networkAcls } = vault.properties ?? {};
  const isClosed = same(publicNetworkAccess, 'Disabled') || same(networkAcls?.defaultAction, 'Deny');
  if (isClosed) return { actions: [], blocked: [], lock };
  const consumers = consumersOf(vault, inventory);
  const way = privateWayTo(vault, inventory);
  const networks = inventory.list<Network>(types.network, subscriptionScope(vault.id));
  if (consumers.state === 'unread') return stopped([consumers.reason], lock);
  if (way.state === 'unread') return stopped([way.reason], lock);
  if (networks.state === 'unread') return stopped([`virtual networks: ${networks.reason}`], lock);
  const stuck = consumers.value.flatMap((consumer) => consumer.stuck ?? []);
  const obstacles = [...gapsIn(way.value, consumers.value, networks.value), ...stuck];
  if (obstacles.length > 0) return stopped(obstacles, lock);
  return { actions: [closing(vault, consumers.value)], blocked: [], lock };
}

function stopped(reasons: readonly string[], lock: string): Plan {
  return { actions: [], blocked: reasons.map((reason) => `the firewall stays open: ${reason}`), lock };
}

/** Rules of the owner's stay in it: a firewall that is written replaces the one that was there. */
function closing(vault: Resource<Vault>, consumers: readonly Consumer[]): Action {
  const rules = (vault.properties?.networkAcls ?? {}) as Readonly<Record<string, Json>>;
  return {
    id: vault.id,
    body: { properties: { networkAcls: { ...rules, defaultAction: 'Deny', bypass: 'AzureServices' } } },
    before: vault,
    permission: 'Microsoft.KeyVault/vaults/write',
    summary: `set the firewall of ${vault.name} to Deny with trusted services${left(vault, consumers)}`,
  };
}

/** Who may read from it and is not known to come privately: what runs outside of Azure loses its access. */
function left({ properties }: Resource<Vault>, consumers: readonly Consumer[]): string {
  const { enableRbacAuthorization, accessPolicies = [] } = properties ?? {};
  if (enableRbacAuthorization === true)
    return '; who has a role on it and comes from elsewhere, as a pipeline, is cut off';
  const known = consumers.flatMap(({ identities }) => identities.map(keyOf));
  const others = accessPolicies.flatMap(({ objectId }) => objectId ?? []).filter((id) => !known.includes(keyOf(id)));
  return others.length === 0
    ? ''
    : `; ${others.join(', ')} of its access policies, if from elsewhere, as a pipeline, is cut off`;
}

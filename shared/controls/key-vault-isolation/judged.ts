import type { Inventory } from '../../core/inventory';
import { nameOf, subscriptionScope, type Resource } from '../../core/resource';
import type { Aspect, Verdict } from '../../core/verdict';
import { ownRule } from '../../policy/own-rule';
import { accessOf } from './access';
import azureRbac from './azure-rbac.policy.json';
import { consumersOf } from './consumers';
import { gapsIn, privateWayTo } from './endpoint';
import privateEndpoint from './private-endpoint.policy.json';
import purgeProtection from './purge-protection.policy.json';
import softDelete from './soft-delete.policy.json';
import { types, type Network, type Vault } from './wire';

const hasEndpoint = ownRule(privateEndpoint, { severity: 'medium', say: sayUnapproved });
const hasSoftDelete = ownRule(softDelete, {
  severity: 'low',
  say: () => 'soft delete is off, so that a deleted key or secret is lost; switch it on',
});
const hasPurgeProtection = ownRule(purgeProtection, {
  severity: 'low',
  say: () =>
    'purge protection is off, so that what was deleted can be purged before its time; switch it on, which cannot be undone',
});
const usesAzureRbac = ownRule(azureRbac, {
  severity: 'low',
  say: () =>
    'access is granted by access policies of the vault; Azure RBAC would show it, and limit it, as everywhere else',
});

/** What is to be said about a vault: one aspect for each thing that can be put right by itself. */
export function judgedVault(vault: Resource<Vault>, inventory: Inventory): readonly Aspect[] {
  return [
    { key: 'public-access', title: 'Public networks are kept out', verdict: accessOf(vault, inventory) },
    { key: 'private-endpoint', title: 'It is reached by a private endpoint', verdict: reachOf(vault, inventory) },
    { key: 'soft-delete', title: 'It has soft delete', verdict: hasSoftDelete(vault, inventory) },
    { key: 'purge-protection', title: 'It has purge protection', verdict: hasPurgeProtection(vault, inventory) },
    { key: 'authorization', title: 'Access is granted by Azure RBAC', verdict: usesAzureRbac(vault, inventory) },
  ];
}

function sayUnapproved({ properties }: Resource): string {
  const { privateEndpointConnections: connections = [] } = (properties ?? {}) as Vault;
  const others = connections.map(({ properties: one }) => {
    const status = one?.privateLinkServiceConnectionState?.status ?? 'in no state';
    return `${nameOf(one?.privateEndpoint?.id ?? '?')} is ${status}`;
  });
  return `no private endpoint is approved${others.length === 0 ? '' : ` (${others.join(', ')})`}; make one and approve it`;
}

/** An approved endpoint is only of use where the vault's name leads to it. */
function reachOf(vault: Resource<Vault>, inventory: Inventory): Verdict {
  const consumers = consumersOf(vault, inventory);
  const way = privateWayTo(vault, inventory);
  const networks = inventory.list<Network>(types.network, subscriptionScope(vault.id));
  const approved = hasEndpoint(vault, inventory);
  if (approved.state !== 'compliant') return approved;
  if (way.state === 'unread') return { state: 'unknown', reason: way.reason };
  if (consumers.state === 'unread') return { state: 'unknown', reason: consumers.reason };
  if (networks.state === 'unread') return { state: 'unknown', reason: `virtual networks: ${networks.reason}` };
  const gaps = gapsIn(way.value, consumers.value, networks.value);
  if (gaps.length > 0) return { state: 'violation', problems: gaps.map((reason) => ({ severity: 'medium', reason })) };
  const readers = consumers.value.map(({ title }) => title).join(', ');
  const names = way.value.endpoints.map(({ name }) => name).join(', ');
  return { state: 'compliant', reason: `${names}; read by ${readers === '' ? 'nobody that is known' : readers}` };
}

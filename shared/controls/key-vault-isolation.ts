import type { Control } from '../core/control';
import { same, type Resource } from '../core/resource';
import type { Aspect, Verdict } from '../core/verdict';
import { inventoryWithoutNulls, withoutNulls } from '../core/without-nulls';
import azureRbac from './key-vault-isolation/azure-rbac.policy.json';
import closedToPublic from './key-vault-isolation/public-access.policy.json';
import { judgedVault } from './key-vault-isolation/judged';
import privateEndpoint from './key-vault-isolation/private-endpoint.policy.json';
import purgeProtection from './key-vault-isolation/purge-protection.policy.json';
import { vaultRemedy } from './key-vault-isolation/remedy';
import softDelete from './key-vault-isolation/soft-delete.policy.json';
import { types, type PrivateEndpoint, type Vault } from './key-vault-isolation/wire';

export const keyVaultIsolation = {
  id: 'key-vault-isolation',
  title: 'Key vaults are closed to public networks and reached by private endpoints',
  judges: [
    'Public network access is disabled, or the firewall denies all but trusted services. What is not set is open: Azure’s defaults are Enabled and Allow.',
    'Rules for addresses and subnets in the firewall are of low severity: most were made for an import and stayed.',
    'A private endpoint is approved, and the zone privatelink.vaultcore.azure.net in which it is entered is linked to the networks of those who read from the vault: Application Gateways, and clusters that encrypt with its keys or hold an access policy. A network with DNS servers of its own may look names up elsewhere; Application Gateway needs the link all the same.',
    'Soft delete and purge protection are on, and access is granted by Azure RBAC: advice, of low severity.',
  ],
  severity: 'high',
  requirement: '15',
  subjects: [types.vault],
  reads: [
    types.endpoint,
    types.zoneGroup,
    types.zoneLink,
    types.network,
    types.gateway,
    types.encryptionSet,
    types.cluster,
  ],
  evaluate: (subject, inventory): Verdict | readonly Aspect[] =>
    judgedVault(withoutNulls(subject) as Resource<Vault>, inventoryWithoutNulls(inventory)),
  policies: [closedToPublic, privateEndpoint, softDelete, purgeProtection, azureRbac],
  concerns: (written) => {
    if (!same(written.type, types.endpoint)) return [];
    const { privateLinkServiceConnections: own = [], manualPrivateLinkServiceConnections: manual = [] } =
      (withoutNulls(written) as Resource<PrivateEndpoint>).properties ?? {};
    const ids = [...own, ...manual].flatMap(({ properties }) => properties?.privateLinkServiceId ?? []);
    return ids.filter((id) => /\/providers\/Microsoft\.KeyVault\/vaults\/[^/]+$/i.test(id));
  },
  remedy: vaultRemedy,
} satisfies Control;

import { refusal } from '../answers';
import { blobEndpointOf } from '../blob-service';
import type { Cloud, ResourceType } from '../cloud';
import { nameOf, same } from '../ids';
import type { Fields, WireResource } from '../wire';
import { fieldsOf, isFields, textOf } from '../wire';

export const storageAccounts: ResourceType = {
  hasProvisioningState: true,
  put: 'accepted',
  pendingState: 'Creating',
  located: true,
  refuse: ({ place, existing }, cloud) => {
    if (!/^[a-z0-9]{3,24}$/.test(place.name)) {
      return refusal(
        400,
        'AccountNameInvalid',
        `${place.name} is not a valid storage account name. Storage account name must be between 3 and 24 characters ` +
          'in length and use numbers and lower-case letters only.',
      );
    }
    const elsewhere = [...cloud.store.ofType(place.type)].some(({ id }) => same(nameOf(id), place.name));
    if (existing !== undefined || !elsewhere) return undefined;
    return refusal(409, 'StorageAccountAlreadyTaken', `The storage account named ${place.name} is already taken.`);
  },
  complete: completeAccount,
  show: (account, cloud) => ({
    ...account,
    properties: {
      ...account.properties,
      primaryEndpoints: {
        ...endpointsOf(nameOf(account.id)),
        blob: blobEndpointOf(cloud.origin, nameOf(account.id)),
      },
    },
  }),
};

/** Defaults that GET shows (Storage accounts: create, 2023-05-01 and later). */
function completeAccount(account: WireResource, _existing: WireResource | undefined, cloud: Cloud): WireResource {
  const name = nameOf(account.id);
  const region = account.location ?? '';
  const skuName = textOf(fieldsOf(account, 'sku')['name']) || 'Standard_RAGRS';
  const readable = /^(Standard_RAGRS|Standard_RAGZRS)$/.test(skuName);
  return {
    ...account,
    kind: account.kind ?? 'StorageV2',
    sku: { name: skuName, tier: skuName.startsWith('Premium') ? 'Premium' : 'Standard' },
    properties: {
      minimumTlsVersion: 'TLS1_0',
      allowBlobPublicAccess: false,
      supportsHttpsTrafficOnly: true,
      networkAcls: { bypass: 'AzureServices', virtualNetworkRules: [], ipRules: [], defaultAction: 'Allow' },
      ...(account.kind === 'Storage' ? {} : { accessTier: 'Hot' }),
      encryption: {
        services: {
          file: { keyType: 'Account', enabled: true, lastEnabledTime: timeOf(cloud) },
          blob: { keyType: 'Account', enabled: true, lastEnabledTime: timeOf(cloud) },
        },
        keySource: 'Microsoft.Storage',
      },
      privateEndpointConnections: [],
      ...account.properties,
      creationTime: account.properties?.['creationTime'] ?? timeOf(cloud),
      primaryLocation: region,
      statusOfPrimary: 'available',
      ...(readable ? { secondaryEndpoints: endpointsOf(`${name}-secondary`) } : {}),
    },
  };
}

const timeOf = (cloud: Cloud): string => new Date(cloud.settings.clock()).toISOString();

const endpointsOf = (name: string): Fields =>
  Object.fromEntries(
    ['blob', 'queue', 'table', 'file', 'dfs'].map((part) => [part, `https://${name}.${part}.core.windows.net/`]),
  );

export const managementPolicies: ResourceType = {
  statuses: { created: 200, updated: 200 },
  complete: (policy, _existing, cloud) => ({
    ...policy,
    name: 'DefaultManagementPolicy',
    properties: { ...policy.properties, lastModifiedTime: timeOf(cloud) },
  }),
  refuse: ({ place, body }) => {
    const rules = fieldsOf(body, 'properties', 'policy')['rules'];
    if (!same(place.name, 'default')) {
      return refusal(400, 'InvalidManagementPolicyName', `Management policy name ${place.name} must be "default".`);
    }
    if (Array.isArray(rules) && rules.length > 0 && rules.every(isFields)) return undefined;
    return refusal(
      400,
      'InvalidValuesForRequestParameters',
      'Values for request parameters are invalid: policy.rules.',
    );
  },
};

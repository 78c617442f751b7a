import type { Reading } from '../core/inventory';
import { subscriptionScope, type Resource } from '../core/resource';
import { fieldsOf, type Fields } from './fields';
import type { Surroundings } from './judgement';

const types = {
  gateway: 'Microsoft.Network/applicationGateways',
  extension: 'Microsoft.KubernetesConfiguration/extensions',
} as const;

/** The Application Gateways that may stand in front of clusters. */
export const gatewaysAround: Surroundings = {
  reads: [types.gateway],
  facts: ({ id }, inventory) => {
    const applicationGateways = known(inventory.list(types.gateway, subscriptionScope(id)));
    return applicationGateways === undefined ? {} : { applicationGateways };
  },
};

/** The extensions on a cluster, whose namespaces Azure answers for. */
export const extensionsAround: Surroundings = {
  reads: [types.extension],
  facts: ({ id }, inventory) => {
    const extensions = known(inventory.list(types.extension, id));
    return extensions === undefined ? {} : { extensions };
  },
};

/** What could not be read is not known, and nobody concludes from it that there is none. */
function known(reading: Reading<readonly Resource[]>): readonly Fields[] | undefined {
  return reading.state === 'unread' ? undefined : reading.value.map(fieldsOf);
}

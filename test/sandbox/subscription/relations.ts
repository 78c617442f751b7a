import { key } from './ids';
import type { Store } from './store';
import { fieldsOf, itemsOf, textOf } from './wire';

/** Who refers to whom, for the read-only lists that Microsoft.Network keeps. All keys are ids in lower case. */
export interface Relations {
  flowLogsOf(targetId: string): readonly string[];
  /** The flow log of a watcher that is being written or deleted. */
  busyFlowLogOf(watcherId: string): string | undefined;
  subnetsOf(networkSecurityGroupId: string): readonly string[];
  interfacesOf(networkSecurityGroupId: string): readonly string[];
  ipConfigurationsOf(subnetId: string): readonly string[];
}

export function createRelations(store: Store): Relations {
  const flowLogs = store.derived(['Microsoft.Network/networkWatchers/flowLogs'], () => {
    const byTarget = new Map<string, string[]>();
    const busy = new Map<string, string>();
    for (const { id, properties } of store.ofType('Microsoft.Network/networkWatchers/flowLogs')) {
      add(byTarget, textOf(properties?.['targetResourceId']), id);
      const state = properties?.['provisioningState'];
      if (state === 'Updating' || state === 'Deleting') busy.set(key(id).split('/').slice(0, -2).join('/'), id);
    }
    return { byTarget, busy };
  });
  const subnets = store.derived(['Microsoft.Network/virtualNetworks'], () => {
    const byGroup = new Map<string, string[]>();
    for (const network of store.ofType('Microsoft.Network/virtualNetworks')) {
      for (const subnet of itemsOf(network.properties?.['subnets'])) {
        add(byGroup, referenceIn(subnet, 'networkSecurityGroup'), textOf(subnet['id']));
      }
    }
    return byGroup;
  });
  const interfaces = store.derived(['Microsoft.Network/networkInterfaces'], () => {
    const byGroup = new Map<string, string[]>();
    const bySubnet = new Map<string, string[]>();
    for (const nic of store.ofType('Microsoft.Network/networkInterfaces')) {
      add(byGroup, referenceIn(nic, 'networkSecurityGroup'), nic.id);
      for (const configuration of itemsOf(nic.properties?.['ipConfigurations'])) {
        const id = textOf(configuration['id']) || `${nic.id}/ipConfigurations/${textOf(configuration['name'])}`;
        add(bySubnet, referenceIn(configuration, 'subnet'), id);
      }
    }
    return { byGroup, bySubnet };
  });

  return {
    flowLogsOf: (id) => flowLogs().byTarget.get(key(id)) ?? [],
    busyFlowLogOf: (id) => flowLogs().busy.get(key(id)),
    subnetsOf: (id) => subnets().get(key(id)) ?? [],
    interfacesOf: (id) => interfaces().byGroup.get(key(id)) ?? [],
    ipConfigurationsOf: (id) => interfaces().bySubnet.get(key(id)) ?? [],
  };
}

const referenceIn = (item: unknown, name: string): string => textOf(fieldsOf(item, 'properties', name)['id']);

function add(map: Map<string, string[]>, target: string, id: string): void {
  if (target === '') return;
  const found = map.get(key(target));
  if (found === undefined) map.set(key(target), [id]);
  else found.push(id);
}

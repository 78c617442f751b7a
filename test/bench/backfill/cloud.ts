import type { FlowLog, Network } from '../../../shared/flow-logging/types';
import { types } from '../../../shared/flow-logging/types';
import { refusalOf } from '../../../shared/azure/refusal';
import type { Action } from '../../../shared/core/control';
import type { Query } from '../../../shared/core/inventory';
import type { Found } from '../../../shared/core/ports';
import { keyOf, parseId, same, type Resource } from '../../../shared/core/resource';
import type { Timeline } from '../../chaos/timeline';
import { resource, stewardGroup, workspaceId } from '../../given';
import type { FileMap } from './file-map';

export interface Estate {
  readonly subscriptionIds: readonly string[];
  /** In each subscription. */
  readonly networks: number;
  readonly regions: number;
}

export interface Operation {
  state: 'running' | 'succeeded';
}

/** Subscriptions full of networks without flow logs. Networks are made up when they are read; what is written is kept. */
export interface Cloud {
  read(query: Query): Found;
  /** Undefined: it is done already. Throws AzureError while the region's Network Watcher is busy. */
  put(action: Action): Operation | undefined;
  flowLogs(): number;
}

const operationMs = 1_500;

export function cloud({ networks, regions }: Estate, time: Timeline, rows: FileMap): Cloud {
  const fixed = new Map<string, Resource>();
  const keep = (one: Resource): void => void fixed.set(keyOf(one.id), one);
  const busy = new Set<string>();
  let flowLogs = 0;
  keep(resource(stewardGroup, { location: regionNumber(0) }));
  keep(resource(workspaceId, { location: regionNumber(0), properties: { customerId: 'a-guid' } }));

  const networkOf = (subscription: string, number: number): Resource<Network> => {
    // Neighbours in the list are of one region, as they are where each team has a region of its own.
    const region = regionNumber(Math.floor((number * regions) / networks));
    const group = `/subscriptions/${subscription}/resourceGroups/rg-${region}`;
    const id = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-${String(number).padStart(5, '0')}`;
    return resource(id, {
      location: region,
      properties: {
        provisioningState: 'Succeeded',
        addressSpace: { addressPrefixes: ['10.20.0.0/16'] },
        subnets: [
          { id: `${id}/subnets/nodes`, name: 'nodes', properties: { addressPrefix: '10.20.0.0/22', delegations: [] } },
        ],
      },
    }) as Resource<Network>;
  };

  const watcherOf = (subscription: string, region: string): Resource =>
    resource(
      `/subscriptions/${subscription}/resourceGroups/NetworkWatcherRG/providers/${types.watcher}/NetworkWatcher_${region}`,
      { location: region, properties: { provisioningState: 'Succeeded' } },
    );

  const get = (id: string): Resource | undefined => {
    const { subscriptionId, type, name, parent = '' } = parseId(id);
    if (same(type, types.network)) return networkOf(subscriptionId, Number(name.split('-')[1]));
    if (same(type, types.flowLog)) return parsed(rows.get(keyOf(parent), keyOf(id)));
    if (same(type, 'Microsoft.Resources/resourceGroups') && !same(id, stewardGroup))
      return resource(id, { location: regionNumber(0) });
    return fixed.get(keyOf(id));
  };

  const list = (type: string, scope: string): readonly Resource[] => {
    const { subscriptionId } = parseId(scope);
    switch (keyOf(type)) {
      case keyOf(types.network):
        return Array.from({ length: networks }, (_, number) => networkOf(subscriptionId, number));
      case keyOf(types.watcher):
        return Array.from({ length: regions }, (_, number) => watcherOf(subscriptionId, regionNumber(number)));
      case keyOf(types.flowLog):
        return rows.keys(keyOf(scope)).map((key) => parsed(rows.get(keyOf(scope), key))!);
      case keyOf(types.securityGroup):
        return [];
      default:
        return [...fixed.values()].filter((one) => same(one.type, type) && keyOf(one.id).startsWith(keyOf(scope)));
    }
  };

  const putLog = ({ id, body }: Action): Operation => {
    const watcher = keyOf(parseId(id).parent ?? '');
    if (busy.has(watcher))
      throw refusalOf({
        status: 429,
        code: 'RetryableError',
        message: 'another operation is running',
        retryAfter: '1',
      });
    busy.add(watcher);
    const operation: Operation = { state: 'running' };
    const log = (provisioningState: string): string =>
      JSON.stringify(resource(id, { ...body, properties: { ...body.properties, provisioningState } }));
    if (rows.get(watcher, keyOf(id)) === undefined) flowLogs += 1;
    rows.set(watcher, keyOf(id), log('Updating'));
    time.at(time.now() + operationMs, () => {
      busy.delete(watcher);
      rows.set(watcher, keyOf(id), log('Succeeded'));
      operation.state = 'succeeded';
    });
    return operation;
  };

  return {
    read: (query) => {
      if (query.kind === 'provider') return undefined;
      if (query.kind === 'blobs' || query.kind === 'objects') return [];
      return query.kind === 'get' ? get(query.id) : list(query.type, query.scope);
    },
    put: (action) => {
      if (same(parseId(action.id).type, types.flowLog)) return putLog(action);
      const state = same(parseId(action.id).type, types.lifecycle) ? {} : { provisioningState: 'Succeeded' };
      keep(resource(action.id, { ...action.body, properties: { ...action.body.properties, ...state } }));
      return undefined;
    },
    flowLogs: () => flowLogs,
  };
}

function regionNumber(number: number): string {
  return `region${String(number + 1).padStart(2, '0')}`;
}

function parsed(text: string | undefined): Resource<FlowLog> | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Resource<FlowLog>);
}

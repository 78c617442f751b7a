import { NetworkManagementClient, type FlowLog, type NetworkManagementClientOptionalParams } from '@azure/arm-network';
import {
  StorageManagementClient,
  type IPRule,
  type ManagementPolicy,
  type NetworkRuleSet,
  type StorageAccountCreateParameters,
  type VirtualNetworkRule,
} from '@azure/arm-storage';
import { PolicyClient } from '@azure/arm-policy';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { differences } from '../core/compare';
import type { Action, Body } from '../core/control';
import { AzureError } from '../core/errors';
import type { Writer } from '../core/ports';
import { keyOf, nameOf, parseId, same, type Resource } from '../core/resource';
import type { Arm } from './arm-reader';
import { writePlainly } from './plain-write';
import { toAzureError } from './refusal';
import { patchVault } from './vault-writer';

/** Writes through the SDK clients and waits until long-running operations have ended. Throws AzureError. */
export function armWriter(arm: Arm): Writer {
  return {
    write: async (action) => {
      const put = puts[keyOf(parseId(action.id).type)];
      if (put === undefined) throw new Error(`nothing here writes ${parseId(action.id).type}`);
      const shown: unknown[] = [];
      try {
        await put({ ...arm, shown }, action);
      } catch (error) {
        throw toAzureError(error);
      }
      return shown.at(-1) as Resource | undefined;
    },
    remove: async (id) => {
      const remove = removals[keyOf(parseId(id).type)];
      if (remove === undefined) throw cannotBeRemoved(id);
      try {
        await remove({ ...arm, shown: [] }, id);
      } catch (error) {
        throw toAzureError(error);
      }
    },
  };
}

/** What holds data, or what others may use by now, is for a person to remove. */
function cannotBeRemoved(id: string): AzureError {
  const message = `${nameOf(id)} is not removed by Steward: look who uses it, and remove it by hand`;
  return new AzureError({ status: 0, code: 'NotRemoved', message, retryable: false });
}

const removals: Readonly<Record<string, (arm: Means, id: string) => Promise<unknown>>> = {
  'microsoft.network/networkwatchers/flowlogs': (arm, id) => {
    const { group, parent, name } = namesIn(id);
    return network(arm, { id, body: {} }).flowLogs.delete(group, parent, name, inTime());
  },
  'microsoft.storage/storageaccounts/managementpolicies': (arm, id) => {
    const { group, parent } = namesIn(id);
    return storage(arm, { id, body: {} }).managementPolicies.delete(group, parent, 'default', inTime());
  },
  'microsoft.authorization/policyassignments': (arm, id) => {
    const { scope, name } = placeOfPolicy(id);
    return policy(arm, { id, body: {} }).policyAssignments.delete(scope, name, inTime());
  },
  'microsoft.securityinsights/alertrules': (arm, id) =>
    writePlainly(arm, { id, method: 'DELETE' }, inTime().abortSignal),
};

interface Means extends Arm {
  /** The resource as it was read after each operation. */
  readonly shown?: unknown[];
}

type Put = (arm: Means, action: Action) => Promise<unknown>;

const puts: Readonly<Record<string, Put>> = {
  'microsoft.network/networkwatchers/flowlogs': (arm, action) => {
    const { group, parent, name } = namesIn(action.id);
    return network(arm, action).flowLogs.createOrUpdate(
      group,
      parent,
      name,
      flattened(action.body) as FlowLog,
      inTime(),
    );
  },
  'microsoft.network/networkwatchers': (arm, action) => {
    const { group, name } = namesIn(action.id);
    return network(arm, action).networkWatchers.createOrUpdate(group, name, flattened(action.body), inTime());
  },
  'microsoft.storage/storageaccounts': (arm, action) => {
    const { group, name } = namesIn(action.id);
    const { storageAccounts } = storage(arm, action);
    if (action.before === undefined) return storageAccounts.create(group, name, accountModel(action.body), inTime());
    // A PUT would take away what the body does not say, as a key of the customer's.
    return storageAccounts.update(group, name, accountModel({ properties: action.body.properties ?? {} }), inTime());
  },
  'microsoft.securityinsights/alertrules': (arm, { id, body }) =>
    writePlainly(arm, { id, method: 'PUT', body }, inTime().abortSignal),
  'microsoft.keyvault/vaults': (arm, action) => patchVault(arm, action, inTime().abortSignal),
  'microsoft.storage/storageaccounts/managementpolicies': (arm, action) => {
    const { group, parent } = namesIn(action.id);
    return storage(arm, action).managementPolicies.createOrUpdate(
      group,
      parent,
      'default',
      flattened(action.body) as ManagementPolicy,
      inTime(),
    );
  },
  'microsoft.authorization/policyassignments': (arm, action) => {
    const { scope, name } = placeOfPolicy(action.id);
    return policy(arm, action).policyAssignments.create(scope, name, flattened(action.body), inTime());
  },
};

/** Five minutes for a write with its operation: whoever holds a region's lock does not wait for ever. */
function inTime(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(300_000) };
}

function namesIn(id: string): { readonly group: string; readonly parent: string; readonly name: string } {
  const { resourceGroup = '', parent = '', name } = parseId(id);
  return { group: resourceGroup, parent: nameOf(parent), name };
}

/** The client puts the slash before a scope itself. */
function placeOfPolicy(id: string): { readonly scope: string; readonly name: string } {
  return { scope: id.slice(1, id.toLowerCase().lastIndexOf('/providers/')), name: nameOf(id) };
}

/** The SDK's models have no `properties` level. */
function flattened({ properties, ...outer }: Body): Readonly<Record<string, unknown>> {
  return { ...outer, ...properties };
}

function accountModel(body: Body): StorageAccountCreateParameters {
  const { supportsHttpsTrafficOnly, networkAcls, ...rest } = flattened(body);
  return {
    ...rest,
    enableHttpsTrafficOnly: supportsHttpsTrafficOnly,
    ...(networkAcls !== undefined && { networkRuleSet: ruleSetModel(networkAcls as WireRules) }),
  } as StorageAccountCreateParameters;
}

interface WireRules extends Omit<NetworkRuleSet, 'ipRules' | 'virtualNetworkRules'> {
  readonly ipRules?: readonly { readonly value: string; readonly action?: 'Allow' }[];
  readonly virtualNetworkRules?: readonly (Omit<VirtualNetworkRule, 'virtualNetworkResourceId'> & {
    readonly id: string;
  })[];
}

function ruleSetModel({ ipRules, virtualNetworkRules, ...rest }: WireRules): NetworkRuleSet {
  return {
    ...rest,
    ...(ipRules && { ipRules: ipRules.map(({ value, ...rule }): IPRule => ({ iPAddressOrRange: value, ...rule })) }),
    ...(virtualNetworkRules && {
      virtualNetworkRules: virtualNetworkRules.map(({ id, ...rule }): VirtualNetworkRule => ({
        virtualNetworkResourceId: id,
        ...rule,
      })),
    }),
  };
}

type Target = Pick<Action, 'id' | 'body'>;

function network(arm: Means, action: Target): NetworkManagementClient {
  return new NetworkManagementClient(arm.credential, parseId(action.id).subscriptionId, clientOptions(arm, action));
}

function storage(arm: Means, action: Target): StorageManagementClient {
  return new StorageManagementClient(arm.credential, parseId(action.id).subscriptionId, clientOptions(arm, action));
}

function policy(arm: Means, action: Target): PolicyClient {
  return new PolicyClient(arm.credential, parseId(action.id).subscriptionId, clientOptions(arm, action));
}

/** A refusal comes back through the queue with Azure's own delay; nothing waits inside the client. */
function clientOptions(
  { endpoint, tokenScope, limits, shown = [] }: Means,
  action: Target,
): NetworkManagementClientOptionalParams {
  return {
    endpoint,
    credentials: { scopes: [tokenScope] },
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [
      { policy: nothingLost(action), position: 'perCall' },
      { policy: noting(action, shown), position: 'perCall' },
      ...(limits === undefined ? [] : [{ policy: limits, position: 'perRetry' as const }]),
    ],
  };
}

/** A PUT replaces the whole resource: a field that the SDK does not know would be lost, so such a PUT is not sent. */
function nothingLost(action: Target): PipelinePolicy {
  return {
    name: 'nothingLost',
    sendRequest: (request, next) => {
      if (request.method !== 'PUT') return next(request);
      const lost = differences(action.body, JSON.parse(String(request.body))).map(({ path }) => path);
      if (lost.length === 0) return next(request);
      const message = `${nameOf(action.id)} has fields that this version of the app does not know and would lose: ${lost.join(', ')}`;
      throw new AzureError({ status: 0, code: 'UnknownField', message, retryable: false });
    },
  };
}

/** The client of the SDK reads what it wrote when its operation has ended; nobody has to read it once more. */
function noting({ id }: Target, shown: unknown[]): PipelinePolicy {
  return {
    name: 'noting',
    sendRequest: async (request, next) => {
      const response = await next(request);
      const isResource = request.method === 'GET' && same(decodeURI(new URL(request.url).pathname), id);
      if (isResource && response.status === 200) shown.push(JSON.parse(response.bodyAsText ?? 'null'));
      return response;
    },
  };
}

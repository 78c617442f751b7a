import { randomUUID } from 'node:crypto';
import type { Settings } from './cloud';
import { resourceGroupOf, subscriptionOf } from './ids';
import type { Fields, Request } from './wire';

export type EventSchema = 'EventGridSchema' | 'CloudEventSchemaV1_0';

/** Something that happened to a resource and that ARM tells Event Grid about. */
export interface Occurrence {
  readonly id: string;
  readonly type: string;
  readonly verb: 'write' | 'delete';
  readonly succeeded: boolean;
  /** An update or a deletion: only then does the event carry `httpRequest`. */
  readonly existed: boolean;
  readonly request: Request;
}

export interface Events {
  raise(occurrence: Occurrence): void;
}

/** An event before it takes the form of a schema. */
export interface SubscriptionEvent {
  readonly id: string;
  readonly subject: string;
  readonly eventType: string;
  readonly eventTime: string;
  readonly topic: string;
  readonly data: Fields;
}

/** Application id of the Azure CLI, the usual deployer. */
const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

/** The claims of a caller. All values but the application ids are invented. */
export const callers = {
  steward: (clientId: string, tenantId: string) => ({
    appid: clientId,
    objectId: 'c0ffee00-0000-4000-8000-00000000aaaa',
    claims: {
      aud: 'https://management.core.windows.net/',
      iss: `https://sts.windows.net/${tenantId}/`,
      appid: clientId,
      appidacr: '2',
      idtyp: 'app',
      'http://schemas.microsoft.com/identity/claims/identityprovider': `https://sts.windows.net/${tenantId}/`,
      'http://schemas.microsoft.com/identity/claims/objectidentifier': 'c0ffee00-0000-4000-8000-00000000aaaa',
      'http://schemas.microsoft.com/identity/claims/tenantid': tenantId,
    },
  }),
  deployer: (tenantId: string) => ({
    appid: azureCli,
    objectId: 'deb10e00-0000-4000-8000-00000000bbbb',
    claims: {
      aud: 'https://management.core.windows.net/',
      iss: `https://sts.windows.net/${tenantId}/`,
      appid: azureCli,
      appidacr: '0',
      ipaddr: '203.0.113.77',
      name: 'Alex Deployer',
      'http://schemas.microsoft.com/identity/claims/objectidentifier': 'deb10e00-0000-4000-8000-00000000bbbb',
      'http://schemas.microsoft.com/identity/claims/tenantid': tenantId,
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'alex.deployer@contoso.onmicrosoft.com',
    },
  }),
} as const;

export function eventOf(occurrence: Occurrence, settings: Settings, serial: number): SubscriptionEvent | undefined {
  const subscriptionId = subscriptionOf(occurrence.id);
  if (subscriptionId === undefined) return undefined;
  // Microsoft's samples mix `resourcegroups` and `resourceGroups`: every second event has the lower case.
  const subject = serial % 2 === 0 ? occurrence.id.replace(/\/resourceGroups\//i, '/resourcegroups/') : occurrence.id;
  const verb = occurrence.verb === 'write' ? 'Write' : 'Delete';
  return {
    id: randomUUID(),
    subject,
    eventType: `Microsoft.Resources.Resource${verb}${occurrence.succeeded ? 'Success' : 'Failure'}`,
    eventTime: new Date(settings.clock()).toISOString(),
    topic: `/subscriptions/${subscriptionId}`,
    data: dataOf(occurrence, settings, subject, subscriptionId),
  };
}

function dataOf(occurrence: Occurrence, settings: Settings, subject: string, subscriptionId: string): Fields {
  const { request, type, verb } = occurrence;
  const { tenantId, identityClientId } = settings;
  const who = request.caller === 'steward' ? callers.steward(identityClientId, tenantId) : callers.deployer(tenantId);
  const operationName = `${type}/${verb}`;
  const evidence = {
    role: 'Contributor',
    roleAssignmentScope: `/subscriptions/${subscriptionId}`,
    principalId: who.objectId.replaceAll('-', ''),
    principalType: request.caller === 'steward' ? 'ServicePrincipal' : 'User',
  };
  return {
    authorization: { scope: subject, action: operationName, evidence },
    claims: who.claims,
    correlationId: request.correlationId,
    ...(occurrence.existed ? { httpRequest: httpRequestOf(request) } : {}),
    resourceProvider: type.split('/')[0],
    resourceUri: subject,
    operationName,
    status: occurrence.succeeded ? 'Succeeded' : 'Failed',
    subscriptionId,
    tenantId,
  };
}

const httpRequestOf = (request: Request): Fields => ({
  clientRequestId: request.headers['x-ms-client-request-id'] ?? request.correlationId,
  clientIpAddress: '203.0.113.77',
  method: request.method,
  url: `https://management.azure.com${request.path}?${request.query.toString()}`,
});

/** The deployment that a template's creation belongs to; ARM raises an event for it as well. */
export function deploymentOf(occurrence: Occurrence): Occurrence | undefined {
  const subscription = subscriptionOf(occurrence.id);
  if (subscription === undefined) return undefined;
  const group = resourceGroupOf(occurrence.id);
  const scope = `/subscriptions/${subscription}${group === undefined ? '' : `/resourceGroups/${group}`}`;
  const id = `${scope}/providers/Microsoft.Resources/deployments/deploy-${occurrence.request.correlationId.slice(0, 8)}`;
  return { ...occurrence, id, type: 'Microsoft.Resources/deployments' };
}

export function bodyOf(event: SubscriptionEvent, schema: EventSchema): unknown {
  const { id, subject, eventType, eventTime, topic, data } = event;
  if (schema === 'EventGridSchema') {
    return [{ subject, eventType, eventTime, id, data, dataVersion: '2', metadataVersion: '1', topic }];
  }
  return { id, source: topic, subject, type: eventType, time: eventTime, specversion: '1.0', dataschema: '#', data };
}

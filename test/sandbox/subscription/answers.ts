import { storageRefusal } from './blob-service';
import type { FaultAnswer } from './faults';
import type { Answer, Fields } from './wire';

/** ARM's own error form: `{"error":{code,message}}`. */
export const refusal = (status: number, code: string, message: string, more: Fields = {}): Answer => ({
  status,
  body: { error: { code, message, ...more } },
});

/** The form of Microsoft.Network, which always sends a list of details. */
export const networkRefusal = (
  status: number,
  code: string,
  message: string,
  details: readonly Fields[] = [],
): Answer => refusal(status, code, message, { details });

export const notFound = {
  subscription: (id: string): Answer =>
    refusal(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`),
  resourceGroup: (name: string): Answer =>
    refusal(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`),
  resource: (typeAndName: string, resourceGroup: string | undefined): Answer =>
    refusal(
      404,
      'ResourceNotFound',
      `The Resource '${typeAndName}' under resource group '${resourceGroup ?? '<null>'}' was not found. ` +
        'For more details please go to https://aka.ms/ARMResourceNotFoundFix',
    ),
  parent: (action: 'read' | 'write', type: string, parent: string): Answer =>
    refusal(
      404,
      'ParentResourceNotFound',
      `Failed to perform '${action}' on resource(s) of type '${type}', because the parent resource '${parent}' could not be found.`,
    ),
  page: (): Answer => refusal(404, 'NotFound', 'The requested path is not known to the simulated subscription.'),
};

export const badRequest = (code: string, message: string): Answer => refusal(400, code, message);

/** A second write on something that is being written, as Microsoft.Network answers it (hashicorp/terraform#7986). */
export const busyNetwork = (operation: string, resource: string, seconds: number): Answer => ({
  ...networkRefusal(429, 'RetryableError', 'A retryable error occurred.', [
    {
      code: 'RetryableErrorDueToAnotherOperation',
      message: `Operation ${operation} is updating resource ${resource}. The call can be retried in ${String(seconds)} seconds.`,
    },
  ]),
  headers: { 'Retry-After': String(seconds) },
});

export const scopeLocked = (scope: string, action: 'write' | 'delete', lockedScope: string): Answer =>
  refusal(
    409,
    'ScopeLocked',
    `The scope '${scope}' cannot perform ${action} operation because following scope(s) are locked: '${lockedScope}'. ` +
      'Please remove the lock and try again.',
  );

export const throttled = (code: string, message: string, seconds: number): Answer => ({
  ...refusal(429, code, message),
  headers: { 'Retry-After': String(seconds) },
});

/** Refusals of Azure to hang into `faults.add`, with the bodies Azure sends. */
export const refusals = {
  requestDisallowedByPolicy: (assignmentName: string): FaultAnswer => {
    const assignment = {
      policyAssignmentName: assignmentName,
      policyAssignmentDisplayName: assignmentName,
      policyDefinitionEffect: 'deny',
    };
    const identifiers = `[{"policyAssignment":{"name":"${assignmentName}"}}]`;
    return responding(
      refusal(
        403,
        'RequestDisallowedByPolicy',
        `Resource was disallowed by policy. Policy identifiers: '${identifiers}'.`,
        {
          additionalInfo: [{ type: 'PolicyViolation', info: assignment }],
        },
      ),
    );
  },
  scopeLocked: (): FaultAnswer => responding(scopeLocked('the scope', 'write', 'the scope')),
  authorizationFailed: (action: string, scope: string): FaultAnswer =>
    responding(
      refusal(
        403,
        'AuthorizationFailed',
        `The client does not have authorization to perform action '${action}' over scope '${scope}' or the scope is ` +
          'invalid. If access was recently granted, please refresh your credentials.',
      ),
    ),
  /** The app lacks a role for blobs. */
  blobsNotPermitted: (): FaultAnswer =>
    responding(
      storageRefusal(
        403,
        'AuthorizationPermissionMismatch',
        'This request is not authorized to perform this operation using this permission.',
      ),
    ),
  /** The account's firewall shuts the app out. */
  blobsShutOut: (): FaultAnswer =>
    responding(
      storageRefusal(403, 'AuthorizationFailure', 'This request is not authorized to perform this operation.'),
    ),
  throttled: (retryAfterSeconds: number): FaultAnswer =>
    responding(throttled('TooManyRequests', 'The request is being throttled.', retryAfterSeconds)),
  lockedByAnotherOperation: (): FaultAnswer => responding(busyNetwork('PutVirtualNetworkOperation', 'the target', 1)),
  conflict: (): FaultAnswer =>
    responding(networkRefusal(409, 'Conflict', 'The resource is in a state that does not allow the request.')),
};

const responding = (answer: Answer): FaultAnswer => ({ kind: 'respond', ...answer });

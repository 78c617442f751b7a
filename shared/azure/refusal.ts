import { isRestError, type RestError } from '@azure/core-rest-pipeline';
import { AzureError } from '../core/errors';

/** Codes that mean «later», whatever their status is. */
const later = [
  'internalservererror',
  'anotheroperationinprogress',
  'retryableerror',
  'retryableerrorduetoanotheroperation',
  'toomanyrequests',
  'operationtimedout',
];
/** Codes that mean «never like this», whatever their status is. */
const never = ['scopelocked', 'nsgflowlogcreationblocked', 'requestdisallowedbypolicy', 'storageaccountalreadytaken'];
/** Codes of a refusal that a second look cures: somebody made the thing in the meantime. */
const adopt = ['networkwatchercountlimitreached'];

/** Codes of a 429 that tells of no limit: another operation holds the one resource. */
const held = ['retryableerror', 'retryableerrorduetoanotheroperation', 'anotheroperationinprogress'];

/** Whether a 429 with this code means the one resource, and not that a limit is spent. */
export function isHeld(code: string): boolean {
  return held.includes(code.toLowerCase());
}

export interface Answer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfter?: string | undefined;
}

/** An answer that is no success, as what it means for us. */
export function refusalOf({ status, code, message, retryAfter }: Answer): AzureError {
  const seconds = secondsOf(retryAfter);
  return new AzureError({
    status,
    code,
    message,
    retryable: isRetryable(status, code.toLowerCase()),
    ...(seconds !== undefined && { retryAfter: seconds }),
  });
}

function isRetryable(status: number, code: string): boolean {
  if (never.includes(code)) return false;
  return later.includes(code) || adopt.includes(code) || [0, 408, 409, 412, 429].includes(status) || status >= 500;
}

/** A day; who asks for more is asked again tomorrow. */
const longest = 86_400;

/** `Retry-After` is seconds or a date (RFC 9110). */
export function secondsOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined || retryAfter === '') return undefined;
  const seconds = Number(retryAfter);
  if (Number.isFinite(seconds)) return Math.min(longest, Math.max(0, Math.ceil(seconds)));
  const wait = Date.parse(retryAfter) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.min(longest, Math.max(0, Math.ceil(wait / 1_000)));
}

/** A subscription that is not found may be one that the app cannot see: that is no proof of absence. */
export function isAbsent({ status, code }: AzureError): boolean {
  return status === 404 && /NotFound$/i.test(code) && !/^SubscriptionNotFound$/i.test(code);
}

/** What a client of the Azure SDK threw, as an AzureError; a bug stays what it is. */
export function toAzureError(error: unknown): unknown {
  if (error instanceof AzureError) return error;
  if (isRestError(error)) return refusalOf(answerOf(error));
  if (!(error instanceof Error)) return error;
  return unanswered(error) ?? failedOperation(error) ?? failedCredential(error) ?? error;
}

/** A client aborts a request that has run into its timeout; nothing else here does. */
function unanswered({ name, message }: Error): AzureError | undefined {
  return name === 'AbortError' ? refusalOf({ status: 0, code: 'NoAnswer', message }) : undefined;
}

function answerOf(error: RestError): Answer {
  const body = error.details as { readonly error?: { readonly code?: string; readonly message?: string } } | undefined;
  return {
    status: error.statusCode ?? 0,
    code: body?.error?.code ?? error.code ?? (error.statusCode === undefined ? 'NoAnswer' : `Http${error.statusCode}`),
    message: body?.error?.message ?? error.message,
    retryAfter: error.response?.headers.get('retry-after'),
  };
}

/** The poller of the SDK tells of a failure after a 202 in the text of its error alone. */
function failedOperation(error: Error): AzureError | undefined {
  const failed = /^The long-running operation has failed(?:\. ([\w.]+)\. (.*))?$/s.exec(error.message);
  if (failed !== null)
    return refusalOf({ status: 200, code: failed[1] ?? 'OperationFailed', message: failed[2] ?? error.message });
  if (error.message !== 'Operation was canceled') return undefined;
  return refusalOf({ status: 200, code: 'OperationCanceled', message: 'the operation was cancelled in Azure' });
}

function failedCredential(error: Error): AzureError | undefined {
  const isCredential = ['CredentialUnavailableError', 'AuthenticationError', 'AggregateAuthenticationError'].includes(
    error.name,
  );
  return isCredential ? refusalOf({ status: 0, code: error.name, message: `no token: ${error.message}` }) : undefined;
}

export function badAnswer(what: string): AzureError {
  return new AzureError({ status: 0, code: 'BadAnswer', message: `Azure sent ${what}`, retryable: false });
}

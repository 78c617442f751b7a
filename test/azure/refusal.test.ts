import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import { refusalOf, toAzureError } from '../../shared/azure/refusal';
import { AzureError } from '../../shared/core/errors';

const answer = { status: 403, code: 'AuthorizationFailed', message: 'You may not.' };

/** What a client of the SDK throws for an answer with this status and body. */
function restError(statusCode: number, details: unknown, headers: Record<string, string> = {}): RestError {
  const request = createPipelineRequest({ url: 'https://management.azure.com' });
  const response = { request, status: statusCode, headers: createHttpHeaders(headers) };
  return Object.assign(new RestError('the client’s own words', { statusCode, request, response }), { details });
}

describe('a refusal comes back later', () => {
  test.each([
    ['a throttled request', 429, 'TooManyRequests'],
    ['a throttled subscription', 429, 'SubscriptionRequestsThrottled'],
    ['a lock by another operation', 429, 'RetryableError'],
    ['a lock by another operation, as a conflict', 409, 'AnotherOperationInProgress'],
    ['a conflict', 409, 'Conflict'],
    ['an ETag that has changed', 412, 'PreconditionFailed'],
    ['a request that took too long', 408, 'RequestTimeout'],
    ['an error of the server', 500, 'InternalServerError'],
    ['a server that is not there', 503, 'ServiceUnavailable'],
    ['a gateway', 504, 'GatewayTimeout'],
    ['no answer at all', 0, 'ECONNRESET'],
    ['an operation that failed for another one', 200, 'RetryableErrorDueToAnotherOperation'],
    ['an operation that timed out', 200, 'OperationTimedOut'],
    ['a watcher that somebody else has made', 400, 'NetworkWatcherCountLimitReached'],
    ['a code in another case', 400, 'retryableERROR'],
  ])('%s', (_, status, code) => {
    expect(refusalOf({ ...answer, status, code })).toMatchObject({ status, code, retryable: true });
  });
});

describe('a refusal is final', () => {
  test.each([
    ['a missing role', 403, 'AuthorizationFailed'],
    ['a policy', 403, 'RequestDisallowedByPolicy'],
    ['a lock, although it is a conflict', 409, 'ScopeLocked'],
    ['a name that is taken, although it is a conflict', 409, 'StorageAccountAlreadyTaken'],
    ['a flow log of a security group', 400, 'NsgFlowLogCreationBlocked'],
    ['a malformed request', 400, 'InvalidRequestFormat'],
    ['a token that is not taken', 401, 'InvalidAuthenticationToken'],
    ['an operation that was cancelled', 200, 'OperationCanceled'],
    ['a policy, whatever its status', 500, 'requestdisallowedbypolicy'],
  ])('%s', (_, status, code) => {
    expect(refusalOf({ ...answer, status, code })).toMatchObject({ status, code, retryable: false });
  });
});

describe('the time that Azure asks to wait', () => {
  const waitOf = (retryAfter: string | undefined): number | undefined =>
    refusalOf({ ...answer, retryAfter }).retryAfter;

  test.each<[string, string | undefined, number | undefined]>([
    ['in seconds', '17', 17],
    ['at once', '0', 0],
    ['in parts of a second', '1.2', 2],
    ['in the past', '-5', 0],
    ['as a date that has passed', 'Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['as a word', 'soon', undefined],
    ['as nothing', '', undefined],
    ['not at all', undefined, undefined],
  ])('%s', (_, header, seconds) => {
    expect(waitOf(header)).toBe(seconds);
  });

  test('as a date', () => {
    const wait = waitOf(new Date(Date.now() + 90_000).toUTCString());
    expect(wait).toBeGreaterThanOrEqual(88);
    expect(wait).toBeLessThanOrEqual(90);
  });
});

describe('what a client of the SDK throws becomes a refusal', () => {
  test.each<[string, Error, object]>([
    [
      'with Azure’s own code and words',
      restError(403, { error: { code: 'ScopeLocked', message: 'It is locked.' } }, { 'retry-after': '9' }),
      { status: 403, code: 'ScopeLocked', message: 'It is locked.', retryable: false, retryAfter: 9 },
    ],
    [
      'when the answer has no code',
      restError(502, '<html>'),
      { status: 502, code: 'Http502', message: 'the client’s own words', retryable: true },
    ],
    [
      'when the connection was cut',
      new RestError('socket hang up', { code: 'ECONNRESET' }),
      { status: 0, code: 'ECONNRESET', message: 'socket hang up', retryable: true },
    ],
    [
      'when Azure did not answer in time',
      Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' }),
      { status: 0, code: 'NoAnswer', retryable: true },
    ],
    [
      'when a long-running operation has failed',
      new Error('The long-running operation has failed. StorageAccountNotFound. No such account.\nLook again.'),
      { status: 200, code: 'StorageAccountNotFound', message: 'No such account.\nLook again.', retryable: false },
    ],
    [
      'when a long-running operation has failed without a reason',
      new Error('The long-running operation has failed'),
      { status: 200, code: 'OperationFailed', retryable: false },
    ],
    [
      'when a long-running operation has failed for now',
      new Error('The long-running operation has failed. RetryableError. A retryable error occurred.'),
      { status: 200, code: 'RetryableError', retryable: true },
    ],
    [
      'when a long-running operation was cancelled',
      new Error('Operation was canceled'),
      { status: 200, code: 'OperationCanceled', retryable: false },
    ],
    [
      'when there is no identity',
      Object.assign(new Error('not set up'), { name: 'CredentialUnavailableError' }),
      { status: 0, code: 'CredentialUnavailableError', message: 'no token: not set up', retryable: true },
    ],
    [
      'when the identity gets no token',
      Object.assign(new Error('400'), { name: 'AuthenticationError' }),
      { status: 0, code: 'AuthenticationError', message: 'no token: 400', retryable: true },
    ],
  ])('%s', (_, error, expected) => {
    const refusal = toAzureError(error);
    expect(refusal).toBeInstanceOf(AzureError);
    expect(refusal).toMatchObject(expected);
  });

  test('once', () => {
    const refusal = refusalOf(answer);
    expect(toAzureError(refusal)).toBe(refusal);
  });
});

test.each<[string, unknown]>([
  ['a mistake in the code', new TypeError('x is not a function')],
  ['an error that nobody foresaw', new Error('The operation has failed')],
  ['something that is no error', 'text'],
])('a bug stays what it is: %s', (_, bug) => {
  expect(toAzureError(bug)).toBe(bug);
});

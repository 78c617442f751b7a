import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refusal } from './answers';
import type { Settings } from './cloud';
import { same } from './ids';
import type { Answer, Caller } from './wire';
import { fieldsOf, textOf } from './wire';
import { callers } from './events';

export interface IdentityEndpoint {
  readonly endpoint: string;
  readonly header: string;
  close(): Promise<void>;
}

const validFor = 24 * 60 * 60;

/** The managed identity endpoint of App Service and Functions, api-version 2019-08-01, on plain http. */
export async function startIdentity(settings: Settings): Promise<IdentityEndpoint> {
  const header = randomUUID();
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const trusted = request.headers['x-identity-header'] === header;
    const { status, body } = trusted ? answerToken(settings, query) : refuseToken(401, 'X-IDENTITY-HEADER is wrong.');
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${String(port)}/msi/token`,
    header,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

const refuseToken = (statusCode: number, message: string): Answer => ({
  status: statusCode,
  body: { statusCode, message, correlationId: randomUUID() },
});

function answerToken({ identityClientId, tenantId, clock }: Settings, query: URLSearchParams): Answer {
  const resource = query.get('resource') ?? '';
  const wanted = query.get('client_id') ?? identityClientId;
  if (query.get('api-version') !== '2019-08-01') return refuseToken(400, 'api-version 2019-08-01 is required.');
  if (resource === '') return refuseToken(400, 'The resource parameter is required.');
  if (!same(wanted, identityClientId)) {
    return refuseToken(400, 'No User Assigned or Delegated Managed Identity found for specified ClientId.');
  }
  const now = Math.floor(clock() / 1_000);
  const expires = now + validFor;
  const { objectId } = callers.steward(identityClientId, tenantId);
  const payload = { aud: resource, appid: identityClientId, oid: objectId, tid: tenantId, iat: now, exp: expires };
  const body = {
    access_token: tokenOf(payload),
    client_id: identityClientId,
    expires_on: String(expires),
    not_before: String(now),
    resource,
    token_type: 'Bearer',
  };
  return { status: 200, body };
}

/** A token in the form of a JWT with no valid signature: nothing here checks one. */
function tokenOf(payload: Readonly<Record<string, unknown>>): string {
  const parts = [{ alg: 'RS256', typ: 'JWT' }, payload, 'sandbox'];
  return parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

export type Authentication =
  { readonly kind: 'known'; readonly caller: Caller } | { readonly kind: 'refused'; readonly answer: Answer };

/** Who sent the request. Tokens of Steward's identity must be for the audience; every other one is the deployer's. */
export function authenticate(authorization: string | undefined, audience: string, settings: Settings): Authentication {
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) {
    return unauthorized(
      settings,
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
    );
  }
  const payload = payloadOf(token);
  if (!same(textOf(payload['appid']), settings.identityClientId)) return { kind: 'known', caller: 'deployer' };
  if (textOf(payload['aud']).replace(/\/$/, '') !== audience) {
    const message = `The access token has been obtained for wrong audience or resource '${textOf(payload['aud'])}'. It should exactly match with one of the allowed audiences '${audience}', '${audience}/'.`;
    return unauthorized(settings, 'InvalidAuthenticationTokenAudience', message);
  }
  const expired = typeof payload['exp'] === 'number' && payload['exp'] * 1_000 < settings.clock();
  if (expired) return unauthorized(settings, 'ExpiredAuthenticationToken', 'The access token expiry UTC time is over.');
  return { kind: 'known', caller: 'steward' };
}

function unauthorized({ tenantId }: Settings, code: string, message: string): Authentication {
  const challenge = `Bearer authorization_uri="https://login.microsoftonline.com/${tenantId}", error="invalid_token"`;
  return { kind: 'refused', answer: { ...refusal(401, code, message), headers: { 'WWW-Authenticate': challenge } } };
}

function payloadOf(token: string): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()));
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

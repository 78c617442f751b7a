import type * as z from 'zod';
import { AzureError, InputError, RefusedError } from '../core/errors';
import type { World } from '../core/ports';
import { explain } from '../pipeline/explain';
import { principalOf } from './principal';
import type { Input, Role, Route } from './route';

export interface Request {
  readonly headers: { get(name: string): string | null };
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  text(): Promise<string>;
}

export interface Response {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly jsonBody?: unknown;
  /** What is no JSON. */
  readonly body?: string;
}

export interface Desk {
  readonly world: World;
  /** The platform signs callers in, and takes away the headers that only it may set. */
  readonly trustsPrincipals: boolean;
}

/** Bytes that a body may have. */
export const bodyLimit = 65_536;

/** Answers one request. What goes wrong by the caller's doing is said; anything else propagates and tells nobody. */
export async function respond(route: Route, request: Request, desk: Desk): Promise<Response> {
  try {
    const by = callerOf(route.role, request, desk);
    const input = { ...(await inputOf(route, request)), ...(by !== undefined && { by }) };
    const { status, headers, body } = await route.handle(desk.world, input as Input<never, never, never>);
    const type = route.answers[status]?.type;
    return type === undefined ? response(status, body, headers) : textResponse(status, String(body), type);
  } catch (error) {
    const { status, code, message, retryAfter } = refusalOf(error);
    return response(
      status,
      { error: { code, message } },
      retryAfter === undefined ? {} : { 'Retry-After': retryAfter },
    );
  }
}

const always = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

function response(status: number, jsonBody: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return { status, headers: { ...always, ...headers }, jsonBody };
}

function textResponse(status: number, body: string, type: string): Response {
  return { status, headers: { ...always, 'Content-Type': `${type}; charset=utf-8` }, body };
}

class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfter?: string;
}

const kinds = {
  forbidden: { status: 403, code: 'Forbidden' },
  notFound: { status: 404, code: 'NotFound' },
  conflict: { status: 409, code: 'Conflict' },
  unread: { status: 503, code: 'Unread' },
} as const;

function refusalOf(error: unknown): Refusal {
  if (error instanceof HttpError) return error;
  if (error instanceof InputError) return { status: 400, code: 'BadRequest', message: error.message };
  if (error instanceof RefusedError) return { ...kinds[error.kind], message: error.message };
  if (!(error instanceof AzureError)) throw error;
  const message = `Azure refused or did not answer: ${explain(error)}`;
  if (!error.retryable) return { status: 502, code: 'AzureRefused', message };
  return { status: 503, code: 'AzureRefused', message, retryAfter: String(error.retryAfter ?? 10) };
}

/** Without the platform's sign-in the key of the function is what lets somebody in, and nobody has a name. */
function callerOf(role: Role, { headers }: Request, { trustsPrincipals }: Desk): string | undefined {
  if (!trustsPrincipals) return undefined;
  const principal = principalOf(headers.get('x-ms-client-principal'));
  if (principal === undefined) throw new HttpError(401, 'Unauthorized', 'sign in with Microsoft Entra');
  const wanted = allowed[role];
  if (wanted.some((name) => principal.roles.includes(name))) return principal.objectId;
  throw new HttpError(403, 'Forbidden', `the app role ${wanted.join(' or ')} is needed`);
}

export const allowed: Readonly<Record<Role, readonly string[]>> = {
  read: ['Steward.Reader', 'Steward.Operator'],
  act: ['Steward.Operator'],
};

async function inputOf(route: Route, request: Request): Promise<Input<unknown, unknown, unknown>> {
  const text = await bodyOf(request);
  return {
    params: parsed(route.params, request.params),
    query: parsed(route.query, queryOf(request.query)),
    body: route.body === undefined ? nothing(text) : parsed(route.body, json(text, route)),
  };
}

const tooLarge = `the body is larger than ${bodyLimit} bytes`;
/** What `curl -d` and `fetch` say of a text when they are told nothing is taken for what it is: JSON. */
const takenTypes = ['application/json', 'text/plain', 'text/json', 'application/x-www-form-urlencoded', ''];

async function bodyOf(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > bodyLimit)
    throw new HttpError(413, 'RequestTooLarge', tooLarge);
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
  const isText = takenTypes.includes(type.trim()) && ['charset=utf-8', 'charset="utf-8"', undefined].includes(charset);
  if (!isText || encoding !== 'identity')
    throw new HttpError(415, 'UnsupportedMediaType', 'the body has to be application/json in UTF-8, not compressed');
  const text = await request.text();
  if (Buffer.byteLength(text) > bodyLimit) throw new HttpError(413, 'RequestTooLarge', tooLarge);
  return text;
}

function nothing(text: string): undefined {
  if (text !== '') throw new InputError('this address takes no body');
  return undefined;
}

function json(text: string, { name, body }: Route): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const fields = Object.keys(body?.shape ?? {}).join(', ');
    throw new InputError(`the body has to be JSON, as {}; ${name} knows the fields ${fields}`);
  }
}

/** The key of a function may be in the address; that is between the caller and the platform. */
const ofThePlatform = ['code', 'clientId'];

function queryOf(query: URLSearchParams): Readonly<Record<string, string>> {
  const twice = [...query.keys()].find((name) => query.getAll(name).length > 1);
  if (twice !== undefined) throw new InputError(`query parameter ${JSON.stringify(twice.slice(0, 50))} is given twice`);
  return Object.fromEntries([...query].filter(([name]) => !ofThePlatform.includes(name)));
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InputError(result.error.issues.map(sentence).join('; ').slice(0, 2_000));
}

export function sentence({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

import { timingSafeEqual } from 'node:crypto';
import type { HttpCookie, HttpData, TypedData } from '../../functions-core';
import type { Invocations } from './invocations';
import { routeOf } from './routes';
import type { Match, Route } from './routes';

/** One HTTP request to the host, its body read. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly fromLoopback: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
}

/** `functionKey`: what routes with authLevel function or admin ask for; open when undefined. */
export async function answerHttp(
  call: Call,
  routes: readonly Route[],
  functionKey: string | undefined,
  invocations: Invocations,
): Promise<Answer> {
  const match = routeOf(routes, call.method, call.url.pathname);
  if (!match) return { status: 404 };
  if (match.route.authLevel !== 'anonymous' && !hasKey(call, functionKey)) return { status: 401 };
  const outcome = await invocations.start(match.route.functionName, { http: requestOf(call, match) }).outcome;
  return outcome.ok ? answerOf(outcome.response.returnValue) : { status: 500 };
}

function hasKey(call: Call, functionKey: string | undefined): boolean {
  if (functionKey === undefined) return true;
  const given = Buffer.from(call.headers['x-functions-key'] ?? call.url.searchParams.get('code') ?? '');
  const wanted = Buffer.from(functionKey);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function requestOf(call: Call, { params }: Match): HttpData {
  const query = new Map<string, string>();
  // Several values of one name arrive joined by a comma, as from ASP.NET.
  for (const name of call.url.searchParams.keys()) query.set(name, call.url.searchParams.getAll(name).join(','));
  return {
    method: call.method,
    url: call.url.href,
    nullableHeaders: nullable(Object.entries(call.headers)),
    nullableQuery: nullable([...query]),
    nullableParams: nullable(Object.entries(params)),
    ...(call.body.length > 0 && { body: { bytes: call.body } }),
  };
}

function nullable(entries: readonly (readonly [string, string])[]): Record<string, { value: string }> {
  return Object.fromEntries(entries.map(([name, value]) => [name, { value }]));
}

/** A function that returns nothing answers 204 (Microsoft Learn, «Azure Functions HTTP output bindings»). */
function answerOf(value: TypedData | null | undefined): Answer {
  const response = value?.http;
  if (!response) return { status: 204 };
  const cookies = (response.cookies ?? []).map(setCookie);
  const body = response.body?.bytes ?? response.body?.string;
  return {
    status: Number(response.statusCode ?? 200),
    headers: { ...response.headers, ...(cookies.length > 0 && { 'set-cookie': cookies }) },
    ...(body !== undefined && { body }),
  };
}

const sameSites = { none: undefined, lax: 'Lax', strict: 'Strict', explicitNone: 'None' };

function setCookie(cookie: HttpCookie): string {
  const expires = cookie.expires && new Date(cookie.expires.value.seconds * 1000).toUTCString();
  const sameSite = cookie.sameSite && sameSites[cookie.sameSite];
  return [
    `${encodeURIComponent(cookie.name)}=${encodeURIComponent(cookie.value)}`,
    cookie.domain && `Domain=${cookie.domain.value}`,
    cookie.path && `Path=${cookie.path.value}`,
    expires && `Expires=${expires}`,
    cookie.maxAge && `Max-Age=${String(cookie.maxAge.value)}`,
    cookie.secure?.value && 'Secure',
    cookie.httpOnly?.value && 'HttpOnly',
    sameSite && `SameSite=${sameSite}`,
  ]
    .filter((part) => typeof part === 'string')
    .join('; ');
}

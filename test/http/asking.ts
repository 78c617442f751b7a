import { respond, type Desk, type Response } from '../../shared/http/respond';
import type { Route } from '../../shared/http/route';
import { routes } from '../../shared/http/routes';
import { backfill } from '../../shared/http/run-routes';
import type { World } from '../../shared/core/ports';

export const api: readonly Route[] = [backfill, ...routes];

export interface Asked {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly trustsPrincipals?: boolean;
}

export interface Told extends Pick<Response, 'status' | 'headers'> {
  readonly body: Readonly<Record<string, unknown>>;
  /** Of an answer that is no JSON. */
  readonly text: string;
}

/** Asks as over HTTP, in this process: `GET /api/runs?x=y`. */
export async function ask(world: World, what: string, asked: Asked = {}): Promise<Told> {
  const [method = '', address = ''] = what.split(' ');
  const url = new URL(address, 'https://steward.example');
  const found = api.flatMap((route) => {
    const params = route.method === method ? paramsOf(route.route, url.pathname) : undefined;
    return params === undefined ? [] : [{ route, params }];
  });
  const [match] = found.toSorted((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  if (match === undefined) throw new Error(`the API has no ${what}`);
  return askRoute(world, match.route, { ...asked, params: match.params, query: url.searchParams });
}

export interface AskedRoute extends Asked {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: URLSearchParams;
}

export async function askRoute(world: World, route: Route, asked: AskedRoute): Promise<Told> {
  const { body = '', headers = {}, trustsPrincipals = false, params = {}, query = new URLSearchParams() } = asked;
  const desk: Desk = { world, trustsPrincipals };
  const request = { headers: new Headers(headers), query, params, text: () => Promise.resolve(body) };
  const { jsonBody = {}, body: text = '', ...rest } = await respond(route, request, desk);
  return { ...rest, text, body: JSON.parse(JSON.stringify(jsonBody)) as Told['body'] };
}

function paramsOf(template: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [`api/${template}`.split('/'), path.slice(1).split('/')];
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = decodeURIComponent(given[index] ?? '');
    if (part.startsWith('{')) params[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}

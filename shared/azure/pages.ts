import type { Resource } from '../core/resource';
import { badAnswer } from './refusal';

const mostPages = 10_000;

/** Every page of a list, or an error: a part of it would be taken for the whole. */
export async function pages<T = Resource>(
  get: (url: string) => Promise<unknown>,
  first: string,
  endpoint: string,
): Promise<readonly T[]> {
  const found: T[] = [];
  let url: string | undefined = first;
  for (let page = 0; url !== undefined; page += 1) {
    const body = (await get(url)) as Page<T>;
    if (!Array.isArray(body.value)) throw badAnswer('a page without a list of values');
    for (const item of body.value as readonly T[]) found.push(item);
    url = nextOf(body.nextLink ?? body['@odata.nextLink'], endpoint);
    if (page >= mostPages) throw badAnswer(`more than ${mostPages} pages`);
  }
  return found;
}

interface Page<T> {
  readonly value?: readonly T[];
  readonly nextLink?: string | null;
  readonly '@odata.nextLink'?: string | null;
}

/** A token is only sent where it belongs. */
export function nextOf(nextLink: string | null | undefined, endpoint: string): string | undefined {
  if (nextLink === undefined || nextLink === null || nextLink === '') return undefined;
  const next = URL.parse(nextLink, endpoint);
  if (next?.origin !== new URL(endpoint).origin) throw badAnswer('a next page at another address');
  return next.href;
}

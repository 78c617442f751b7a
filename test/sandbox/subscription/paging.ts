import { badRequest } from './answers';
import type { Cloud } from './cloud';
import { key } from './ids';
import type { Answer, Request } from './wire';

interface Item {
  readonly id: string;
}

/** One page of items that are in the order of their ids, with a `nextLink` while there is more. */
export function page<T extends Item>(
  cloud: Cloud,
  request: Request,
  items: readonly T[],
  show: (item: T) => unknown = (item) => item,
): Answer {
  const { query, path } = request;
  const token = query.get('$skiptoken') ?? query.get('$skipToken');
  const after = token === null ? '' : Buffer.from(token, 'base64url').toString();
  const start = after === '' ? 0 : items.findIndex(({ id }) => key(id) > after);
  const top = Number(query.get('$top') ?? Number.POSITIVE_INFINITY);
  if (Number.isNaN(top) || top < 1) return badRequest('InvalidTopInQueryString', 'The $top value must be above 0.');
  const size = Math.min(top, cloud.settings.pageSize);
  const slice = start < 0 ? [] : items.slice(start, start + size);
  const last = slice.at(-1);
  const value = slice.map(show);
  if (last === undefined || start + size >= items.length) return { status: 200, body: { value } };
  const next = new URLSearchParams(query);
  next.delete('$skipToken');
  next.set('$skiptoken', Buffer.from(key(last.id)).toString('base64url'));
  return { status: 200, body: { value, nextLink: `${cloud.origin}${path}?${next.toString()}` } };
}

import { ipRangesFrom, isWithinRanges, type IpRanges } from '../../core/ip-ranges';
import type { Spans } from '../../core/spans';
import { shown } from '../json';
import { fail } from './arguments';

/** Whether the whole of one address range lies inside another: a single address, CIDR or `first-last`. */
export function ipRangeContains(range: string, target: string): boolean {
  const [outer, inner] = [rangeOf(range), rangeOf(target)];
  if (outer.v4.length !== inner.v4.length)
    return fail(`${shown(range)} and ${shown(target)} are of different families`);
  return isWithinRanges(inner, outer);
}

function rangeOf(text: string): IpRanges {
  const [first = '', last] = text.split('-').map((part) => part.trim());
  if (last === undefined) return rangeFrom(first);
  if (first.includes('/') || last.includes('/')) return fail(`${shown(text)} is not an address range`);
  const [from, to] = [rangeFrom(first), rangeFrom(last)];
  const range = { v4: between(from.v4, to.v4), v6: between(from.v6, to.v6) };
  if (from.v4.length !== to.v4.length) return fail(`${shown(text)} begins and ends in different families`);
  return range.v4.length + range.v6.length > 0 ? range : fail(`${shown(text)} is an empty range`);
}

/** From the one of the first to the one of the last; nothing where the last comes first. */
function between<N extends number | bigint>(first: Spans<N>, last: Spans<N>): Spans<N> {
  const [start, end] = [first[0], last[0]];
  return start === undefined || end === undefined || end.from < start.from ? [] : [{ from: start.from, to: end.to }];
}

function rangeFrom(text: string): IpRanges {
  return (
    ipRangesFrom(text.replace(/\s*\/\s*/, '/')) ?? fail(`${shown(text)} is not an address or a range of addresses`)
  );
}

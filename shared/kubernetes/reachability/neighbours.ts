import { ipRangesFrom, v4Text } from '../../core/ip-ranges';
import { spansOf, type Span } from '../../core/spans';

export type ConnectionLine = readonly [from: string, to: string, ports: string];

/** Lines about neighbouring ranges of IPv4 addresses as one line; lines about IPv6 addresses are left out. */
export function joinedNeighbours(lines: readonly ConnectionLine[]): readonly ConnectionLine[] {
  const groups = new Map<string, { line: ConnectionLine; at: 0 | 1; spans: Span<number>[] }>();
  const others: ConnectionLine[] = [];
  for (const line of lines) {
    if (!line.some(isOutside)) {
      others.push(line);
      continue;
    }
    const at = isOutside(line[0]) ? 0 : 1;
    const key = JSON.stringify(line.map((text, n) => (n === at ? '' : text)).concat(String(at)));
    const group = groups.get(key) ?? { line, at, spans: [] };
    groups.set(key, group);
    group.spans.push(...spansIn(line[at]));
  }
  return [...others, ...[...groups.values()].flatMap(linesOf)];
}

/** Whether one end of a line is addresses outside the cluster. */
export const isOutside = (text: string): boolean => text.endsWith('[External]');

function linesOf({ line, at, spans }: { line: ConnectionLine; at: 0 | 1; spans: Span<number>[] }): ConnectionLine[] {
  return spansOf(spans).map(({ from, to }) => {
    const text = `${v4Text(from)}-${v4Text(to - 1)}[External]`;
    return at === 0 ? [text, line[1], line[2]] : [line[0], text, line[2]];
  });
}

function spansIn(text: string): readonly Span<number>[] {
  const [first = '', last = ''] = text.replace('[External]', '').split('-');
  const [from, to] = [ipRangesFrom(first)?.v4[0], ipRangesFrom(last)?.v4[0]];
  return from === undefined || to === undefined ? [] : [{ from: from.from, to: to.to }];
}

import { workloadText } from '../../kubernetes/reachability/connections';
import type { Workload } from '../../kubernetes/reachability/workloads';
import { columns, counted, shortened, type Cell } from '../columns';
import { linesOf } from '../output';
import type { EntryPeers } from './entries';
import { namesAmong, portsText, type NamesOf } from './names';
import { rangesTexts } from './outside-lines';
import { spaceLines } from './space-lines';
import { isBothWays, type ConnectionView } from './view';

/** More lines than these nobody reads: then namespaces are told instead of workloads. */
const MOST_LINES = 150;

/** Lines for people: counts, who is open to everybody, then each connection that is left open. */
export function renderTable(view: ConnectionView): string {
  const names = namesAmong(view.workloads);
  const isClose = view.asked.from.kind !== 'any' || view.asked.to.kind !== 'any';
  const cell = (texts: readonly string[]): Cell => shortened(texts, isClose ? Infinity : 4);
  const sections = [
    openSection(view, (workloads) => cell(names(workloads))),
    betweenSection(view, (workloads) => cell(names(workloads))),
    outsideSection(view, names, cell),
    absentSection(view, names, cell),
    entrySection(view, names, cell),
    view.doubts.length === 0 ? [] : ['NOTES', ...view.doubts.map((doubt) => `- ${doubt}`)],
  ];
  return linesOf([summaryOf(view), ...sections.filter(({ length }) => length > 0).flatMap((lines) => ['', ...lines])]);
}

/** How many pairs of workloads the lines stand for. */
function pairsIn({ between }: ConnectionView): number {
  return between.reduce((sum, { from, to }) => {
    const receivers = new Set(to);
    return sum + from.length * to.length - from.filter((one) => receivers.has(one)).length;
  }, 0);
}

function summaryOf(view: ConnectionView): string {
  const { workloads, policies, open } = view;
  const namespaces = new Set(workloads.map(({ namespace }) => namespace)).size;
  const pairs = pairsIn(view);
  const all = workloads.length * (workloads.length - 1);
  const isAll = view.asked.from.kind === 'any' && view.asked.to.kind === 'any' && view.asked.namespace === undefined;
  return [
    `${counted(workloads.length, 'workload')} in ${counted(namespaces, 'namespace')}, ${counted(policies, 'network policy', 'network policies')}`,
    `${counted(pairs, 'connection')} between workloads ${pairs === 1 ? 'is' : 'are'} open${isAll ? ` of ${all} possible` : ''}`,
    `${counted(open.length, 'workload')} ${open.length === 1 ? 'is' : 'are'} open to everybody in some direction`,
  ].join('; ');
}

type CellOf = (workloads: readonly Workload[]) => Cell;

function openSection({ open }: ConnectionView, cellOf: CellOf): readonly string[] {
  if (open.length === 0) return [];
  const kinds = Map.groupBy(open, ({ directions }) =>
    isBothWays(directions) ? 'ingress and egress' : directions.join(),
  );
  const rows = [...kinds].map(([kind, found]) => [[kind], cellOf(found.map(({ workload }) => workload))]);
  return ['OPEN TO EVERYBODY: no policy selects them', ...columns(['FOR', 'WORKLOADS'], rows)];
}

function betweenSection(view: ConnectionView, cellOf: CellOf): readonly string[] {
  const { between } = view;
  const title = 'BETWEEN WORKLOADS';
  if (between.length === 0) return view.workloads.length > 1 ? [title, 'nothing is open'] : [];
  const rows = between.map(({ from, to, traffic }) => [cellOf(from), cellOf(to), [portsText(traffic)]]);
  if (rows.length <= MOST_LINES) return [title, ...columns(['FROM', 'TO', 'PORTS'], rows)];
  const { lines, more } = spaceLines(between, MOST_LINES);
  return [
    `${title}, by namespace: they need ${rows.length} lines; --from, --to and --namespace show each`,
    ...columns(['FROM', 'TO', 'CONNECTIONS', 'PORTS'], lines),
    ...(more === 0 ? [] : [`and ${more} more pairs of namespaces`]),
  ];
}

/** Sections of lines that are too many say so. */
function bounded(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const more = rows.length - MOST_LINES;
  const rest = more > 0 ? [`and ${more} more lines; --from, --to and --namespace show each`] : [];
  return [title, ...columns(head, rows.slice(0, MOST_LINES)), ...rest];
}

function outsideSection({ outside }: ConnectionView, names: NamesOf, cell: (texts: readonly string[]) => Cell) {
  const rows = outside.map(({ direction, ranges, workloads, traffic }) => {
    const [addresses, own] = [cell(rangesTexts(ranges)), cell(names(workloads))];
    return [...(direction === 'ingress' ? [addresses, own] : [own, addresses]), [portsText(traffic)]];
  });
  return bounded('WITH ADDRESSES OUTSIDE', ['FROM', 'TO', 'PORTS'], rows);
}

function absentSection({ absent }: ConnectionView, names: NamesOf, cell: (texts: readonly string[]) => Cell) {
  const rows = absent.map(({ direction, peer, workloads, traffic }) => {
    const own = cell(names(workloads));
    return [...(direction === 'ingress' ? [[peer], own] : [own, [peer]]), [portsText(traffic)]];
  });
  return bounded('ALSO WITH PODS THAT NEED NOT BE AMONG THESE OBJECTS', ['FROM', 'TO', 'PORTS'], rows);
}

function entrySection({ entries }: ConnectionView, names: NamesOf, cell: (texts: readonly string[]) => Cell) {
  const rows = entries.map(({ kind, namespace, name, detail, workload, traffic, openTo }) => [
    [`${kind} ${namespace}/${name} (${detail})`],
    [workloadText(workload)],
    [portsText(traffic)],
    peersCell(openTo, names, cell),
  ]);
  return bounded('INGRESS AND SERVICES FOR THE OUTSIDE', ['OBJECT', 'LEADS TO', 'PORTS', 'OPEN TO'], rows);
}

function peersCell(peers: EntryPeers, names: NamesOf, cell: (texts: readonly string[]) => Cell): Cell {
  if (peers.kind === 'any-controller') return ['any controller'];
  const texts = peers.kind === 'addresses' ? rangesTexts(peers.ranges) : names(peers.workloads);
  if (texts.length > 0) return cell(texts);
  return [peers.kind === 'addresses' ? 'no address' : 'no workload that is here'];
}

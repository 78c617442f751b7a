import { workloadText } from '../../kubernetes/reachability/connections';
import type { Traffic } from '../../kubernetes/reachability/traffic';
import type { Workload } from '../../kubernetes/reachability/workloads';
import { compared } from '../../kubernetes/in-order';
import { columns, counted, joined, listed, shortened, wrapped, type Cell } from '../columns';
import { linesOf } from '../output';
import type { EntryPeers } from './entries';
import { namesAmong, portsText, type NamesOf } from './names';
import { rangesTexts } from './outside-lines';
import { connectionsBetween, spaceLines } from './space-lines';
import { isBothWays, type ConnectionView } from './view';

/** More lines than these nobody reads: then namespaces are told instead of workloads. */
const MOST_LINES = 150;

type CellOf = (texts: readonly string[]) => Cell;

/** Lines for people: counts, who is open to everybody, then each connection that is left open. */
export function renderTable(view: ConnectionView): string {
  const isClose = view.asked.from.kind !== 'any' || view.asked.to.kind !== 'any';
  const exact = namesAmong(view.workloads);
  const open = view.open.filter(({ directions }) => isBothWays(directions)).map(({ workload }) => workload);
  const isLong = !isClose && exact(open).length > 2;
  const names = isLong ? namesAmong(view.workloads, { name: 'those open to everybody', workloads: open }) : exact;
  const cell = (texts: readonly string[]): Cell => shortened(texts, isClose ? Infinity : 4);
  const sections = [
    openSection(view, exact),
    betweenSection(view, (workloads) => cell(names(workloads))),
    outsideSection(view, names, cell),
    absentSection(view, names, cell),
    entrySection(view, names, cell),
    listed('NOTES', view.doubts),
  ];
  return linesOf([
    ...summaryOf(view),
    ...sections.filter(({ length }) => length > 0).flatMap((lines) => ['', ...lines]),
  ]);
}

function summaryOf({ asked, workloads, policies, open, between }: ConnectionView): readonly string[] {
  const namespaces = new Set(workloads.map(({ namespace }) => namespace)).size;
  const pairs = between.reduce((sum, { from, to }) => sum + connectionsBetween(from, to), 0);
  const isAll = asked.from.kind === 'any' && asked.to.kind === 'any' && asked.namespace === undefined;
  const all = isAll
    ? ` of ${counted(workloads.length * (workloads.length - 1), 'possible connection')}`
    : ` ${pairs === 1 ? 'connection' : 'connections'}`;
  return [
    `${counted(workloads.length, 'workload')} in ${counted(namespaces, 'namespace')}, ${counted(policies, 'network policy', 'network policies')}`,
    `${pairs}${all} between ${isAll ? 'workloads' : 'the workloads that are asked for'} ${pairs === 1 ? 'is' : 'are'} open`,
    `${counted(open.length, 'workload')} ${open.length === 1 ? 'is' : 'are'} open to everybody`,
  ];
}

/** The most names of what is open to everybody. */
const MOST_OPEN = 60;

function openSection({ open }: ConnectionView, names: NamesOf): readonly string[] {
  if (open.length === 0) return [];
  const kinds = Map.groupBy(open, ({ directions, cilium }) =>
    [isBothWays(directions) ? 'both ways' : `${directions.join()} only`, ...(cilium ? ['(but for Cilium)'] : [])].join(
      '|',
    ),
  );
  const rows = [...kinds]
    .toSorted(([a], [b]) => compared(a, b))
    .map(([kind, found]) => {
      const all = names(found.map(({ workload }) => workload));
      const more = all.length > MOST_OPEN ? [`and ${all.length - MOST_OPEN} more (--namespace shows them)`] : [];
      return [kind.split('|'), joined([...all.slice(0, MOST_OPEN), ...more], 100)];
    });
  return ['OPEN TO EVERYBODY, for no NetworkPolicy selects them', ...columns(['', 'WORKLOADS'], rows)];
}

function betweenSection(
  { between, workloads }: ConnectionView,
  cellOf: (workloads: readonly Workload[]) => Cell,
): readonly string[] {
  const title = 'BETWEEN WORKLOADS';
  if (between.length === 0) return workloads.length > 1 ? [title, 'nothing is open'] : [];
  if (between.length <= MOST_LINES) {
    const rows = between.map(({ from, to, traffic }) => [cellOf(from), cellOf(to), portsCell(traffic)]);
    return [title, ...columns(['FROM', 'TO', 'PORTS'], rows)];
  }
  return [
    `${title}, counted by namespace: these are ${between.length} lines; --from, --to and --namespace show them`,
    ...columns(['TO', 'CONNECTIONS', 'FROM', 'PORTS'], spaceLines(between)),
  ];
}

/** The most lines of ports of one connection. */
const MOST_PORTS = 8;

function portsCell(traffic: Traffic): Cell {
  const lines = wrapped(portsText(traffic), 50);
  return lines.length <= MOST_PORTS
    ? lines
    : [...lines.slice(0, MOST_PORTS - 1), 'and more (--output json shows them)'];
}

/** Sections of lines that are too many say so. */
function bounded(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const more = rows.length - MOST_LINES;
  const rest = more > 0 ? [`and ${more} more lines; --from, --to and --namespace show each`] : [];
  return [title, ...columns(head, rows.slice(0, MOST_LINES)), ...rest];
}

function outsideSection({ outside }: ConnectionView, names: NamesOf, cell: CellOf) {
  const rows = outside.map(({ direction, ranges, workloads, traffic }) => {
    const [addresses, own] = [cell(rangesTexts(ranges)), cell(names(workloads))];
    return [...(direction === 'ingress' ? [addresses, own] : [own, addresses]), portsCell(traffic)];
  });
  return bounded('WITH ADDRESSES OUTSIDE', ['FROM', 'TO', 'PORTS'], rows);
}

function absentSection({ absent }: ConnectionView, names: NamesOf, cell: CellOf) {
  const rows = absent.map(({ direction, peer, workloads, traffic }) => {
    const own = cell(names(workloads));
    return [...(direction === 'ingress' ? [wrapped(peer, 60), own] : [own, wrapped(peer, 60)]), portsCell(traffic)];
  });
  return bounded('ALSO WITH PODS THAT NEED NOT BE AMONG THESE OBJECTS', ['FROM', 'TO', 'PORTS'], rows);
}

function entrySection({ entries }: ConnectionView, names: NamesOf, cell: CellOf) {
  const rows = entries.map(({ kind, namespace, name, detail, workload, traffic, openTo }) => [
    [`${kind} ${namespace}/${name}`, ...wrapped(`(${detail})`, 60)],
    [workloadText(workload)],
    portsCell(traffic),
    peersCell(openTo, names, cell),
  ]);
  return bounded('INGRESS AND SERVICES FOR THE OUTSIDE', ['OBJECT', 'LEADS TO', 'PORTS', 'OPEN TO'], rows);
}

function peersCell(peers: EntryPeers, names: NamesOf, cell: CellOf): Cell {
  if (peers.kind === 'any-controller') return ['any controller'];
  const texts = peers.kind === 'addresses' ? rangesTexts(peers.ranges) : names(peers.workloads);
  if (texts.length > 0) return cell(texts);
  return [peers.kind === 'addresses' ? 'no address' : 'no workload that is here'];
}

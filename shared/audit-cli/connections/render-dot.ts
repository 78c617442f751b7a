import { workloadText } from '../../kubernetes/reachability/connections';
import type { Workload } from '../../kubernetes/reachability/workloads';
import { linesOf } from '../output';
import { portsText } from './names';
import { rangesTexts } from './outside-lines';
import type { ConnectionView } from './view';

/** A graph for Graphviz: a box for each namespace, an edge for each connection, or a point where many of them meet. */
export function renderDot(view: ConnectionView): string {
  const groups = view.between.map(({ from, to, traffic }) => ({
    from: ids(from),
    to: ids(to),
    label: portsText(traffic),
  }));
  const outside = view.outside.map(({ direction, ranges, workloads, traffic }) => {
    const [own, addresses] = [ids(workloads), rangesTexts(ranges)];
    const label = portsText(traffic);
    return direction === 'ingress' ? { from: addresses, to: own, label } : { from: own, to: addresses, label };
  });
  const edges = [...groups, ...outside].flatMap(({ from, to, label }, at) =>
    edgesOf(from, to, { label, point: `line ${at}` }),
  );
  const named = new Set([...groups, ...outside].flatMap(({ from, to }) => [...from, ...to]));
  const addresses = [...new Set(view.outside.flatMap(({ ranges }) => rangesTexts(ranges)))];
  return linesOf([
    'digraph connections {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...boxes(view.workloads.filter((workload) => named.has(workloadText(workload)))),
    ...addresses.map((name) => `  ${quoted(name)} [shape=ellipse];`),
    ...edges,
    '}',
  ]);
}

const ids = (workloads: readonly Workload[]): readonly string[] => workloads.map(workloadText);

function boxes(workloads: readonly Workload[]): readonly string[] {
  return [...Map.groupBy(workloads, ({ namespace }) => namespace)].flatMap(([namespace, inside]) => [
    `  subgraph ${quoted(`cluster ${namespace}`)} {`,
    `    label=${quoted(namespace)};`,
    ...inside.map(
      (workload) => `    ${quoted(workloadText(workload))} [label=${quoted(`${workload.name}\n${workload.kind}`)}];`,
    ),
    '  }',
  ]);
}

/** Two edges for each workload rather than one for each pair, where that is fewer. */
function edgesOf(
  from: readonly string[],
  to: readonly string[],
  { label, point }: { readonly label: string; readonly point: string },
): readonly string[] {
  if (from.length * to.length <= from.length + to.length) {
    return from.flatMap((one) =>
      to
        .filter((other) => other !== one)
        .map((other) => `  ${quoted(one)} -> ${quoted(other)} [label=${quoted(label)}];`),
    );
  }
  return [
    `  ${quoted(point)} [shape=point, xlabel=${quoted(label)}];`,
    ...from.map((one) => `  ${quoted(one)} -> ${quoted(point)} [arrowhead=none];`),
    ...to.map((other) => `  ${quoted(point)} -> ${quoted(other)};`),
  ];
}

/** A name as DOT takes every text. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

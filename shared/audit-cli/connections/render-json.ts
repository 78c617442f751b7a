import { cidrsOf } from '../../core/ip-ranges';
import { protocols, type Traffic } from '../../kubernetes/reachability/traffic';
import type { Workload } from '../../kubernetes/reachability/workloads';
import type { ManifestProblem } from '../../kubernetes/manifests/read';
import { workloadText } from '../../kubernetes/reachability/connections';
import type { EntryPeers } from './entries';
import { portsOf } from './names';
import type { ConnectionView } from './view';

/**
 * One JSON object that leaves nothing out. Every workload of `from` may send to every one of `to`; where one is in both, its
 * pods may talk to each other.
 */
export function renderJson(view: ConnectionView, problems: readonly ManifestProblem[]): string {
  const told = {
    workloads: view.workloads.map(({ namespace, kind, name, ...workload }) => ({
      id: workloadText({ namespace, kind, name }),
      namespace,
      kind,
      name,
      pods: workload.pods.length,
    })),
    policies: view.policies,
    open: view.open.map(({ workload, ...how }) => ({ workload: workloadText(workload), ...how })),
    connections: view.between.map(({ from, to, traffic }) => ({
      from: ids(from),
      to: ids(to),
      ports: portList(traffic),
    })),
    outside: view.outside.map(({ direction, ranges, workloads, traffic }) => ({
      direction,
      addresses: cidrsOf(ranges),
      workloads: ids(workloads),
      ports: portList(traffic),
    })),
    absentPeers: view.absent.map(({ direction, peer, workloads, traffic }) => ({
      direction,
      peer,
      workloads: ids(workloads),
      ports: portList(traffic),
    })),
    entries: view.entries.map(({ workload, traffic, openTo, ...entry }) => ({
      ...entry,
      workload: workloadText(workload),
      ports: portList(traffic),
      openTo: peersOf(openTo),
    })),
    notes: view.doubts,
    problems,
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}

const ids = (workloads: readonly Workload[]): readonly string[] => workloads.map(workloadText);

function peersOf(peers: EntryPeers) {
  if (peers.kind === 'workloads') return { workloads: ids(peers.workloads) };
  return peers.kind === 'addresses' ? { addresses: cidrsOf(peers.ranges) } : { anyController: true };
}

/** Ports from `first` to `last`, both included. */
function portList(traffic: Traffic) {
  return protocols.flatMap((protocol) => portsOf(traffic, protocol).map((ports) => ({ protocol, ...ports })));
}

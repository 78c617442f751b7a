import { isIn } from './blocks';
import { labelsOfNamespace, type Namespaces, type PodClass } from './pod-classes';
import type { Peer, PodPeer } from './policy';
import { selects } from './selector';

/** Which of the classes a peer of a policy in that namespace means; asked once for peers that select alike. */
export type PeerSets = (peer: Peer, policyNamespace: string) => readonly PodClass[];

export function peerSetsOf(classes: readonly PodClass[], namespaces: Namespaces): PeerSets {
  const byNamespace = Map.groupBy(classes, ({ namespace }) => namespace);
  const known = new Map<string, readonly PodClass[]>();
  return (peer, policyNamespace) => {
    const key = keyOf(peer, policyNamespace);
    const found = known.get(key) ?? meant(peer, policyNamespace);
    known.set(key, found);
    return found;
  };

  function meant(peer: Peer, policyNamespace: string): readonly PodClass[] {
    if (peer.kind === 'block') return classes.filter(({ addresses }) => addresses.some((one) => isIn(one, peer)));
    const found = [...byNamespace].filter(([name]) => isItsNamespace(peer, policyNamespace, name));
    return found
      .flatMap(([, inside]) => inside)
      .filter(({ free, labels }) => !free && (peer.pods === undefined || selects(peer.pods, labels)));
  }

  function isItsNamespace({ namespaces: selector }: PodPeer, policyNamespace: string, name: string): boolean {
    return selector === undefined ? name === policyNamespace : selects(selector, labelsOfNamespace(name, namespaces));
  }
}

function keyOf(peer: Peer, policyNamespace: string): string {
  if (peer.kind === 'pods') return JSON.stringify([peer.namespaces?.key ?? { policyNamespace }, peer.pods?.key ?? '']);
  return [...peer.ranges.v4, ...peer.ranges.v6].map(({ from, to }) => `${from}-${to}`).join();
}

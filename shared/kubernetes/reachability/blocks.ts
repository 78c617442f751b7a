import { ipRangesFrom, isWithinRanges } from '../../core/ip-ranges';
import type { BlockPeer, Policy } from './policy';

export function isIn(address: string, peer: BlockPeer): boolean {
  const ranges = ipRangesFrom(address);
  return ranges !== undefined && isWithinRanges(ranges, peer.ranges);
}

/** Every block of addresses that policies name. */
export function blocksIn(policies: readonly Policy[]): readonly BlockPeer[] {
  const peers = policies.flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress].flatMap(peersIn));
  return peers.filter((peer) => peer.kind === 'block');
}

const peersIn = ({ peers = [] }: NonNullable<Policy['ingress']>[number]) => peers;

import { percentile } from '../../shared/pipeline/posture';
import type { RecordedRequest } from '../sandbox/subscription/index';

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  return { p50: percentile(sorted, 50), p95: percentile(sorted, 95), p99: percentile(sorted, 99) };
}

/** Milliseconds within a span (of epoch milliseconds) during which Azure had at least one request of ours to answer. */
export function azureBusy(requests: readonly RecordedRequest[], from: number, to: number): number {
  const spans = requests
    .map(({ at, ms }) => [Math.max(from, Date.parse(at)), Math.min(to, Date.parse(at) + ms)] as const)
    .filter(([start, end]) => end > start)
    .toSorted(([a], [b]) => a - b);
  let busy = 0;
  let until = from;
  for (const [start, end] of spans) {
    busy += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return busy;
}

export function isArm({ path }: RecordedRequest): boolean {
  return !path.toLowerCase().startsWith('/datacollectionrules/');
}

export const subscriptionId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';

export const estate = {
  name: 'bench',
  tenantId: '6fa459ea-ee8a-4ca4-894e-db77e160355e',
  subscriptionId,
  resources: [],
};

const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-bench`;

export const prepared = [
  {
    id: group,
    name: 'rg-bench',
    type: 'Microsoft.Resources/resourceGroups',
    location: 'westeurope',
    properties: { provisioningState: 'Succeeded' },
  },
  {
    id: `${group}/providers/Microsoft.Network/networkWatchers/watcher`,
    name: 'watcher',
    type: 'Microsoft.Network/networkWatchers',
    location: 'westeurope',
    properties: { provisioningState: 'Succeeded' },
  },
];

export function networkNamed(name: string): {
  readonly id: string;
  readonly location: string;
  readonly properties: Readonly<Record<string, unknown>>;
} {
  return {
    id: `${group}/providers/Microsoft.Network/virtualNetworks/${name}`,
    location: 'westeurope',
    properties: {
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [{ name: 'nodes', properties: { addressPrefix: '10.0.0.0/24' } }],
    },
  };
}

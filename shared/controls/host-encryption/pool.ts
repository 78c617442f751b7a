import type { Json } from '../../core/resource';

/** A pool as its cluster shows it; what is of another type than it has to be counts as not told. */
export interface Pool {
  readonly name: string | undefined;
  readonly mode: string | undefined;
  readonly count: number;
  readonly maxPods: number;
  readonly vmSize: string | undefined;
  readonly vnetSubnetID: string | undefined;
  readonly podSubnetID: string | undefined;
  /** As `name=value`. */
  readonly labels: readonly string[];
  readonly taints: readonly string[];
  readonly enableEncryptionAtHost: Json | undefined;
}

export type PoolJson = Readonly<Record<string, Json>>;

export function readPool(json: PoolJson): Pool {
  const text = (name: string): string | undefined => textIn(json[name]);
  const labels: Json = json['nodeLabels'] ?? null;
  const taints: Json = json['nodeTaints'] ?? null;
  return {
    name: text('name'),
    mode: text('mode'),
    count: numberOr(json['count'], 0),
    // What AKS gives a pool that does not say.
    maxPods: numberOr(json['maxPods'], 30),
    vmSize: text('vmSize'),
    vnetSubnetID: text('vnetSubnetID'),
    podSubnetID: text('podSubnetID'),
    labels: isFields(labels) ? Object.entries(labels).map(([name, value]) => `${name}=${String(value)}`) : [],
    taints: Array.isArray(taints) ? taints.flatMap((taint: Json) => textIn(taint) ?? []) : [],
    enableEncryptionAtHost: json['enableEncryptionAtHost'],
  };
}

/** Undefined when it is no list of objects. */
export function poolsIn(profiles: Json): readonly PoolJson[] | undefined {
  return Array.isArray(profiles) && profiles.every(isFields) ? profiles : undefined;
}

function isFields(json: Json): json is PoolJson {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function textIn(json: Json | undefined): string | undefined {
  return typeof json === 'string' && json !== '' ? json : undefined;
}

function numberOr(json: Json | undefined, otherwise: number): number {
  return typeof json === 'number' ? json : otherwise;
}

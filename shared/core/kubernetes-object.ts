import type { Json } from './resource';

export interface ObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Since when it is about to be gone. */
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly name?: string;
    readonly controller?: boolean;
  }[];
}

/** An object of a cluster, as its API server shows it or as a manifest has it: nothing below `metadata` is checked. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: Json;
  readonly [field: string]: unknown;
}

/** What an API server lists under one path. */
export interface ObjectKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** In lower case, as in paths: `networkpolicies`. */
  readonly plural: string;
}

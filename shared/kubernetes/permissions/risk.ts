/** The rating of a risk. Findings know three; `critical` is a high one that comes first. */
export type Grade = 'critical' | 'high' | 'medium' | 'low';

/** `cluster`: a RoleBinding does not grant it. `both`: it does, inside its namespace, though the object lies outside. */
export type Scope = 'namespaced' | 'cluster' | 'both';

/** Requests of which one is enough. */
export interface Grant {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly scope: Scope;
}

export interface Risk {
  readonly id: string;
  /** What its holder may do, to follow «may». */
  readonly may: string;
  readonly grade: Grade;
  /** Where a RoleBinding grants it. */
  readonly inNamespace?: Grade;
  /** Where it reaches kube-system. */
  readonly inKubeSystem?: Grade;
  readonly grants: readonly Grant[];
  /** Every grant is needed, not just one. */
  readonly all?: true;
  /** It is one in this namespace only. */
  readonly onlyIn?: string;
  /** What to do instead. */
  readonly instead: string;
  /** The public source of the rule. */
  readonly source: string;
}

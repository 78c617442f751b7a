import type { Severity } from '../../core/verdict';
import type { KubernetesObject } from '../object';

/** What is wrong in a namespace, and the object and field that say so, if one does. */
export interface NetworkPolicyProblem {
  /** Permanent name of what is broken, as `no-peers`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly reason: string;
  /** Worth knowing, and no violation: it is short of zero trust only. */
  readonly mild?: true;
  readonly object?: KubernetesObject;
  /** `spec.ingress[0].from[1]` */
  readonly path?: string;
}

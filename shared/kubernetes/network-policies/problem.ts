import type { Problem } from '../../core/verdict';
import type { KubernetesObject } from '../object';

/** What is wrong in a namespace, and the object and field that say so, if one does. */
export interface NetworkPolicyProblem extends Problem {
  readonly object?: KubernetesObject;
  /** `spec.ingress[0].from[1]` */
  readonly path?: string;
}

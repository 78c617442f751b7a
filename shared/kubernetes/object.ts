export type { KubernetesObject, ObjectKind, ObjectMeta } from '../core/kubernetes-object';

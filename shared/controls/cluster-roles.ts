import { inClusterControl } from '../kubernetes/in-cluster-control';
import { clusterRoles as judgement } from '../kubernetes/cluster-roles/findings';

export const clusterRoles = inClusterControl(
  {
    title: 'Nobody has more rights in the cluster than a job needs',
    judges: [
      'Each binding to cluster-admin or to what amounts to it, and the binding that makes the administrators of AKS: who the subjects are, and that they are groups.',
      'Each role and each binding: wildcards, secrets, escalate, bind, impersonate, exec, tokens, nodes/proxy, workloads and webhooks that can be written, for anonymous and for all authenticated users above all.',
      'People have roles of their own, besides those of administrators: by bindings, or where Azure RBAC decides by role assignments of Azure at the cluster, above it or at its namespaces.',
      'What Kubernetes and AKS make for themselves is left out where name, label and subjects fit. A controller that needs broad rights is told with lower severity.',
    ],
    severity: 'high',
    requirement: '11',
  },
  judgement,
);

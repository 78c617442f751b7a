import { agentConfig } from './agent-config/judge';
import { clusterRoles } from './cluster-roles/findings';
import { ingressCertificates } from './ingress-certificates/judge';
import type { InClusterJudgement } from './judgement';
import { meshCertificates } from './mesh-certificates/judge';
import { networkPolicies } from './network-policies/findings';
import { podSecurity } from './pod-security';

/** Every control that judges objects of a cluster, in the order in which they are shown. */
export const judgements: readonly InClusterJudgement[] = [
  podSecurity,
  networkPolicies,
  clusterRoles,
  meshCertificates,
  ingressCertificates,
  agentConfig,
];

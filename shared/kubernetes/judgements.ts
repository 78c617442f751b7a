import { agentConfig } from './agent-config/judge';
import { ingressCertificates } from './ingress-certificates/judge';
import type { InClusterJudgement } from './judgement';

/** Every control that judges objects of a cluster, in the order in which they are shown. */
export const judgements: readonly InClusterJudgement[] = [ingressCertificates, agentConfig];

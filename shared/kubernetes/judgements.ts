import { agentConfig } from './agent-config/judge';
import type { InClusterJudgement } from './judgement';

/** Every control that judges objects of a cluster, in the order in which they are shown. */
export const judgements: readonly InClusterJudgement[] = [agentConfig];

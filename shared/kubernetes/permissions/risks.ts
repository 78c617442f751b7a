import type { Risk } from './risk';
import { clusterRisks } from './risks-of-cluster';
import { identityRisks } from './risks-of-identity';
import { workloadRisks } from './risks-of-workloads';

/** Permissions by which more can be had than they seem to grant. */
export const risks: readonly Risk[] = [...identityRisks, ...workloadRisks, ...clusterRisks];

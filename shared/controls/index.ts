import type { Control } from '../core/control';
import { assignedPolicies } from './assigned-policies';
import { clusterAccess } from './cluster-access';
import { containerLogSettings } from './container-log-settings';
import { diskEncryptionSet } from './disk-encryption-set';
import { flowLogs } from './flow-logs';
import { hostEncryption } from './host-encryption';
import { keyVaultIsolation } from './key-vault-isolation';
import { liveFlowLogs } from './live-flow-logs';
import { clusterRoles } from './cluster-roles';
import { ingressCertificates } from './ingress-certificates';
import { meshCertificates } from './mesh-certificates';
import { networkPolicies } from './network-policies';
import { podSecurity } from './pod-security';
import { nsgRules } from './nsg-rules';
import { managementGroup } from './management-group';
import { policyInitiatives } from './policy-initiatives';
import { sentinelContent } from './sentinel-content';

/** The catalogue. A control is a file of its id in this folder and one line here. */
export const controls: readonly Control[] = [
  flowLogs,
  liveFlowLogs,
  assignedPolicies,
  clusterAccess,
  containerLogSettings,
  diskEncryptionSet,
  hostEncryption,
  keyVaultIsolation,
  nsgRules,
  policyInitiatives,
  managementGroup,
  sentinelContent,
  podSecurity,
  networkPolicies,
  clusterRoles,
  meshCertificates,
  ingressCertificates,
];

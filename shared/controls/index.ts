import type { Control } from '../core/control';
import { assignedPolicies } from './assigned-policies';
import { clusterAccess } from './cluster-access';
import { containerLogSettings } from './container-log-settings';
import { diskEncryptionSet } from './disk-encryption-set';
import { flowLogs } from './flow-logs';
import { hostEncryption } from './host-encryption';
import { liveFlowLogs } from './live-flow-logs';

/** The catalogue. A control is a file of its id in this folder and one line here. */
export const controls: readonly Control[] = [
  flowLogs,
  liveFlowLogs,
  assignedPolicies,
  clusterAccess,
  containerLogSettings,
  diskEncryptionSet,
  hostEncryption,
];

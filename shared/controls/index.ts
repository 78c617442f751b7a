import type { Control } from '../core/control';
import { assignedPolicies } from './assigned-policies';
import { flowLogs } from './flow-logs';
import { keyVaultIsolation } from './key-vault-isolation';
import { liveFlowLogs } from './live-flow-logs';
import { nsgRules } from './nsg-rules';

/** The catalogue. A control is a file of its id in this folder and one line here. */
export const controls: readonly Control[] = [flowLogs, liveFlowLogs, assignedPolicies, nsgRules, keyVaultIsolation];

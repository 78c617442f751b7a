import type { Control } from '../core/control';
import { assignedPolicies } from './assigned-policies';
import { flowLogs } from './flow-logs';
import { liveFlowLogs } from './live-flow-logs';
import { managementGroup } from './management-group';
import { policyInitiatives } from './policy-initiatives';
import { sentinelContent } from './sentinel-content';

/** The catalogue. A control is a file of its id in this folder and one line here. */
export const controls: readonly Control[] = [
  flowLogs,
  liveFlowLogs,
  assignedPolicies,
  policyInitiatives,
  managementGroup,
  sentinelContent,
];

import { agentConfigCases } from './agent-config/conformance';
import type { CaseFiles } from './case-files';
import type { CaseResults } from './case-results';
import { ingressCases } from './ingress-certificates/conformance';
import { permissionCases } from './permissions/cases';
import { networkPolicyCases } from './reachability/cases';
import { standardCases } from './pod-security/conformance';

/** What runs the cases of a folder, by the folder's name. */
export const conformance: Readonly<Record<string, (files: CaseFiles) => CaseResults>> = {
  agentconfig: agentConfigCases,
  ingress: ingressCases,
  networkpolicy: networkPolicyCases,
  pss: standardCases,
  rbac: permissionCases,
};

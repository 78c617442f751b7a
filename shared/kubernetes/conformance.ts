import { agentConfigCases } from './agent-config/conformance';
import type { CaseFiles } from './case-files';
import type { CaseResults } from './case-results';

/** What runs the cases of a folder, by the folder's name. */
export const conformance: Readonly<Record<string, (files: CaseFiles) => CaseResults>> = {
  agentconfig: agentConfigCases,
};

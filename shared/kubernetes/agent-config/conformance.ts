import { fieldsIn, fieldsOf, textOf, type Fields } from '../fields';
import type { CaseFiles } from '../case-files';
import { resultsOf, type CaseResults } from '../case-results';
import type { KubernetesObject } from '../object';
import { agentConfigName, collectedBy, logSettingsKey } from './collected';

/** Cases of what the agent collects by a ConfigMap: `cases.json`. */
export function agentConfigCases(files: CaseFiles): CaseResults {
  const { cases } = fieldsOf(JSON.parse(files.read('cases.json')) as unknown);
  return resultsOf(fieldsIn(cases), (one) => {
    const { stdout, stderr, notTailed } = collectedBy(configMapOf(one));
    return { expected: one['expect'], found: { stdout, stderr, notTailed } };
  });
}

function configMapOf({ schemaVersion, settings }: Fields): KubernetesObject | undefined {
  if (settings === null) return undefined;
  const data = { 'schema-version': textOf(schemaVersion), [logSettingsKey]: textOf(settings) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: agentConfigName, namespace: 'kube-system' }, data };
}

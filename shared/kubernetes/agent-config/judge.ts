import { worstOf } from '../../core/verdict';
import { resourceFactsOf } from '../cluster-facts';
import { at, textOf } from '../fields';
import { referenceOf, type ObjectReference } from '../ids';
import { inOrder } from '../in-order';
import type { ClusterFacts, InClusterJudgement, ObjectFinding, ObjectProblem } from '../judgement';
import { workloadKinds } from '../kinds';
import type { KubernetesObject } from '../object';
import { agentConfigName, collectedBy, logSettingsKey, type Collected, type Stream } from './collected';
import { adviceOn } from './advice';
import { secretsIn } from './environment';
import { proposalFor } from './proposal';

/** What the agent collects by its ConfigMap. What is right is a matter of choice: it has to be chosen, and to take effect. */
export const agentConfig: InClusterJudgement = {
  controlId: 'container-log-settings',
  kinds: ['ConfigMap', ...workloadKinds],
  judge: (given, facts) => {
    const objects = inOrder(given);
    const found = objects.filter(isAgentConfig);
    const unread = facts.unread?.get('ConfigMap');
    if (unread !== undefined) return [unreadFinding(unread)];
    if (found.length > 0) return found.map((one) => findingOf(one, objects, facts));
    // Where no agent runs, nobody misses its settings.
    const hasAgent = resourceFactsOf(facts)?.collectsLogs !== false;
    return facts.isWhole === true && hasAgent ? [findingOf(undefined, objects, facts)] : [];
  },
};

export function isAgentConfig({ kind, apiVersion, metadata }: KubernetesObject): boolean {
  return (
    kind === 'ConfigMap' &&
    apiVersion === 'v1' &&
    metadata.name === agentConfigName &&
    metadata.namespace === 'kube-system'
  );
}

const missing: ObjectReference = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'kube-system',
  name: agentConfigName,
};
const common = {
  aspect: 'agent-config',
  title: 'What the agent in the cluster collects is chosen, and takes effect',
} as const;

function unreadFinding(reason: string): ObjectFinding {
  return {
    ...common,
    object: missing,
    severity: 'medium',
    problems: [],
    unknown: [`the agent’s ConfigMap cannot be read: ${reason}`],
  };
}

function findingOf(
  configMap: KubernetesObject | undefined,
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
): ObjectFinding {
  const collected = collectedBy(configMap);
  const problems = [
    ...(configMap === undefined ? [notThere] : []),
    ...ignoredProblems(configMap, collected),
    ...streamProblems(collected, facts),
    ...environmentProblems(collected, objects),
  ];
  return {
    ...common,
    object: configMap === undefined ? missing : referenceOf(configMap),
    severity: worstOf(problems),
    problems,
    advice: adviceOn(configMap, collected),
    ...(problems.length > 0 && { propose: () => proposalFor(configMap, collected, objects, facts) }),
  };
}

const notThere: ObjectProblem = {
  rule: 'no-agent-config',
  severity: 'low',
  reason: `there is no ConfigMap ${agentConfigName}, so nobody chose what is collected: the output of kube-system and gatekeeper-system is left out, environment variables are taken; say in the ConfigMap what is wanted`,
};

function ignoredProblems(configMap: KubernetesObject | undefined, { ignored }: Collected): readonly ObjectProblem[] {
  if (configMap === undefined || ignored === undefined) return [];
  const isVersion =
    textOf(at(configMap, 'data', 'schema-version'))
      .trim()
      .toLowerCase() !== 'v1';
  return [
    {
      rule: 'agent-config-ignored',
      severity: 'medium',
      reason: `the agent ignores what the ConfigMap says and takes its defaults: ${ignored}; put it right`,
      path: isVersion ? 'data.schema-version' : `data.${logSettingsKey}`,
    },
  ];
}

function streamProblems(
  { stdout, stderr }: Collected,
  { collectedNamespaces = [] }: ClusterFacts,
): readonly ObjectProblem[] {
  const path = `data.${logSettingsKey}`;
  if (!stdout.collected && !stderr.collected)
    return [
      {
        rule: 'nothing-collected',
        severity: 'high',
        reason: 'nothing that containers write is collected: stdout and stderr are both off; switch them on',
        path,
      },
    ];
  const streams = Object.entries({ stdout, stderr });
  return streams.flatMap(([name, stream]) => {
    const missed = collectedNamespaces.filter((namespace) => isMissed(stream, namespace));
    if (missed.length === 0) return [];
    const reason = `${name} of ${missed.join(', ')} has to be collected and is left out: take ${missed.length === 1 ? 'it' : 'them'} out of exclude_namespaces, and set enabled to true`;
    return [{ rule: 'namespace-not-collected', severity: 'medium' as const, reason, path }];
  });
}

const isMissed = (stream: Stream, namespace: string): boolean =>
  !stream.collected || stream.excluded.includes(namespace);

function environmentProblems(
  { environment }: Collected,
  objects: readonly KubernetesObject[],
): readonly ObjectProblem[] {
  const secrets = environment ? secretsIn(objects) : [];
  if (secrets.length === 0) return [];
  const shown = secrets.slice(0, 3).join(', ');
  const more = secrets.length > 3 ? ` and ${secrets.length - 3} more` : '';
  return [
    {
      rule: 'environment-collected',
      severity: 'medium',
      reason: `environment variables are collected, and some hold what comes from a Secret (${shown}${more}), so that everybody who reads the workspace reads it: set enabled of env_var to false`,
      path: `data.${logSettingsKey}`,
    },
  ];
}

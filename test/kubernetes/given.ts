import type { ClusterFacts, InClusterJudgement, ObjectFinding } from '../../shared/kubernetes/judgement';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { readJson } from '../policy/shared-files';

/** An object with the fields that a case needs. */
export function given(apiVersion: string, kind: string, name: string, fields: object = {}): KubernetesObject {
  const { namespace = 'team-a', labels, annotations, ...rest } = fields as Record<string, unknown>;
  const metadata = { name, namespace, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
  return { apiVersion, kind, metadata, ...rest } as unknown as KubernetesObject;
}

/** A Deployment of one container. */
export function deployment(name: string, container: object, fields: object = {}): KubernetesObject {
  const spec = { template: { spec: { containers: [{ name, ...container }] } } };
  return given('apps/v1', 'Deployment', name, { spec, ...fields });
}

/** What is judged of each object: `name: rule, rule`. */
export function rulesOf(judgement: InClusterJudgement, objects: readonly KubernetesObject[], facts: ClusterFacts = {}) {
  return judgement.judge(objects, facts).map(({ object, problems }) => [object.name, problems.map(({ rule }) => rule)]);
}

export function onlyFinding(
  judgement: InClusterJudgement,
  objects: readonly KubernetesObject[],
  facts: ClusterFacts = {},
): ObjectFinding {
  const findings = judgement.judge(objects, facts);
  expect(findings).toHaveLength(1);
  return findings[0]!;
}

/** Every object of the landing zone's cluster. */
export function estateObjects(): readonly KubernetesObject[] {
  const { kubernetes } = readJson('estate/estate.json') as unknown as {
    readonly kubernetes: readonly { path: string }[];
  };
  return kubernetes.map(({ path }) => readJson(`estate/${path}`) as unknown as KubernetesObject);
}

import type { CaseFiles } from '../case-files';
import { resultsOf, type CaseResults } from '../case-results';
import { fieldsIn, fieldsOf, textOf, textsIn, type Fields } from '../fields';
import type { KubernetesObject } from '../object';
import { ingressAdvice, ingressOf, ingressProblems } from './ingress';

/** Cases of what is wrong with an Ingress: `cases.json`. */
export function ingressCases(files: CaseFiles): CaseResults {
  const { cases } = fieldsOf(JSON.parse(files.read('cases.json')) as unknown);
  return resultsOf(fieldsIn(cases), (one) => {
    const ingress = ingressOf(objectOf(one));
    const reasons = ingressProblems(ingress).map(({ rule }) => rule);
    const advisories = ingressAdvice(ingress).map(([name]) => name);
    return {
      expected: { reasons: asSet(textsIn(one['reasons'])), advisories: asSet(textsIn(one['advisories'])) },
      found: { reasons: asSet(reasons), advisories: asSet(advisories) },
    };
  });
}

const asSet = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

function objectOf({ spec, annotations, ingressName }: Fields): KubernetesObject {
  const name = textOf(ingressName) || 'case';
  const metadata = {
    name,
    namespace: 'default',
    annotations: fieldsOf(annotations) as Readonly<Record<string, string>>,
  };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata,
    spec: spec as NonNullable<KubernetesObject['spec']>,
  };
}

import { cidrFrom, isWithinRanges } from '../../core/ip-ranges';
import { at, fieldsIn, fieldsOf, listOf, textOf, textsIn, type Fields } from '../fields';
import type { KubernetesObject } from '../object';
import { versionRefusal } from './served-versions';

/** Why the API server would refuse an object, as far as a control depends on it; undefined: nothing is known against it. */
export function refusalOf(object: KubernetesObject): string | undefined {
  return (
    versionRefusal(object.apiVersion) ?? REFUSALS.get(object.kind)?.(object).find((reason) => reason !== undefined)
  );
}

type Reasons = readonly (string | undefined)[];

const REFUSALS: ReadonlyMap<string, (object: KubernetesObject) => Reasons> = new Map([
  ['NetworkPolicy', ({ spec }) => policyRefusals(fieldsOf(spec))],
  ['Ingress', (object) => (object.apiVersion === 'networking.k8s.io/v1' ? ingressRefusals(fieldsOf(object.spec)) : [])],
  ['ClusterRoleBinding', clusterRoleBindingRefusals],
  ['Role', roleRefusals],
  [
    'Pod',
    ({ spec }) => [listOf(at(spec, 'containers')).length === 0 ? 'spec.containers: a pod has one at least' : undefined],
  ],
]);

function policyRefusals(spec: Fields): Reasons {
  return [
    ...selectorRefusals(spec['podSelector'], 'spec.podSelector'),
    ...fieldsIn(spec['ingress']).flatMap((rule, index) => peerRefusals(rule['from'], `spec.ingress[${index}].from`)),
    ...fieldsIn(spec['egress']).flatMap((rule, index) => peerRefusals(rule['to'], `spec.egress[${index}].to`)),
  ];
}

function peerRefusals(peers: unknown, path: string): Reasons {
  return fieldsIn(peers).flatMap((peer, index) => {
    const place = `${path}[${index}]`;
    const { ipBlock, podSelector, namespaceSelector } = peer;
    const selects = podSelector !== undefined || namespaceSelector !== undefined;
    if (ipBlock === undefined && !selects)
      return [`${place}: a peer has to be named; to allow everybody, leave the list out`];
    if (ipBlock !== undefined && selects) return [`${place}: ipBlock may not stand beside a selector`];
    return [
      ...blockRefusals(fieldsOf(ipBlock), `${place}.ipBlock`, ipBlock === undefined),
      ...selectorRefusals(podSelector, `${place}.podSelector`),
      ...selectorRefusals(namespaceSelector, `${place}.namespaceSelector`),
    ];
  });
}

function blockRefusals(block: Fields, path: string, isAbsent: boolean): Reasons {
  if (isAbsent) return [];
  const cidr = textOf(block['cidr']);
  const range = cidrFrom(cidr);
  if (range === undefined) return [`${path}.cidr: "${cidr}" is no CIDR`];
  return textsIn(block['except']).map((except) => {
    const inner = cidrFrom(except);
    return inner !== undefined && isWithinRanges(inner, range) && !isWithinRanges(range, inner)
      ? undefined
      : `${path}.except: "${except}" does not lie within ${cidr}`;
  });
}

function selectorRefusals(selector: unknown, path: string): Reasons {
  return fieldsIn(at(selector, 'matchExpressions')).map(({ operator, values }, index) => {
    const place = `${path}.matchExpressions[${index}]`;
    const count = listOf(values).length;
    if (operator === 'In' || operator === 'NotIn')
      return count === 0 ? `${place}.values: ${operator} needs a value` : undefined;
    if (operator === 'Exists' || operator === 'DoesNotExist')
      return count > 0 ? `${place}.values: ${operator} takes no value` : undefined;
    return `${place}.operator: In, NotIn, Exists or DoesNotExist is wanted, not ${JSON.stringify(operator)}`;
  });
}

function ingressRefusals(spec: Fields): Reasons {
  return fieldsIn(spec['rules']).flatMap(({ host, http }, rule) => [
    typeof host === 'string' && host !== host.toLowerCase()
      ? `spec.rules[${rule}].host: "${host}" has to be in lower case`
      : undefined,
    ...fieldsIn(at(http, 'paths')).map(({ pathType }, path) =>
      pathType === undefined ? `spec.rules[${rule}].http.paths[${path}].pathType: has to be said` : undefined,
    ),
  ]);
}

function clusterRoleBindingRefusals({ roleRef, subjects }: KubernetesObject): Reasons {
  return [
    at(roleRef, 'kind') === 'Role' ? 'roleRef.kind: a ClusterRoleBinding can bind a ClusterRole alone' : undefined,
    ...fieldsIn(subjects).map(({ kind, namespace }, index) =>
      kind === 'ServiceAccount' && textOf(namespace) === ''
        ? `subjects[${index}].namespace: has to be said`
        : undefined,
    ),
  ];
}

function roleRefusals({ rules }: KubernetesObject): Reasons {
  return fieldsIn(rules).map(({ nonResourceURLs }, index) =>
    listOf(nonResourceURLs).length > 0 ? `rules[${index}].nonResourceURLs: a Role cannot grant them` : undefined,
  );
}

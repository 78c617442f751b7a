import { fieldsOf, isFields, textOf, textsOf, wrongType, type Fields } from './fields';
import { complaintsOfMetadata, nameOf, namespaceOf, titleOf } from './names';
import { complaintsOfRules, ruleOf, selectorsOf, type Rule } from './rule';
import { listOf } from './fields';

export interface Role {
  readonly kind: 'Role' | 'ClusterRole';
  readonly name: string;
  /** Only a Role has one. */
  readonly namespace?: string;
  readonly title: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  /** As they are stored, without what an aggregation adds. */
  readonly rules: readonly Rule[];
  /** Label selectors of the roles whose rules it takes over. */
  readonly selectors: readonly unknown[];
  /** No object says so: every cluster has it. */
  readonly builtIn?: true;
  /** Why the API server would refuse it; empty when it would not. */
  readonly complaints: readonly string[];
}

/** A Role or ClusterRole, whatever its fields hold; undefined for an object of another kind. */
export function roleOf(object: Fields): Role | undefined {
  const kind = textOf(object, 'kind');
  if (kind !== 'Role' && kind !== 'ClusterRole') return undefined;
  const namespace = kind === 'Role' ? namespaceOf(object) : undefined;
  const name = nameOf(object);
  const metadata = fieldsOf(object, 'metadata');
  return {
    kind,
    name,
    ...(namespace !== undefined && { namespace }),
    title: titleOf(kind, namespace, name),
    labels: textsOf(fieldsOf(metadata, 'labels')),
    annotations: textsOf(fieldsOf(metadata, 'annotations')),
    rules: listOf(object, 'rules').map(ruleOf),
    selectors: kind === 'ClusterRole' ? selectorsOf(object) : [],
    complaints: [
      ...complaintsOfMetadata(object),
      ...complaintsOfRules(object, kind === 'Role'),
      ...(kind === 'ClusterRole' ? complaintsOfAggregation(object) : []),
    ],
  };
}

function complaintsOfAggregation(object: Fields): readonly string[] {
  if (object.aggregationRule === undefined || object.aggregationRule === null) return [];
  if (!isFields(object.aggregationRule)) return ['aggregationRule has to be an object'];
  const wrong = wrongType(object.aggregationRule.clusterRoleSelectors, 'list', 'aggregationRule.clusterRoleSelectors');
  if (wrong.length > 0) return wrong;
  const selectors = selectorsOf(object);
  if (selectors.length === 0) return ['aggregationRule.clusterRoleSelectors is missing'];
  return selectors.every(isFields) ? [] : ['aggregationRule.clusterRoleSelectors: every selector has to be an object'];
}

const all = ['*'];
const none: readonly string[] = [];

/** The role that every cluster has, where it is not among the objects. */
export const clusterAdmin: Role = {
  kind: 'ClusterRole',
  name: 'cluster-admin',
  title: 'ClusterRole cluster-admin',
  labels: new Map([['kubernetes.io/bootstrapping', 'rbac-defaults']]),
  annotations: new Map(),
  rules: [
    { apiGroups: all, resources: all, verbs: all, resourceNames: none, nonResourceURLs: none },
    { apiGroups: none, resources: none, verbs: all, resourceNames: none, nonResourceURLs: all },
  ],
  selectors: [],
  builtIn: true,
  complaints: [],
};

import type { ObjectFinding } from '../../shared/kubernetes/judgement';
import { readManifests } from '../../shared/kubernetes/manifests/read';
import { proposalText } from '../../shared/kubernetes/proposal-text';
import { proposalsAmong, type ObjectProposal } from '../../shared/kubernetes/proposals';
import { referenceOf } from '../../shared/kubernetes/ids';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { given } from './given';

const target = { kind: 'cluster', cluster: '/clusters/aks' } as const;
const flux = { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } };

/** What is proposed about an object: some data. */
function proposed(
  name: string,
  data: object,
  object: KubernetesObject = given('v1', 'ConfigMap', name),
  patches: readonly KubernetesObject[] = [{ ...given('v1', 'ConfigMap', name), ...{ data } } as KubernetesObject],
): ObjectProposal {
  const finding: ObjectFinding = {
    object: referenceOf(object),
    title: 'It is set',
    severity: 'low',
    problems: [{ rule: 'unset', severity: 'low', reason: 'it is not set: set it' }],
    propose: () => ({ objects: patches, effects: ['its pods restart'] }),
  };
  return proposalsAmong(target.cluster, [finding], [object], 'a-control')[0]!;
}

const managersIn = (text: string): readonly string[] =>
  [...text.matchAll(/--field-manager=(steward-[a-z2-7]{13}) /g)].map(([, name = '']) => name);
const objectsIn = (text: string) => readManifests(text, 'a.yaml').manifests.map(({ object }) => object);

test('a proposal says what it is about, what is wrong, what it changes and how to apply it', () => {
  const text = proposalText([{ ...proposed('one', { a: 'b' }), findingId: 'f1' }], target);
  expect(text.split('\n').filter((line) => line.startsWith('#') && !line.includes('field-manager'))).toEqual([
    '# Steward, a-control: It is set',
    '# /clusters/aks/kubernetes/core/v1/namespaces/team-a/configmaps/one',
    '# finding f1',
    '# what is wrong:',
    '# - it is not set: set it',
    '# what it changes, and what to look at first:',
    '# - its pods restart',
    '#',
    '# a conflict names who set the field: change it at that source; add --force-conflicts only where there is none, as with kubectl-edit',
  ]);
  expect(text).toMatch(
    /^# to apply: kubectl apply --server-side --validate=warn --field-manager=steward-[a-z2-7]{13} -f -$/m,
  );
  expect(objectsIn(text)).toEqual([{ ...given('v1', 'ConfigMap', 'one'), data: { a: 'b' } }]);
});

test('what GitOps applies is to be changed in its source', () => {
  const text = proposalText([proposed('one', {}, given('v1', 'ConfigMap', 'one', flux))], target);
  expect(text).toContain('# - apps is applied by GitOps: make the change in its repository, or it is undone\n');
});

test('each content has a field manager of its own, or applying one would take away what another had set', () => {
  const [first] = managersIn(proposalText([proposed('one', { a: 'b' })], target));
  const [second] = managersIn(proposalText([proposed('one', { c: 'd' })], target));
  expect(first).toBeDefined();
  expect(first).not.toBe(second);
  expect(managersIn(proposalText([proposed('one', { a: 'b' })], target))).toEqual([first]);
});

test('several that do not meet are applied together', () => {
  const text = proposalText([proposed('one', {}), proposed('two', {}), proposed('two', {})], target);
  expect(managersIn(text)).toHaveLength(1);
  expect(text).toMatch(/^# 3 proposals\n# to apply: kubectl/);
  expect(objectsIn(text).map(({ metadata }) => metadata.name)).toEqual(['one', 'two', 'two']);
});

test('several that are about the same object are applied each by itself', () => {
  const text = proposalText([proposed('one', { a: 'b' }), proposed('one', { c: 'd' })], target);
  expect(text).toMatch(/^# 2 proposals\n# some are about the same object: apply each by itself/);
  expect(new Set(managersIn(text)).size).toBe(2);
});

test.each([
  ['Pod', 'v1'],
  ['Job', 'batch/v1'],
])('a %s is made anew, for an API server changes no container of one that exists', (kind, apiVersion) => {
  const one = given(apiVersion, kind, 'one');
  const text = proposalText([proposed('one', {}, one, [one])], target);
  expect(text).toContain(
    `# to apply: set these fields where the ${kind} is defined, delete it and create it anew: an API server does not change them in one that exists\n`,
  );
  expect(managersIn(text)).toEqual([]);
});

test('among several, one that has to be made anew is told by itself', () => {
  const pod = given('v1', 'Pod', 'one');
  const text = proposalText([proposed('one', {}, pod, [pod]), proposed('two', {})], target);
  expect(text).toMatch(/^# 2 proposals\n# some are about what cannot be changed while it exists: apply each by itself/);
  expect(text).toContain('where the Pod is defined');
  expect(managersIn(text)).toHaveLength(1);
});

test('in files, what is new is added, and only what stands there is changed', () => {
  const [namespace, ingress] = [given('v1', 'Namespace', 'a'), given('networking.k8s.io/v1', 'Ingress', 'shop')];
  const [policy, provider] = [
    given('networking.k8s.io/v1', 'NetworkPolicy', 'deny'),
    given('secrets-store.csi.x-k8s.io/v1', 'SecretProviderClass', 'tls'),
  ];
  const files = { kind: 'files', placeOf: () => 'a.yaml:3' } as const;
  const added = proposalText([proposed('a', {}, namespace, [policy, provider])], files);
  expect(added).toContain('# add them to what is applied\n');
  expect(added).not.toContain('a.yaml:3');
  expect(proposalText([proposed('shop', {}, ingress, [provider, ingress])], files)).toContain(
    '# add SecretProviderClass tls to what is applied\n# set the fields of Ingress shop where the object stands, at a.yaml:3, or',
  );
});

test('for files it is told where the object stands, and no cluster is spoken of', () => {
  const one = proposed('one', {});
  const text = proposalText([one], { kind: 'files', placeOf: () => 'deploy/web.yaml:12' });
  expect(text).toContain('# set these fields where the object stands, at deploy/web.yaml:12');
  expect(text).not.toContain('kubectl');
  expect(proposalText([one], { kind: 'files', placeOf: () => undefined })).toContain('# add it to what is applied\n');
});

test.each(['\n', '\r', '\u0085', '\u2028', '\u2029', '\u0000'])(
  'a name that holds the character %j does not end its comment',
  (character) => {
    const evil = `x${character}---${character}kind: ClusterRole${character}`;
    const object = given('v1', 'ConfigMap', evil);
    const text = proposalText([proposed('one', { a: 'b' }, object)], target);
    expect(objectsIn(text).map(({ kind }) => kind)).toEqual(['ConfigMap']);
    expect(text).toContain('configmaps/x --- kind: ClusterRole');
  },
);

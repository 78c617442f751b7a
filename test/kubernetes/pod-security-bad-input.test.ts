import type { Json } from '../../shared/core/resource';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { podSecurity, podSecurityOf, verdictOf } from '../../shared/kubernetes/pod-security';
import { deploymentOf, goodContainer, goodSpec, ownedBy, podOf, type Given } from './pods-given';

const verdict = (object: unknown) => verdictOf(podSecurityOf([object as KubernetesObject])[0]!);

/** What takes longer has no bound that a person would accept. */
function within<T>(milliseconds: number, action: () => T): T {
  const started = performance.now();
  const result = action();
  expect(performance.now() - started).toBeLessThan(milliseconds);
  return result;
}

test('what is owned by what is owned, and so on for thousands, is judged in bounded time', () => {
  const chain = Array.from({ length: 4_000 }, (_, index) => ({
    ...deploymentOf(
      { containers: [{ name: 'web' }] },
      { name: `r${index}`, ...ownedBy('ReplicaSet', `r${index + 1}`) },
    ),
    kind: 'ReplicaSet',
  }));
  const findings = within(4_000, () => podSecurityOf(chain));
  expect(findings.every(({ problems }) => problems.length > 0)).toBe(true);
});

/** A right pod with every field that a check looks at. */
const full = goodSpec({
  hostNetwork: false,
  hostPID: false,
  hostIPC: false,
  hostUsers: true,
  os: { name: 'linux' },
  volumes: [{ name: 'data', emptyDir: {} }],
  initContainers: [goodContainer({ name: 'setup' })],
  ephemeralContainers: [goodContainer({ name: 'debug' })],
  containers: [
    goodContainer({
      ports: [{ containerPort: 8080, hostPort: 0 }],
      livenessProbe: { httpGet: { host: '' } },
      lifecycle: { preStop: { tcpSocket: { host: '' } } },
      securityContext: {
        privileged: false,
        procMount: 'Default',
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: 10001,
        appArmorProfile: { type: 'RuntimeDefault' },
        seccompProfile: { type: 'RuntimeDefault' },
        seLinuxOptions: { type: 'container_t', level: 's0:c1,c2' },
        windowsOptions: { hostProcess: false },
        capabilities: { drop: ['ALL'], add: [] },
      },
    }),
  ],
  securityContext: { sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }] },
});

type Path = readonly (string | number)[];

function pathsOf(value: Json): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const entries: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? value.map((item: Json, at) => [at, item] as const)
    : Object.entries(value);
  return [[], ...entries.flatMap(([key, inner]) => pathsOf(inner).map((path) => [key, ...path]))];
}

function replacedAt(value: Json, [key, ...rest]: Path, by: Json): Json {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string | number, Json>;
  copy[key] = replacedAt(copy[key] ?? null, rest, by);
  return copy;
}

const kindOf = (value: Json): string => (Array.isArray(value) ? 'list' : typeof value);
const valueAt = (value: Json, path: Path): Json =>
  path.reduce<Json>((inner, key) => (inner as Record<string | number, Json>)[key]!, value);
const unlooked = (path: Path): boolean =>
  path.includes('image') || path.at(-1) === 'value' || path.includes('emptyDir');

test('the pod with every field is right', () => {
  expect(verdict(podOf(full)).state).toBe('compliant');
});

const places = pathsOf(full).filter((path) => !unlooked(path));

test.each<[string, Json]>([
  ['a text', 'yes'],
  ['a number', 7],
  ['true', true],
  ['a list', ['x', 7, null, { name: [] }]],
  ['an object', { name: { name: {} }, type: [] }],
])('%s where something else belongs is never compliant, wherever it is', (_, wrong) => {
  const accepted = places
    .filter((path) => kindOf(valueAt(full, path)) !== kindOf(wrong))
    .filter((path) => verdict(podOf(replacedAt(full, path, wrong) as Given)).state === 'compliant');
  expect(places.length).toBeGreaterThan(60);
  expect(accepted).toEqual([]);
});

test('what is empty counts as absent, and in a list it is wrong', () => {
  const states = places.map((path) => [path, verdict(podOf(replacedAt(full, path, null) as Given)).state] as const);
  const inLists = states.filter(([path]) => typeof path.at(-1) === 'number');
  expect(inLists.length).toBeGreaterThan(5);
  expect(inLists.filter(([, state]) => state === 'compliant')).toEqual([]);
});

test('a wrong type is told with its place', () => {
  expect(verdict(deploymentOf(goodSpec({ hostUsers: 'false' })))).toEqual({
    state: 'unknown',
    reason: 'spec.template.spec.hostUsers is a text, true or false is needed, and an API server refuses it',
  });
});

test('a part of a user is no user', () => {
  expect(verdict(podOf(goodSpec({ securityContext: { runAsUser: 1.5 } }))).state).toBe('unknown');
});

test('what is wrong besides a wrong type stays a violation', () => {
  expect(verdict(podOf(goodSpec({ hostUsers: 'false', hostPID: true }))).state).toBe('violation');
});

test('what only lacks statements is unknown when something cannot be judged', () => {
  expect(verdict(podOf(goodSpec({ hostUsers: 'false', securityContext: { runAsGroup: null } }))).state).toBe('unknown');
});

test.each<[string, unknown]>([
  ['no containers', podOf(goodSpec({ containers: [] }))],
  ['containers that are none', podOf(goodSpec({ containers: null }))],
  ['no spec', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }],
  ['a spec that is a text', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: 'x' }],
  ['no template', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: {} }],
  [
    'a template that is a list',
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { template: [] } },
  ],
  ['no metadata', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: null, spec: { template: { spec: 7 } } }],
  [
    'metadata of wrong types',
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 7, ownerReferences: 'x', labels: [] } },
  ],
])('a workload with %s is unknown', (_, object) => {
  expect(verdict(object).state).toBe('unknown');
});

test('names that mean something to JavaScript, to paths or to this program are only names', () => {
  const names = ['__proto__', 'constructor', '../../etc', 'a]b[c', 'toString', ''];
  const containers = names.map((name) => ({ name, image: 'x' }));
  const annotations = { constructor: 'x', 'container.seccomp.security.alpha.kubernetes.io/__proto__': 'unconfined' };
  const objects = names.map((name) => deploymentOf({ containers }, { name, annotations, ...ownedBy('Owner', name) }));
  const findings = podSecurityOf(objects, { version: '1.18' });
  expect(findings.every((finding) => verdictOf(finding).state === 'violation')).toBe(true);
  expect(podSecurity.judge(objects, {})).toHaveLength(findings.length);
});

test.each(['constructor', 'toString', '__proto__'])('an owner of the kind %s is one like any other', (kind) => {
  const [finding] = podSecurityOf([podOf(goodSpec(), ownedBy(kind, 'x-1', ''))]);
  expect(finding!.object).toEqual({ apiVersion: '', kind, namespace: 'shop', name: 'x-1' });
});

test('10,000 containers in one workload are judged in bounded time, and the reasons stay short', () => {
  const containers = Array.from({ length: 10_000 }, (_, at) => ({ name: `c${at}`, image: 'x' }));
  const [finding] = within(5_000, () => podSecurityOf([deploymentOf({ containers })]));
  expect(finding!.problems[0]!.fields).toHaveLength(10_000);
  expect(finding!.problems[0]!.reason).toMatch(/and 9990 more;/);
  expect(Math.max(...finding!.problems.map(({ reason }) => reason.length))).toBeLessThan(2_000);
});

test('10,000 pods are judged in bounded time', () => {
  const pods = Array.from({ length: 10_000 }, (_, at) =>
    podOf(
      { containers: [{ name: 'a' }, { name: 'b', securityContext: { privileged: true } }] },
      { name: `p${at}`, namespace: `n${at % 50}`, ...ownedBy('ReplicaSet', `web-${at % 500}`) },
    ),
  );
  expect(within(5_000, () => podSecurityOf(pods))).toHaveLength(500);
});

test('names and values of any length are told in short', () => {
  const long = 'x'.repeat(1_000_000);
  const securityContext = { capabilities: { drop: [long] } };
  const spec = goodSpec({ containers: [goodContainer({ name: long, securityContext })] });
  const [finding] = podSecurityOf([podOf(spec)]);
  expect(finding!.problems.map(({ reason }) => reason.length < 1_000)).toEqual([true]);
});

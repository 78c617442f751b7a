import { kubernetesReader } from '../../shared/azure/kubernetes-reader';
import { armReader } from '../../shared/azure/arm-reader';
import { AzureError } from '../../shared/core/errors';
import type { KubernetesObject, ObjectKind } from '../../shared/core/kubernetes-object';
import { clusterRefusals, type ClusterObject, type FaultAnswer } from '../sandbox/subscription/index';
import { bindings, cluster, clusterId, gateways, peers, pod, pods, policies } from './cluster-given';
import { simulatedAzure, type SimulatedAzure } from './simulated-azure';

const secrets = { group: '', version: 'v1', plural: 'secrets' };
const settings = { group: '', version: 'v1', plural: 'configmaps' };
const kinds = [...[pods, policies, bindings, gateways, peers, secrets], { ...settings, names: ['first', 'second'] }];
const readPods = 'Microsoft.ContainerService/managedClusters/pods/read';
const named = Array.from({ length: 250 }, (_, index) => `web-${String(index).padStart(4, '0')}`);
const grants = [
  {
    role: 'reader',
    scope: clusterId,
    actions: [
      'Microsoft.ContainerService/managedClusters/read',
      'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
    ],
    dataActions: [
      readPods,
      'Microsoft.ContainerService/managedClusters/configmaps/read',
      'Microsoft.ContainerService/managedClusters/networking.k8s.io/networkpolicies/read',
      'Microsoft.ContainerService/managedClusters/customresources/read',
    ],
  },
];

let simulated: SimulatedAzure;
let list: (kind: ObjectKind) => Promise<readonly KubernetesObject[]>;
let clock = 0;
let waited: number[] = [];

/** As an instance that has just begun. */
function begin(): void {
  const now = (): string => new Date(clock).toISOString();
  const pause = async (ms: number): Promise<void> => void waited.push(ms);
  const { read } = kubernetesReader(simulated.arm, { kinds, now, pause }, armReader(simulated.arm, now));
  list = async (kind) => {
    const { result } = await read({ kind: 'objects', cluster: clusterId, ...kind });
    return result.state === 'read' ? (result.value as readonly KubernetesObject[]) : [];
  };
}

beforeAll(async () => {
  simulated = await simulatedAzure({ grants });
  simulated.azure.inClusters.put(named.map((name) => pod('shop', name)));
});
afterAll(() => simulated.close());
beforeEach(() => {
  clock = Date.parse('2026-03-01T08:00:00.000Z');
  waited = [];
  simulated.seed([cluster()]);
  begin();
});
afterEach(() => simulated.forget());

const refusedFor = async (kind: ObjectKind = pods): Promise<AzureError> => {
  const error = await list(kind).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AzureError)) throw new Error(`no refusal but ${String(error)}`);
  return error;
};
const listsOf = (plural: string): readonly string[] =>
  simulated
    .sent()
    .filter(({ path }) => path.endsWith(`/${plural}`))
    .map(({ query }) => (query['continue'] === undefined ? 'first' : 'next'));
const answering = (answer: object): FaultAnswer => ({ kind: 'respond', ...answer }) as FaultAnswer;

test('every page of a list is read, each object once, with its kind and version', async () => {
  const found = await list(pods);
  expect(found.map(({ metadata }) => metadata.name)).toEqual(named);
  expect(new Set(found.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`))).toEqual(new Set(['v1 Pod']));
  expect(listsOf('pods')).toEqual(['first', 'next', 'next']);
});

describe('of a kind with names', () => {
  const spaces = Array.from({ length: 120 }, (_, index) => `team-${String(index).padStart(3, '0')}`);
  const configMap = (namespace: string, name: string): ClusterObject => ({
    clusterId,
    id: `${namespace}/${name}`,
    ...settings,
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { a: 'b' } },
  });
  beforeEach(() =>
    simulated.azure.inClusters.put([
      ...spaces.map((namespace) => configMap(namespace, 'second')),
      ...['first', 'other', 'third'].map((name) => configMap('team-000', name)),
    ]),
  );

  test('only these are read, each name page after page', async () => {
    const found = await list(settings);
    expect(found.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'team-000/first',
      ...spaces.map((namespace) => `${namespace}/second`),
    ]);
    const selectors = simulated.sent().filter(({ path }) => path.endsWith('/configmaps'));
    expect(selectors.map(({ query }) => query['fieldSelector'])).toEqual([
      'metadata.name=first',
      'metadata.name=second',
      'metadata.name=second',
    ]);
    expect(listsOf('configmaps')).toEqual(['first', 'first', 'next']);
  });

  test.each([
    ['others', ['other']],
    ['none', undefined],
  ])('whoever asks with %s gets the same', async (_, names) => {
    const widened = await list({ ...settings, names } as ObjectKind);
    expect(new Set(widened.map(({ metadata }) => metadata.name))).toEqual(new Set(['first', 'second']));
  });
});

test('of an object stays what controls ask for', async () => {
  const [first] = await list(pods);
  expect(first).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-0000',
      namespace: 'shop',
      labels: { app: 'web-0000' },
      annotations: { team: 'shop' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-0000-rs', controller: true }],
    },
    spec: { containers: [{ name: 'main', image: 'registry.example/app:1' }], hostNetwork: false },
    status: { phase: 'Running', podIP: '10.0.0.1' },
  });
});

test('the way to a cluster is found once, and again after ten minutes', async () => {
  await Promise.all([list(pods), list(policies)]);
  const asked = (): number => simulated.sent().filter(({ path }) => /listClusterUserCredential$/.test(path)).length;
  expect(asked()).toBe(1);
  clock += 599_000;
  await list(policies);
  expect(asked()).toBe(1);
  clock += 2_000;
  await list(policies);
  expect(asked()).toBe(2);
});

describe('what the cluster does not have is none', () => {
  test('a kind without objects', async () => expect(await list(policies)).toEqual([]));
  test('a group that nobody installed', async () => expect(await list(gateways)).toEqual([]));
  test('a kind that its group does not have', async () => {
    simulated.fault('/networkpolicies', answering(clusterRefusals.unknownResource()));
    expect(await list(policies)).toEqual([]);
  });
});

test('a group that is served in another version has its objects in that one', async () => {
  const object = {
    apiVersion: 'security.istio.io/v1beta1',
    kind: 'PeerAuthentication',
    metadata: { name: 'default', namespace: 'shop' },
    spec: { mtls: { mode: 'STRICT' } },
  };
  simulated.azure.inClusters.put([{ clusterId, id: 'default', ...peers, version: 'v1beta1', object }]);
  expect(await list(peers)).toEqual([object]);
});

describe('pages that expire', () => {
  const expire = (times: number): void => {
    let left = times;
    simulated.azure.faults.add({
      match: ({ path }) => {
        if (left > 0 && path.endsWith('/pods') && listsOf('pods').at(-1) === 'first') {
          left -= 1;
          simulated.azure.inClusters.compact(clusterId);
        }
        return false;
      },
      answer: { kind: 'disconnect' },
    });
  };

  test('once are read again from the beginning', async () => {
    expire(1);
    expect((await list(pods)).map(({ metadata }) => metadata.name)).toEqual(named);
    expect(listsOf('pods')).toEqual(['first', 'next', 'first', 'next', 'next']);
  });

  test('twice are gone on with as things are now', async () => {
    expire(2);
    expect((await list(pods)).map(({ metadata }) => metadata.name)).toEqual(named);
    expect(listsOf('pods')).toEqual(['first', 'next', 'first', 'next', 'next', 'next']);
  });
});

describe('a refusal is told with what to grant', () => {
  test('where Azure decides, a role has to be assigned', async () => {
    const error = await refusedFor(bindings);
    expect(error).toMatchObject({ status: 403, code: 'ClusterRoleNotAssigned', retryable: false });
    expect(error.message).toMatch(/^clusterrolebindings\.rbac.* is forbidden: User ".+" cannot list resource/);
  });

  test('where the cluster decides, a ClusterRole has to be bound', async () => {
    simulated.seed([cluster({ aadProfile: { managed: true } })]);
    expect(await refusedFor()).toMatchObject({ status: 403, code: 'ClusterRoleNotBound', retryable: false });
  });

  test('a token that is refused is taken anew once', async () => {
    simulated.fault('/pods', answering(clusterRefusals.unauthorized()));
    expect(await list(pods)).toHaveLength(250);
    expect(simulated.sent().filter(({ path }) => path.endsWith('/listClusterUserCredential'))).toHaveLength(2);
    simulated.fault('/pods', answering(clusterRefusals.unauthorized()), 2);
    expect(await refusedFor()).toMatchObject({ status: 401, code: 'ClusterTokenRefused', retryable: false });
  });
});

describe('a server that is busy', () => {
  test('for a moment is waited for', async () => {
    simulated.fault('/pods', answering(clusterRefusals.busy()), 3);
    expect(await list(pods)).toHaveLength(250);
    expect(waited).toEqual([1_000, 1_000, 1_000]);
  });

  test('for longer is a refusal for now', async () => {
    simulated.fault('/pods', answering(clusterRefusals.busy()), 4);
    expect(await refusedFor()).toMatchObject({ status: 429, code: 'TooManyRequests', retryable: true, retryAfter: 1 });
  });

  test('that fails is asked again at once, and is a refusal for now when it stays so', async () => {
    const failure = answering({ status: 503, body: 'the server is starting' });
    simulated.fault('/pods', failure, 2);
    expect(await list(pods)).toHaveLength(250);
    simulated.fault('/pods', failure, 3);
    expect(await refusedFor()).toMatchObject({ status: 503, retryable: true, message: 'the server is starting' });
  });
});

describe('a cluster that does not answer', () => {
  const silent = (): void => simulated.fault('/version', { kind: 'disconnect' }, Infinity);

  test('is told once for all kinds, and not tried again for half a minute', async () => {
    silent();
    const [one, two] = await Promise.all([refusedFor(), refusedFor(policies)]);
    expect(one).toMatchObject({ status: 0, code: 'ClusterNotReached', retryable: false });
    expect(two).toBe(one);
    const tries = simulated.sent().filter(({ path }) => path.endsWith('/version')).length;
    simulated.forget();
    await refusedFor();
    expect(tries).toBeGreaterThan(0);
    expect(simulated.sent()).toEqual([]);
    clock += 31_000;
    expect(await list(pods)).toHaveLength(250);
  });

  test('and is new is tried again by and by', async () => {
    simulated.seed([cluster({}, { systemData: { createdAt: '2026-03-01T07:30:00.000Z' } })]);
    silent();
    expect(await refusedFor()).toMatchObject({ code: 'ClusterNotReached', retryable: true, retryAfter: 60 });
  });

  test.each([
    ['is being made', { provisioningState: 'Creating' }, { code: 'ClusterNotReady', retryable: true, retryAfter: 60 }],
    ['is stopped', { powerState: { code: 'Stopped' } }, { code: 'ClusterStopped', retryable: false }],
    ['knows no Entra ID', { aadProfile: null }, { code: 'ClusterWithoutEntra', retryable: false }],
  ])('because it %s is not asked for credentials', async (_, properties, refusal) => {
    simulated.seed([cluster(properties)]);
    expect(await refusedFor()).toMatchObject(refusal);
    expect(simulated.sent().map(({ method }) => method)).toEqual(['GET']);
  });

  test('because the app may not ask for its kubeconfig is refused in Azure’s words', async () => {
    const denied = { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no right' } } };
    simulated.fault('/listClusterUserCredential', answering(denied));
    expect(await refusedFor()).toMatchObject({ status: 403, code: 'AuthorizationFailed', retryable: false });
  });

  test('because nobody knows it does not pass for an empty one', async () => {
    await simulated.azure.remove(clusterId);
    expect(await refusedFor()).toMatchObject({ code: 'ClusterNotFound', retryable: false });
  });
});

test.each([
  ['secrets, even where they are declared,', secrets, 'secrets of clusters are never read'],
  [
    'what nobody declared',
    { group: '', version: 'v1', plural: 'events' },
    'events of the core group in v1 are not among',
  ],
])('%s are never asked for', async (_, kind, message) => {
  await expect(list(kind)).rejects.toThrow(message);
  expect(simulated.sent()).toEqual([]);
});

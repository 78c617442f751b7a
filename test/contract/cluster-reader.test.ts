import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject, ObjectKind } from '../../shared/core/kubernetes-object';
import { proposalOf, type ClusterFacts, type InClusterJudgement } from '../../shared/kubernetes/judgement';
import { judgements } from '../../shared/kubernetes/judgements';
import { readKinds, type ReadKind } from '../../shared/kubernetes/kinds';
import { createCertificate } from '../sandbox/subscription/certificate';
import { between, closeAll, reading, refusalOf, type List } from './cluster-connection';
import { builtIn, configMaps, custom, frontDoor, gatewayTo, many, namespace, nightly } from './cluster-objects';
import { clusterTarget, type ClusterTarget, type Told } from './cluster-target';

/** What the reader of clusters takes for granted about an API server. */
jest.setTimeout(900_000);

let cluster: ClusterTarget;
let list: List;

const kindOf = (plural: string, group = '', version = 'v1'): ObjectKind => ({ group, version, plural });
const services = kindOf('services');
const gateways = kindOf('gateways', 'gateway.networking.k8s.io');
const pathOf = ({ group, version, plural }: ObjectKind): string =>
  `/${group === '' ? 'api' : `apis/${group}`}/${version}/${plural}`;

interface Listed {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly continue?: string };
  readonly items: readonly KubernetesObject[];
}
const listIn = ({ body }: Told): Listed => body as Listed;

/** Everything of a kind, whole, as whoever may do everything is shown it. */
async function wholeOf(kind: ObjectKind): Promise<readonly KubernetesObject[]> {
  for (const version of [kind.version, 'v1beta1']) {
    const told = await cluster.ask(pathOf({ ...kind, version }));
    if (told.status === 404) continue;
    const { kind: listKind, apiVersion, items } = listIn(told);
    return items.map((item) => ({ ...item, apiVersion, kind: listKind.slice(0, -'List'.length) }));
  }
  return [];
}

beforeAll(async () => {
  cluster = await clusterTarget();
  const role = readFileSync(join(__dirname, '../../infra/kubernetes/reader.yaml'), 'utf8');
  const roles = parseAllDocuments(role.replaceAll('PRINCIPAL_ID', cluster.user)).map(
    (one) => one.toJS() as KubernetesObject,
  );
  await cluster.put([...roles, ...builtIn, ...configMaps, ...frontDoor, ...many, ...custom]);
  const resources = (await cluster.ask('/apis/batch/v1')).body as { readonly resources: readonly { name: string }[] };
  await cluster.put(nightly(resources.resources.some(({ name }) => name === 'cronjobs') ? 'v1' : 'v1beta1'));
  list = reading(cluster, cluster.access('reader'));
});
afterAll(() => cluster.close());
afterEach(closeAll);

const key = ({ apiVersion, kind, metadata }: KubernetesObject): string =>
  [apiVersion, kind, metadata.namespace, metadata.name].join(' ');
const ours = (objects: readonly KubernetesObject[]): readonly (string | undefined)[] =>
  objects.filter(({ metadata }) => metadata.namespace === namespace).map(({ metadata }) => metadata.name);
const manyOf = (objects: readonly KubernetesObject[]): readonly (string | undefined)[] =>
  ours(objects).filter((name) => name?.startsWith('many-'));
const all = many.map(({ metadata }) => metadata.name);

test.each(readKinds.map((kind): [string, ReadKind] => [`${kind.plural} ${kind.group}`, kind]))(
  'the role lets read all %s that are read, and each is read once with its kind and version',
  async (_, kind) => {
    const found = await list(kind);
    const isRead = ({ metadata }: KubernetesObject): boolean => kind.names?.includes(metadata.name ?? '') !== false;
    expect(found.map(key).toSorted()).toEqual((await wholeOf(kind)).filter(isRead).map(key).toSorted());
  },
);

test('of every kind that each cluster has, at least one was there to be read', async () => {
  const own = readKinds.filter(
    ({ group }) => !group.includes('.') || /^(networking|rbac\.authorization)\.k8s\.io$/.test(group),
  );
  const counts = await Promise.all(own.map(async (kind) => [kind.kind, (await list(kind)).length > 0]));
  expect(counts.filter(([, some]) => some === false)).toEqual([]);
});

describe('a list', () => {
  test('is asked for in pages, each with the token of the one before', async () => {
    const proxy = await between(cluster.access('reader').place);
    const paged = reading(cluster, { ...cluster.access('reader'), place: proxy.place });
    expect(manyOf(await paged(services))).toEqual(all);
    const pages = proxy.asked.filter((path) => path.includes('/services'));
    expect(pages.length).toBeGreaterThanOrEqual(3);
    expect(pages[0]).toBe('GET /api/v1/services?limit=100');
    for (const page of pages.slice(1)) expect(page).toMatch(/^GET \/api\/v1\/services\?limit=100&continue=[^&]+$/);
  });

  test('of the server’s own kinds has items without kind and version', async () => {
    const { kind, apiVersion, items } = listIn(await cluster.ask('/api/v1/pods'));
    expect([kind, apiVersion]).toEqual(['PodList', 'v1']);
    expect(items.filter((item) => 'kind' in item || 'apiVersion' in item)).toEqual([]);
  });

  test('of custom kinds has items with kind and version', async () => {
    const { kind, items } = listIn(await cluster.ask('/apis/gateway.networking.k8s.io/v1/gatewayclasses'));
    expect(kind).toBe('GatewayClassList');
    expect(items.map((item) => [item.apiVersion, item.kind])).toContainEqual([
      'gateway.networking.k8s.io/v1',
      'GatewayClass',
    ]);
  });

  test('of more than 128 KiB comes compressed, and a small one does not', async () => {
    const large = await cluster.ask('/api/v1/services?limit=100', 'reader');
    expect(large.text.length).toBeGreaterThan(128 * 1_024);
    expect(large).toMatchObject({ status: 200, encoding: 'gzip' });
    expect(large.size).toBeLessThan(large.text.length / 2);
    expect(await cluster.ask('/api/v1/services?limit=1', 'reader')).toMatchObject({
      status: 200,
      encoding: undefined,
    });
  });
});

describe('what a server does not have is none', () => {
  test.each([
    ['a group that nobody installed', kindOf('meshconfigs', 'config.openservicemesh.io', 'v1alpha2')],
    ['a kind that a custom group does not have', kindOf('ciliumclusterwidenetworkpolicies', 'cilium.io', 'v2')],
  ])('%s', async (_, kind) => {
    expect((await cluster.ask(pathOf(kind))).text).toBe('404 page not found\n');
    expect(await list(kind)).toEqual([]);
  });

  test('a kind that one of the server’s own groups does not have is refused by a Status', async () => {
    expect(await cluster.ask('/apis/networking.k8s.io/v1/nosuchthings')).toMatchObject({
      status: 404,
      body: { kind: 'Status', reason: 'NotFound', message: 'the server could not find the requested resource' },
    });
  });
});

describe('a kind is read in the version in which it is served', () => {
  test('where its group has other kinds in the wanted one', async () => {
    expect((await cluster.ask(pathOf(gateways))).status).toBe(404);
    expect(await list(gateways)).toMatchObject([
      { apiVersion: 'gateway.networking.k8s.io/v1beta1', kind: 'Gateway', spec: { gatewayClassName: 'contract' } },
    ]);
  });

  test('where its group is in another one only', async () => {
    expect(await list(kindOf('peerauthentications', 'security.istio.io'))).toMatchObject([
      { apiVersion: 'security.istio.io/v1beta1', kind: 'PeerAuthentication', spec: { mtls: { mode: 'PERMISSIVE' } } },
    ]);
  });

  test('CronJobs, which servers of before 1.21 have in an older one', async () => {
    expect(ours(await list(kindOf('cronjobs', 'batch')))).toEqual(['nightly']);
  });
});

describe('a refusal', () => {
  test('of a token that the server does not know is that of the token', async () => {
    const wrong = reading(cluster, { ...cluster.access('reader'), token: await foreignToken() });
    expect(await refusalOf(wrong(services))).toMatchObject({
      status: 401,
      code: 'ClusterTokenRefused',
      message: 'Unauthorized',
      retryable: false,
    });
  });

  test('of whoever was granted nothing names what has to be granted', async () => {
    const error = await refusalOf(
      reading(cluster, cluster.access('stranger'))(kindOf('networkpolicies', 'networking.k8s.io')),
    );
    expect(error).toMatchObject({ status: 403, code: 'ClusterRoleNotBound', retryable: false });
    expect(error.message).toMatch(
      /^networkpolicies\.networking\.k8s\.io is forbidden: User ".+" cannot list resource "networkpolicies" in API group "networking\.k8s\.io" at the cluster scope$/,
    );
  });

  test('meets whoever was granted nothing also where there is nothing', async () => {
    const stranger = reading(cluster, cluster.access('stranger'));
    const error = await refusalOf(stranger(kindOf('meshconfigs', 'config.openservicemesh.io', 'v1alpha2')));
    expect(error).toMatchObject({ status: 403, code: 'ClusterRoleNotBound' });
  });

  test('is what another authority’s certificate gets, before the token is sent', async () => {
    const other = await createCertificate('another authority');
    const { place, token } = cluster.access('reader');
    const error = await refusalOf(reading(cluster, { place: { ...place, ca: other.cert }, token })(services));
    await other.remove();
    expect(error).toMatchObject({ code: 'ClusterNotTrusted', retryable: false });
  });
});

describe('pages that expire', () => {
  let first: Listed;
  let expired: string;
  let nexts: readonly string[];

  beforeAll(async () => {
    const { items } = listIn(await cluster.ask('/api/v1/services'));
    nexts = Array<string>(Math.ceil(items.length / 100) - 1).fill('next');
    first = listIn(await cluster.ask('/api/v1/services?limit=100'));
    expired = `/api/v1/services?limit=100&continue=${encodeURIComponent(first.metadata.continue ?? '')}`;
    await cluster.expire(expired);
  });

  /** Reads a list whose second page has expired so often by the time it is asked for. */
  async function readExpiring(
    times: number,
  ): Promise<{ readonly names: readonly unknown[]; readonly order: readonly string[] }> {
    let left = times;
    const proxy = await between(cluster.access('reader').place, (path) => {
      if (!/services.*continue=/.test(path) || left === 0) return path;
      left -= 1;
      return expired;
    });
    const names = manyOf(await reading(cluster, { ...cluster.access('reader'), place: proxy.place })(services));
    const order = proxy.asked
      .filter((path) => path.includes('/services'))
      .map((path) => (path.includes('continue=') ? 'next' : 'first'));
    return { names, order };
  }

  test('are refused as such, with a token that goes on', async () => {
    const told = await cluster.ask(expired);
    expect(told).toMatchObject({ status: 410, body: { kind: 'Status', reason: 'Expired' } });
    const token = (told.body as Listed).metadata.continue ?? '';
    const rest = await cluster.ask(`/api/v1/services?continue=${encodeURIComponent(token)}`);
    expect(manyOf([...first.items, ...listIn(rest).items])).toEqual(all);
  });

  test('once are read again from the beginning', async () => {
    const { names, order } = await readExpiring(1);
    expect(names).toEqual(all);
    expect(order).toEqual(['first', 'next', 'first', ...nexts]);
  });

  test('twice are gone on with as things are now', async () => {
    const { names, order } = await readExpiring(2);
    expect(names).toEqual(all);
    expect(order).toEqual(['first', 'next', 'first', 'next', ...nexts]);
  });
});

describe('ConfigMaps', () => {
  const path = '/api/v1/configmaps';
  const named = (name: string): string => `${path}?limit=100&fieldSelector=metadata.name%3D${name}`;

  test('are asked for by name only, in all namespaces', async () => {
    const proxy = await between(cluster.access('reader').place);
    const watched = reading(cluster, { ...cluster.access('reader'), place: proxy.place });
    const found = await watched(kindOf('configmaps'));
    expect(found.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      `${namespace}/cilium-config`,
      'kube-system/container-azm-ms-agentconfig',
      `${namespace}/container-azm-ms-agentconfig`,
      `${namespace}/osm-config`,
    ]);
    expect(proxy.asked.filter((one) => one.includes('/configmaps'))).toEqual(
      ['cilium-config', 'container-azm-ms-agentconfig', 'osm-config'].map((name) => `GET ${named(name)}`),
    );
  });

  test.each([
    ['all', path, ''],
    ['of another name', named('settings'), ' "settings"'],
    ['of all names but one', `${path}?fieldSelector=metadata.name!%3Dosm-config`, ''],
    ['of a namespace', `${path}?fieldSelector=metadata.namespace%3D${namespace}`, ''],
  ])('%s are refused to the reader', async (_, asked, name) => {
    const { status, body } = await cluster.ask(asked, 'reader');
    expect([status, (body as { readonly message: string }).message]).toEqual([
      403,
      `configmaps${name} is forbidden: User "${cluster.user}" cannot list resource "configmaps" in API group "" at the cluster scope`,
    ]);
  });

  test('of a name that is granted are not refused, wherever they are', async () => {
    const { items } = listIn(await cluster.ask(named('container-azm-ms-agentconfig'), 'reader'));
    expect(items.map(({ metadata }) => metadata.namespace)).toEqual(['kube-system', namespace]);
  });
});

describe('a field selector', () => {
  const selected = (kind: string, selector: string): Promise<Told> =>
    cluster.ask(`/api/v1/${kind}?limit=100&fieldSelector=${encodeURIComponent(selector)}`);

  test.each([
    ['a name', 'metadata.name=settings', ['settings']],
    ['a name and a namespace', `metadata.name==settings,metadata.namespace=${namespace}`, ['settings']],
    ['a name in another namespace', 'metadata.name=settings,metadata.namespace=kube-system', []],
    [
      'what has another name',
      `metadata.namespace=${namespace},metadata.name!=container-azm-ms-agentconfig,metadata.name!=cilium-config`,
      ['osm-config', 'settings'],
    ],
  ])('selects %s', async (_, selector, names) => {
    const { items } = listIn(await selected('configmaps', selector));
    expect(items.map(({ metadata }) => metadata.name)).toEqual(names);
  });

  test.each([
    ['another field', 'data.a=b', '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"'],
    ['no condition', 'metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
  ])('of %s is refused', async (_, selector, message) => {
    expect(await selected('configmaps', selector)).toMatchObject({
      status: 400,
      body: { kind: 'Status', reason: 'BadRequest', message },
    });
  });

  test('is paged like everything, and how many are left is not told', async () => {
    const { metadata, items } = listIn(await selected('services', `metadata.namespace=${namespace}`));
    expect(items).toHaveLength(100);
    expect(Object.keys(metadata)).toContain('continue');
    expect(Object.keys(metadata)).not.toContain('remainingItemCount');
  });
});

describe('Secrets', () => {
  test('are not granted by the role, and the server refuses them', async () => {
    expect((await cluster.ask('/api/v1/secrets', 'reader')).status).toBe(403);
    expect((await cluster.ask(`/api/v1/namespaces/${namespace}/secrets`, 'reader')).status).not.toBe(200);
  });

  test('are never asked for, and nothing is but lists and what the server says of itself', async () => {
    const proxy = await between(cluster.access('reader').place);
    const watched = reading(cluster, { ...cluster.access('reader'), place: proxy.place });
    for (const kind of readKinds) await watched(kind);
    expect(proxy.asked.filter((path) => /secrets(\?|$|\/)/.test(path))).toEqual([]);
    const plain = /^GET \/(version|apis\/[^/?]+(\/v\w+)?)$/;
    const lists = /^GET \/(api\/v1|apis\/[^/?]+\/v\w+)\/[a-z]+\?limit=\d+(&fieldSelector=[^&]+)?(&continue=[^&]+)?$/;
    expect(proxy.asked.filter((path) => !plain.test(path) && !lists.test(path))).toEqual([]);
  });
});

describe('what is kept of the objects is all that judgements need:', () => {
  const facts: ClusterFacts = {
    kubernetesVersion: '1.33',
    today: '2026-11-24',
    cluster: { networkProfile: { networkPlugin: 'azure', networkPolicy: 'azure' } },
    isWhole: true,
    applicationGateways: [gatewayTo('ours', '10.1.0.40'), gatewayTo('other', '10.9.0.4')],
  };
  let whole: readonly KubernetesObject[];
  let kept: readonly KubernetesObject[];

  beforeAll(async () => {
    whole = (await Promise.all(readKinds.map(wholeOf))).flat();
    kept = (await Promise.all(readKinds.map(list))).flat();
  });

  const found = ({ judge }: InClusterJudgement, objects: readonly KubernetesObject[]): readonly object[] =>
    judge(objects, facts).map((one) => ({ ...one, propose: undefined, proposal: proposalOf(one) }));

  test.each(judgements.map((one) => [one.controlId, one] as const))(
    '%s finds and proposes the same',
    (_, judgement) => {
      const inFull = found(judgement, whole);
      expect(inFull.length).toBeGreaterThan(0);
      expect(found(judgement, kept)).toEqual(inFull);
    },
  );
});

/** A token of Azure's for something else. */
const foreignToken = async (): Promise<string> => {
  const { arm } = cluster.azure;
  return (await arm.credential.getToken(arm.tokenScope))?.token ?? '';
};

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject, ObjectKind } from '../../shared/core/kubernetes-object';
import type { ClusterFacts } from '../../shared/kubernetes/judgement';
import { judgements } from '../../shared/kubernetes/judgements';
import { readKinds, type ReadKind } from '../../shared/kubernetes/kinds';
import { createCertificate } from '../sandbox/subscription/certificate';
import { between, closeAll, reading, refusalOf, type List } from './cluster-connection';
import { builtIn, custom, namespace, nightly, settings } from './cluster-objects';
import { clusterTarget, type ClusterTarget, type Told } from './cluster-target';

/** What the reader of clusters takes for granted about an API server. */
jest.setTimeout(900_000);

let cluster: ClusterTarget;
let list: List;

const kindOf = (plural: string, group = '', version = 'v1'): ObjectKind => ({ group, version, plural });
const configMaps = kindOf('configmaps');
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
  await cluster.put([...roles, ...builtIn, ...settings, ...custom]);
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

test.each(readKinds.map((kind): [string, ReadKind] => [`${kind.plural} ${kind.group}`, kind]))(
  'the role lets read all %s, and each is read once with its kind and version',
  async (_, kind) => {
    const found = await list(kind);
    expect(found.map(key).toSorted()).toEqual((await wholeOf(kind)).map(key).toSorted());
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
    expect(ours(await paged(configMaps))).toEqual(settings.map(({ metadata }) => metadata.name));
    const pages = proxy.asked.filter((path) => path.includes('/configmaps'));
    expect(pages.length).toBeGreaterThanOrEqual(3);
    expect(pages[0]).toBe('GET /api/v1/configmaps?limit=100');
    for (const page of pages.slice(1)) expect(page).toMatch(/^GET \/api\/v1\/configmaps\?limit=100&continue=[^&]+$/);
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
    const large = await cluster.ask('/api/v1/configmaps?limit=100', 'reader');
    expect(large.text.length).toBeGreaterThan(128 * 1_024);
    expect(large).toMatchObject({ status: 200, encoding: 'gzip' });
    expect(large.size).toBeLessThan(large.text.length / 2);
    expect(await cluster.ask('/api/v1/configmaps?limit=1', 'reader')).toMatchObject({
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
    expect(await refusalOf(wrong(configMaps))).toMatchObject({
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
    const error = await refusalOf(reading(cluster, { place: { ...place, ca: other.cert }, token })(configMaps));
    await other.remove();
    expect(error).toMatchObject({ code: 'ClusterNotTrusted', retryable: false });
  });
});

describe('pages that expire', () => {
  const all = settings.map(({ metadata }) => metadata.name);
  let first: Listed;
  let expired: string;
  let nexts: readonly string[];

  beforeAll(async () => {
    const { items } = listIn(await cluster.ask('/api/v1/configmaps'));
    nexts = Array<string>(Math.ceil(items.length / 100) - 1).fill('next');
    first = listIn(await cluster.ask('/api/v1/configmaps?limit=100'));
    expired = `/api/v1/configmaps?limit=100&continue=${encodeURIComponent(first.metadata.continue ?? '')}`;
    await cluster.expire(expired);
  });

  /** Reads a list whose second page has expired so often by the time it is asked for. */
  async function readExpiring(
    times: number,
  ): Promise<{ readonly names: readonly unknown[]; readonly order: readonly string[] }> {
    let left = times;
    const proxy = await between(cluster.access('reader').place, (path) => {
      if (!/configmaps.*continue=/.test(path) || left === 0) return path;
      left -= 1;
      return expired;
    });
    const names = ours(await reading(cluster, { ...cluster.access('reader'), place: proxy.place })(configMaps));
    const order = proxy.asked
      .filter((path) => path.includes('/configmaps'))
      .map((path) => (path.includes('continue=') ? 'next' : 'first'));
    return { names, order };
  }

  test('are refused as such, with a token that goes on', async () => {
    const told = await cluster.ask(expired);
    expect(told).toMatchObject({ status: 410, body: { kind: 'Status', reason: 'Expired' } });
    const token = (told.body as Listed).metadata.continue ?? '';
    const rest = await cluster.ask(`/api/v1/configmaps?continue=${encodeURIComponent(token)}`);
    expect(ours([...first.items, ...listIn(rest).items])).toEqual(all);
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
    const lists = /^GET \/(api\/v1|apis\/[^/?]+\/v\w+)\/[a-z]+\?limit=\d+(&continue=[^&]+)?$/;
    expect(proxy.asked.filter((path) => !plain.test(path) && !lists.test(path))).toEqual([]);
  });
});

describe('what is kept of the objects is all that judgements need:', () => {
  const facts: ClusterFacts = {
    kubernetesVersion: '1.33',
    today: '2026-11-24',
    cluster: { networkProfile: { networkPlugin: 'azure', networkPolicy: 'azure' } },
    isWhole: true,
  };
  let whole: readonly KubernetesObject[];
  let kept: readonly KubernetesObject[];

  beforeAll(async () => {
    whole = (await Promise.all(readKinds.map(wholeOf))).flat();
    kept = (await Promise.all(readKinds.map(list))).flat();
  });

  test.each(judgements.map((one) => [one.controlId, one] as const))('%s finds the same', (_, judgement) => {
    const inFull = judgement.judge(whole, facts);
    expect(inFull.length).toBeGreaterThan(0);
    expect(judgement.judge(kept, facts)).toEqual(inFull);
  });
});

/** A token of Azure's for something else. */
const foreignToken = async (): Promise<string> => {
  const { arm } = cluster.azure;
  return (await arm.credential.getToken(arm.tokenScope))?.token ?? '';
};

import { createHttpHeaders, createPipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import { listed } from '../../shared/azure/kubernetes/list';
import { AzureError } from '../../shared/core/errors';
import type { KubernetesObject, ObjectKind } from '../../shared/core/kubernetes-object';
import { readJson, testWith } from '../policy/shared-files';
import { clusterRefusals } from '../sandbox/subscription/index';
import { bindings, gateways, pods, policies } from './cluster-given';

interface Exchange {
  readonly name: string;
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}
interface Page {
  readonly status: number;
  readonly metadata?: object;
  readonly itemNames?: readonly string[];
  readonly body?: object;
}

const captured = testWith('kubernetes/apiserver');
const exchange = (name: string): Exchange['response'] => {
  const { exchanges } = readJson('kubernetes/apiserver/exchanges.json') as unknown as { exchanges: Exchange[] };
  return exchanges.find((one) => one.name === name)!.response;
};
const paging = (): { readonly pages: readonly Page[]; readonly expired: readonly Page[] } =>
  readJson('kubernetes/apiserver/paging.json') as never;

/** Answers in this order and keeps the paths that were asked for. */
function replay(answers: readonly Exchange['response'][]): {
  readonly list: (kind: ObjectKind) => Promise<readonly KubernetesObject[]>;
  readonly asked: string[];
  readonly pauses: number[];
} {
  const asked: string[] = [];
  const pauses: number[] = [];
  const ask = async (path: string): Promise<PipelineResponse> => {
    const { status, headers, body } = answers[asked.length]!;
    asked.push(path);
    const bodyAsText = typeof body === 'string' ? body : JSON.stringify(body);
    return { status, headers: createHttpHeaders(headers), bodyAsText, request: createPipelineRequest({ url: path }) };
  };
  const pause = async (ms: number): Promise<void> => void pauses.push(ms);
  return { list: (kind) => listed({ ask, azureRbac: false, pause }, kind), asked, pauses };
}

const pageOf = ({ status, metadata, itemNames = [], body }: Page): Exchange['response'] => ({
  status,
  headers: {},
  body: body ?? {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata,
    items: itemNames.map((name) => ({ metadata: { name } })),
  },
});
const tokenIn = (page: Page): string => (page.metadata as { continue: string }).continue;
const refusedFor = async (work: Promise<unknown>): Promise<AzureError> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AzureError)) throw new Error(`no refusal but ${String(error)}`);
  return error;
};

captured('a paged read of a real server is followed to its end', async () => {
  const { pages } = paging();
  const { list, asked } = replay(pages.map(pageOf));
  const found = await list(pods);
  expect(found.map(({ metadata, kind, apiVersion }) => [metadata.name, kind, apiVersion])).toEqual(
    [1, 2, 3, 4, 5].map((number) => [`web-${number}`, 'Pod', 'v1']),
  );
  expect(asked).toEqual([
    '/api/v1/pods?limit=100',
    ...pages.slice(0, 2).map((page) => `/api/v1/pods?limit=100&continue=${encodeURIComponent(tokenIn(page))}`),
  ]);
});

captured('a read that expires begins anew, and goes on with the server’s own token when it expires again', async () => {
  const { pages, expired } = paging();
  const [first, gone, next] = expired;
  const last = { ...pages[2]!, metadata: { resourceVersion: '212' } };
  const { list, asked } = replay([first!, gone!, first!, gone!, next!, last].map(pageOf));
  expect((await list(pods)).map(({ metadata }) => metadata.name)).toEqual([1, 2, 3, 4, 5].map((one) => `web-${one}`));
  expect(asked[2]).toBe('/api/v1/pods?limit=100');
  const fresh = tokenIn({ status: 0, metadata: (gone!.body as { metadata: object }).metadata });
  expect(asked[4]).toBe(`/api/v1/pods?limit=100&continue=${encodeURIComponent(fresh)}`);
});

captured.each([
  ['empty list', policies],
  ['custom resources, defined but empty', policies],
])('what a real server says of «%s» is none', async (name, kind) => {
  expect(await replay([exchange(name)]).list(kind)).toEqual([]);
});

captured.each(['unknown resource of a known group', 'unknown group'])(
  'a kind of which a real server says «%s» is none where its group has no other version',
  async (name) => {
    const group = { kind: 'APIGroup', versions: [{ version: policies.version }] };
    const { list, asked } = replay([exchange(name), { status: 200, headers: {}, body: group }]);
    expect(await list(policies)).toEqual([]);
    expect(asked).toEqual(['/apis/networking.k8s.io/v1/networkpolicies?limit=100', '/apis/networking.k8s.io']);
  },
);

captured('a kind that is in another version only is read in that one', async () => {
  const group = { kind: 'APIGroup', versions: [{ version: 'v1' }, { version: 'v1beta2' }, { version: 'v1beta1' }] };
  const [newer, older] = [{ resources: [{ name: 'others' }] }, { resources: [{ name: policies.plural }] }];
  const found = {
    kind: 'NetworkPolicyList',
    apiVersion: 'networking.k8s.io/v1beta1',
    items: [{ metadata: { name: 'a' } }],
  };
  const bodies = [group, newer, older, found].map((body) => ({ status: 200, headers: {}, body }));
  const { list, asked } = replay([exchange('unknown resource of a known group'), ...bodies]);
  expect(await list(policies)).toEqual([
    { apiVersion: 'networking.k8s.io/v1beta1', kind: 'NetworkPolicy', metadata: { name: 'a' } },
  ]);
  expect(asked.slice(2)).toEqual([
    '/apis/networking.k8s.io/v1beta2',
    '/apis/networking.k8s.io/v1beta1',
    '/apis/networking.k8s.io/v1beta1/networkpolicies?limit=100',
  ]);
});

captured('a group that a real server does not know has no objects', async () => {
  const { list, asked } = replay([exchange('unknown group'), exchange('unknown group')]);
  expect(await list(gateways)).toEqual([]);
  expect(asked).toEqual(['/apis/gateway.networking.k8s.io/v1/gateways?limit=100', '/apis/gateway.networking.k8s.io']);
});

captured('custom resources have their own kind and version', async () => {
  const { metadata, ...body } = exchange('custom resources, cluster-scoped').body as { metadata: object };
  expect(metadata).toBeDefined();
  const [first] = await replay([{ status: 200, headers: {}, body: { ...body, metadata: {} } }]).list(gateways);
  expect(first).toMatchObject({
    apiVersion: 'approuting.kubernetes.azure.com/v1alpha1',
    kind: 'NginxIngressController',
  });
  expect(JSON.stringify(first)).not.toMatch(/managedFields|uid|resourceVersion/);
});

captured.each([
  ['forbidden list, all namespaces', { status: 403, code: 'ClusterRoleNotBound', retryable: false }],
  ['no token', { status: 403, code: 'ClusterRoleNotBound', retryable: false }],
  ['wrong token', { status: 401, code: 'ClusterTokenRefused', retryable: false }],
  ['media type that is not served', { status: 406, code: 'NotAcceptable', retryable: false }],
  ['limit that is not a number', { status: 400, code: 'BadRequest', retryable: false }],
  ['continue token that is not one', { status: 400, code: 'BadRequest', retryable: false }],
  ['storage does not answer', { status: 500, code: 'Http500', retryable: true }],
])('a real server’s «%s» is a refusal and never an empty list', async (name, expected) => {
  const answer = exchange(name);
  const error = await refusedFor(replay([answer]).list(pods));
  expect(error).toMatchObject({ ...expected, message: (answer.body as { message: string }).message });
});

captured('a real server that is busy is waited for as long as it says', async () => {
  const busy = exchange('too many requests at once');
  const { list, pauses } = replay([busy, busy, exchange('empty list')]);
  expect(await list(policies)).toEqual([]);
  expect(pauses).toEqual([1_000, 1_000]);
});

captured.each([
  ['forbidden list, all namespaces', clusterRefusals.forbidden('auditor', pods)],
  ['forbidden list, named group', clusterRefusals.forbidden('auditor', { ...bindings, plural: 'clusterroles' })],
  ['forbidden, resource that does not exist', clusterRefusals.forbidden('auditor', gateways)],
  ['wrong token', clusterRefusals.unauthorized()],
  ['no token', clusterRefusals.anonymous(pods)],
  ['unknown group', clusterRefusals.unknownPath()],
  ['unknown resource of a known group', clusterRefusals.unknownResource()],
  ['too many requests at once', clusterRefusals.busy()],
])('the simulated server says «%s» as a real one', (name, { status, body, headers = {} }) => {
  const real = exchange(name);
  expect({ status, body }).toEqual({ status: real.status, body: real.body });
  expect(headers['retry-after']).toBe(real.headers['retry-after']);
});

captured('the simulated server says that pages are gone as a real one', () => {
  const real = paging().expired[1]!;
  const token = (real.body as { metadata: { continue: string } }).metadata.continue;
  expect(clusterRefusals.expired(token)).toMatchObject({ status: real.status, body: real.body });
});

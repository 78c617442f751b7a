import { file, folderOf, audit } from './given';
import { denyAll, listening, namespace, pod, policy } from '../kubernetes/network-given';

type Told = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> & {
  readonly notes: readonly string[];
};

const objects = (...given: readonly object[]): string =>
  file('all.json', { apiVersion: 'v1', kind: 'List', items: given });
const table = (...args: readonly string[]): readonly string[] =>
  audit('connections', folderOf(), ...args).out.split('\n');
const told = (...args: readonly string[]): Told =>
  JSON.parse(audit('connections', folderOf(), '--output', 'json', ...args).out) as Told;

/** The lines below a title, up to the next empty one. */
function below(title: string, lines: readonly string[]): readonly string[] {
  const at = lines.findIndex((line) => line.startsWith(title));
  return at < 0 ? [] : lines.slice(at + 1, lines.indexOf('', at));
}

const web = pod('shop/web', { app: 'web' });
const db = pod('shop/db', { app: 'db' }, listening({ name: 'sql', containerPort: 5432 }));
const job = pod('tools/job', { app: 'job' });
const dbFromWeb = policy('shop/db', {
  podSelector: { matchLabels: { app: 'db' } },
  policyTypes: ['Ingress'],
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 'sql' }] }],
});

test('counts come first, then who is open to everybody, then each connection in columns', () => {
  objects(web, db, job, dbFromWeb);
  const { code, out, err } = audit('connections', folderOf());
  expect([code, err]).toEqual([0, '']);
  expect(out.split('\n')).toEqual([
    '3 workloads in 2 namespaces, 1 network policy',
    '5 of 6 possible connections between workloads are open',
    '3 workloads are open to everybody',
    '',
    'OPEN TO EVERYBODY, for no NetworkPolicy selects them',
    '             WORKLOADS',
    'both ways    shop/web[Pod], tools/job[Pod]',
    'egress only  shop/db[Pod]',
    '',
    'BETWEEN WORKLOADS',
    'FROM           TO              PORTS',
    'any workload   shop/web[Pod],  all ports',
    '               tools/job[Pod]',
    'shop/web[Pod]  shop/db[Pod]    TCP 5432',
    '',
    'WITH ADDRESSES OUTSIDE',
    'FROM          TO              PORTS',
    'any address   shop/web[Pod],  all ports',
    '              tools/job[Pod]',
    'any workload  any address     all ports',
    '',
    'NOTES',
    '- policies count only where the cluster has an engine that enforces them',
    '',
  ]);
});

test('nothing is open where everything is denied', () => {
  objects(web, db, denyAll('shop'));
  expect(below('BETWEEN WORKLOADS', table())).toEqual(['nothing is open']);
  expect(below('OPEN TO EVERYBODY', table())).toEqual([]);
  expect(below('WITH ADDRESSES OUTSIDE', table())).toEqual([]);
});

test.each([
  ['a workload by its name alone', ['--to', 'db'], [['shop/web[Pod]', 'shop/db[Pod]']]],
  ['a workload by namespace and name', ['--to', 'shop/db'], [['shop/web[Pod]', 'shop/db[Pod]']]],
  ['a workload by namespace, kind and name', ['--to', 'shop/pod/db'], [['shop/web[Pod]', 'shop/db[Pod]']]],
  ['a workload as it is printed', ['--from', 'tools/job[Pod]'], [['tools/job[Pod]', 'shop/web[Pod]']]],
  ['both ends', ['--from', 'job', '--to', 'db'], []],
  [
    'the workloads of a namespace',
    ['--from', 'shop/*', '--to', 'shop/*'],
    [
      ['shop/web[Pod]', 'shop/db[Pod]'],
      ['shop/db[Pod]', 'shop/web[Pod]'],
    ],
  ],
])('connections are asked for by %s', (_, args, expected) => {
  objects(web, db, job, dbFromWeb);
  const pairs = told(...args)['connections']!.flatMap(({ from, to }) =>
    (from as string[]).flatMap((one) => (to as string[]).filter((other) => other !== one).map((other) => [one, other])),
  );
  expect(pairs.toSorted()).toEqual(expected.toSorted());
});

test('of a namespace, connections with either end in it are shown', () => {
  const other = pod('other/one');
  objects(web, db, job, other, dbFromWeb);
  const all = told('--namespace', 'tools')['connections']!.flatMap(({ from, to }) =>
    (from as string[]).flatMap((one) => (to as string[]).map((two) => `${one} ${two}`)),
  );
  expect(all.toSorted()).toEqual([
    'other/one[Pod] tools/job[Pod]',
    'shop/db[Pod] tools/job[Pod]',
    'shop/web[Pod] tools/job[Pod]',
    'tools/job[Pod] other/one[Pod]',
    'tools/job[Pod] shop/web[Pod]',
  ]);
});

const lan = policy('shop/lan', {
  podSelector: {},
  policyTypes: ['Ingress', 'Egress'],
  ingress: [
    { from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], ports: [{ port: 80, endPort: 90 }] },
  ],
});

test('the outside is told as CIDRs, with exceptions where that is shorter', () => {
  objects(web, lan);
  expect(below('WITH ADDRESSES OUTSIDE', table())).toEqual([
    'FROM                           TO             PORTS',
    '10.0.0.0/8 except 10.1.0.0/16  shop/web[Pod]  TCP 80-90',
  ]);
  const [line] = told()['outside']!;
  expect(line!['addresses']).toEqual([
    '10.0.0.0/16',
    '10.2.0.0/15',
    '10.4.0.0/14',
    '10.8.0.0/13',
    '10.16.0.0/12',
    '10.32.0.0/11',
    '10.64.0.0/10',
    '10.128.0.0/9',
  ]);
  expect(line!['ports']).toEqual([{ protocol: 'TCP', first: 80, last: 90 }]);
});

test.each([
  ['an address among them', '10.2.0.1', 1],
  ['an address that is left out', '10.1.0.1', 0],
  ['a range that overlaps', '10.0.0.0/7', 1],
  ['the outside as a whole', 'outside', 1],
])('who may come from outside is asked for by %s', (_, from, lines) => {
  objects(web, lan);
  expect(told('--from', from)['outside']).toHaveLength(lines);
  expect(told('--from', from)['connections']).toEqual([]);
});

test('pods that policies speak of and that are not there are told with their selectors', () => {
  const dns = {
    namespaceSelector: {},
    podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['dns', 'cache'] }] },
  };
  const far = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'far' } } };
  objects(
    web,
    policy('shop/p', {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [far] }],
      egress: [{ to: [dns], ports: [{ protocol: 'UDP', port: 53 }, { port: 'web' }] }],
    }),
  );
  expect(below('ALSO WITH PODS', table())).toEqual([
    'FROM                       TO                                              PORTS',
    'all pods in namespace far  shop/web[Pod]                                   all ports',
    'shop/web[Pod]              pods with app in (cache, dns) in any namespace  TCP web; UDP 53',
  ]);
});

const service = (name: string, spec: object, annotations = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop', annotations },
  spec: { selector: { app: 'db' }, ports: [{ port: 80, targetPort: 'sql' }], ...spec },
});
const ingress = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'site', namespace: 'shop' },
  spec: {
    rules: [
      {
        host: 'shop.example.com',
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'db', port: { number: 80 } } } }],
        },
      },
    ],
  },
};
const route = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'far', namespace: 'tools' },
  spec: { hostnames: ['far.example.com'], rules: [{ backendRefs: [{ name: 'db', namespace: 'shop', port: 80 }] }] },
};
const entry = (given: Readonly<Record<string, unknown>>) => [
  given['kind'],
  given['name'],
  given['detail'],
  given['openTo'],
];

test('an Ingress and a Route are told with their hosts and with who may be the controller', () => {
  objects(web, db, job, service('db', {}), ingress, route);
  expect(told()['entries']!.map(entry)).toEqual([
    ['Ingress', 'site', 'shop.example.com', { anyController: true }],
    ['HTTPRoute', 'far', 'far.example.com', { anyController: true }],
  ]);
  objects(web, db, job, service('db', {}), ingress, dbFromWeb);
  expect(told()['entries']!.map(entry)).toEqual([
    ['Ingress', 'site', 'shop.example.com', { workloads: ['shop/web[Pod]'] }],
  ]);
  objects(web, db, job, service('db', {}), ingress, denyAll('shop'));
  expect(below('INGRESS AND SERVICES', table())).toEqual([
    'OBJECT              LEADS TO      PORTS     OPEN TO',
    'Ingress shop/site   shop/db[Pod]  TCP 5432  no workload that is here',
    '(shop.example.com)',
  ]);
});

test('a Service for the outside is told with the addresses that get to its workload', () => {
  const inside = { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' };
  const ranges = { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.1.0.0/17'] };
  objects(
    db,
    service('cluster', { type: 'ClusterIP' }),
    service('node', { type: 'NodePort' }),
    service('balanced', ranges, inside),
    policy('shop/lan', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }] }),
  );
  expect(told()['entries']!.map(entry)).toEqual([
    ['Service', 'node', 'NodePort', { addresses: ['10.1.0.0/16'] }],
    ['Service', 'balanced', 'LoadBalancer, internal', { addresses: ['10.1.0.0/17'] }],
  ]);
  objects(db, service('node', { type: 'NodePort' }), denyAll('shop'));
  expect(told()['entries']!.map(entry)).toEqual([['Service', 'node', 'NodePort', { addresses: [] }]]);
});

test('what the answer leaves out is said', () => {
  objects(
    pod('shop/agent', { app: 'agent' }, { spec: { hostNetwork: true } }),
    web,
    {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name: 'l7', namespace: 'shop' },
      spec: { endpointSelector: { matchLabels: { app: 'web' } }, ingress: [{}] },
    },
    {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'mesh', namespace: 'shop' },
      spec: {},
    },
    policy('shop/p', {
      podSelector: { matchLabels: { app: 'no' } },
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'x' } } }] }],
    }),
  );
  expect(told().notes).toEqual([
    'what CiliumNetworkPolicy shop/l7 allow or deny is not counted',
    'what AuthorizationPolicy shop/mesh of the mesh deny is not counted',
    "no policy reaches pods in their node's network: shop/agent[Pod]",
    'of these namespaces only the names are known, so that selectors of other labels do not mean them: shop',
    'policies count only where the cluster has an engine that enforces them',
  ]);
  expect(below('OPEN TO EVERYBODY', table())).toEqual([
    '                  WORKLOADS',
    'both ways         shop/agent[Pod]',
    'both ways         shop/web[Pod]',
    '(but for Cilium)',
  ]);
});

test('a namespace that is there is known by its labels', () => {
  const team = policy('shop/p', {
    podSelector: {},
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'x' } } }] }],
  });
  objects(namespace('shop'), namespace('tools', { team: 'x' }), web, job, team);
  expect(told('--to', 'web')['connections']!.map(({ from }) => from)).toEqual([['tools/job[Pod]']]);
  expect(told().notes).toEqual(['policies count only where the cluster has an engine that enforces them']);
});

test('a pod that has run to its end is no workload', () => {
  objects(web, pod('shop/done', {}, { status: { phase: 'Succeeded' } }));
  expect(told()['workloads']!.map(({ id }) => id)).toEqual(['shop/web[Pod]']);
});

test('who may be sent alike stands in one line where that makes fewer lines', () => {
  const senders = ['a', 'b', 'c'].map((app) => pod(`shop/${app}`, { app }));
  const takes = (name: string, ...apps: readonly string[]) =>
    policy(`bank/${name}`, {
      podSelector: { matchLabels: { app: name } },
      ingress: [{ from: apps.map((app) => ({ namespaceSelector: {}, podSelector: { matchLabels: { app } } })) }],
    });
  const receivers = ['x', 'y'].map((app) => pod(`bank/${app}`, { app }));
  objects(
    ...senders,
    ...receivers,
    takes('x', 'a', 'b'),
    takes('y', 'b', 'c'),
    policy('shop/deny', { podSelector: {} }),
  );
  expect(below('BETWEEN WORKLOADS', table())).toEqual([
    'FROM          TO           PORTS',
    'shop/a[Pod],  bank/x[Pod]  all ports',
    'shop/b[Pod]',
    'shop/b[Pod],  bank/y[Pod]  all ports',
    'shop/c[Pod]',
  ]);
});

test('very many lines are counted by the namespace that they lead to', () => {
  const names = Array.from({ length: 160 }, (_, at) => `app${at}`);
  const pods = names.map((app) => pod(`shop/${app}`, { app }));
  const policies = names.map((app, at) =>
    policy(`shop/${app}`, {
      podSelector: { matchLabels: { app } },
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 1000 + at }] }],
    }),
  );
  objects(...pods, ...policies);
  const [title = '', ...rows] = table().slice(table().findIndex((line) => line.startsWith('BETWEEN WORKLOADS')));
  expect(title).toMatch(/these are 160 lines; --from, --to and --namespace show them$/);
  expect(rows.slice(0, 3)).toEqual([
    'TO      CONNECTIONS  FROM            PORTS',
    'shop/*  25440        shop/* (25440)  many',
    '',
  ]);
  expect(below('BETWEEN WORKLOADS', table('--to', 'app7'))).toEqual([
    'FROM          TO              PORTS',
    'any workload  shop/app7[Pod]  TCP 1007',
  ]);
});

test('the graph has a box for each namespace, and a point where many connections meet', () => {
  objects(web, db, dbFromWeb);
  const { out } = audit('connections', folderOf(), '--output', 'dot', '--to', 'db');
  expect(out).toBe(
    [
      'digraph connections {',
      '  rankdir=LR;',
      '  node [shape=box];',
      '  subgraph "cluster shop" {',
      '    label="shop";',
      '    "shop/db[Pod]" [label="db\\nPod"];',
      '    "shop/web[Pod]" [label="web\\nPod"];',
      '  }',
      '  "shop/web[Pod]" -> "shop/db[Pod]" [label="TCP 5432"];',
      '}',
      '',
    ].join('\n'),
  );
  const many = ['a', 'b', 'c', 'd'].map((name) => pod(`shop/${name}`));
  objects(...many);
  const edges = audit('connections', folderOf(), '--output', 'dot').out.match(/->/g);
  // Eight for the pods among themselves, on the sides of a point; four to any address, four from it.
  expect(edges).toHaveLength(16);
});

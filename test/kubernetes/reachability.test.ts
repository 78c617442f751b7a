import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { connectionsOf, connectionTexts } from '../../shared/kubernetes/reachability/connections';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { policiesOf } from '../../shared/kubernetes/reachability/policy';
import { inCluster, reachabilityOf } from '../../shared/kubernetes/reachability/reachability';
import { trafficText } from '../../shared/kubernetes/reachability/traffic';
import { both, denyAll, listening, namespace, pod, policy } from './network-given';

/** What the first workload may send to the second, and what the outside may send to the second (IPv4). */
function toWeb(objects: readonly KubernetesObject[], sender = 'client', options = inCluster): string {
  const model = reachabilityOf(objects, options);
  const named = (name: string) => model.workloads.find((one) => one.name === name)!;
  return trafficText(model.between(named(sender), named('web')));
}

const client = pod('shop/client', { app: 'client' });
const web = pod('shop/web', { app: 'web' }, listening({ name: 'http', containerPort: 8080 }, { containerPort: 9000 }));
const toWebOnly = (spec: object): KubernetesObject =>
  policy('shop/web', { podSelector: { matchLabels: { app: 'web' } }, ...spec });
const from = (peer: object, ...ports: object[]) =>
  toWebOnly({ ingress: [{ from: [peer], ...(ports.length > 0 ? { ports } : {}) }] });

test('pods that no policy selects talk to everyone on every port', () => {
  expect(toWeb([client, web])).toBe('All Connections');
});

test.each<[string, object, string]>([
  ['no types and no rules deny ingress', {}, ''],
  ['an empty list of rules denies', { ingress: [], policyTypes: ['Ingress'] }, ''],
  ['a rule without peers and ports allows everybody', { ingress: [{}] }, 'All Connections'],
  ['an empty list of peers allows everybody', { ingress: [{ from: [] }] }, 'All Connections'],
  ['an empty list of ports allows every port', { ingress: [{ ports: [] }] }, 'All Connections'],
  ['a port without a number is the whole of TCP', { ingress: [{ ports: [{}] }] }, 'TCP 1-65535'],
  ['a protocol alone is the whole of it', { ingress: [{ ports: [{ protocol: 'UDP' }] }] }, 'UDP 1-65535'],
  ['rules under types of egress alone are dead', { policyTypes: ['Egress'], ingress: [] }, 'All Connections'],
  ['egress rules without types deny ingress, too', { egress: [{}] }, ''],
  ['an empty list of egress rules says nothing about egress', { egress: [] }, ''],
  ['a range of ports has both ends', { ingress: [{ ports: [{ port: 80, endPort: 90 }] }] }, 'TCP 80-90'],
  ['ranges that touch are one', { ingress: [{ ports: [{ port: 80, endPort: 90 }, { port: 91 }] }] }, 'TCP 80-91'],
  ['a named port is the port of the container', { ingress: [{ ports: [{ port: 'http' }] }] }, 'TCP 8080'],
  ['a name of another protocol opens nothing', { ingress: [{ ports: [{ port: 'http', protocol: 'UDP' }] }] }, ''],
  ['a name that no container has opens nothing', { ingress: [{ ports: [{ port: 'grpc' }] }] }, ''],
  [
    'rules add up',
    { ingress: [{ ports: [{ port: 80 }] }, { ports: [{ port: 53, protocol: 'UDP' }] }] },
    'TCP 80,UDP 53',
  ],
])('%s', (_name, spec, expected) => {
  expect(toWeb([client, web, toWebOnly(spec)])).toBe(expected);
});

test.each<[string, object, string]>([
  ['a pod selector alone means pods of the namespace', { podSelector: { matchLabels: { app: 'client' } } }, 'client'],
  ['an empty pod selector means every pod of the namespace', { podSelector: {} }, 'client'],
  ['a namespace selector means every pod of it', { namespaceSelector: { matchLabels: { team: 'red' } } }, 'far'],
  ['an empty namespace selector means every pod', { namespaceSelector: {} }, 'client far lone'],
  [
    'both in one peer mean pods that are both',
    { namespaceSelector: { matchLabels: { team: 'red' } }, podSelector: { matchLabels: { app: 'other' } } },
    '',
  ],
  [
    'every namespace has its name as a label',
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'bare' } } },
    'lone',
  ],
  [
    'In needs the key',
    { podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['client', 'x'] }] } },
    'client',
  ],
  [
    'In fails without the key',
    { podSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['a'] }] } },
    '',
  ],
  [
    'NotIn is met without the key',
    { podSelector: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['a'] }] } },
    'client',
  ],
  [
    'NotIn fails with the value',
    { podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['client'] }] } },
    '',
  ],
  ['Exists needs the key', { podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }, 'client'],
  [
    'DoesNotExist needs its absence',
    { podSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } },
    '',
  ],
  ['a range of addresses means no pod', { ipBlock: { cidr: '0.0.0.0/0' } }, ''],
])('%s', (_name, peer, expected) => {
  const objects = [
    client,
    web,
    pod('red/far', { app: 'far' }),
    pod('bare/lone'),
    namespace('red', { team: 'red' }),
    from(peer),
  ];
  const reached = ['client', 'far', 'lone'].filter((sender) => toWeb(objects, sender) !== '');
  expect(reached.join(' ')).toBe(expected);
});

test('two entries are one or the other', () => {
  const either = toWebOnly({
    ingress: [
      {
        from: [
          { podSelector: { matchLabels: { app: 'client' } } },
          { namespaceSelector: { matchLabels: { team: 'red' } } },
        ],
      },
    ],
  });
  const objects = [client, web, pod('red/far'), namespace('red', { team: 'red' }), either];
  expect([toWeb(objects), toWeb(objects, 'far')]).toEqual(['All Connections', 'All Connections']);
});

test('a connection is open only when the sender and the receiver both allow it', () => {
  const sends = policy('shop/client', {
    podSelector: { matchLabels: { app: 'client' } },
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: {} }], ports: [{ port: 8000, endPort: 8080 }] }],
  });
  const takes = from({ podSelector: {} }, { port: 'http' }, { port: 9000 });
  expect(toWeb([client, web, sends, takes])).toBe('TCP 8080');
});

test('a named port of an egress rule is that of the pod that is called', () => {
  const sends = policy('shop/client', {
    podSelector: { matchLabels: { app: 'client' } },
    policyTypes: ['Egress'],
    egress: [{ ports: [{ port: 'http' }] }],
  });
  const model = reachabilityOf([client, web, sends]);
  expect([...connectionsOf(model)].map(connectionTexts).filter(([sender]) => sender.startsWith('shop/client'))).toEqual(
    [['shop/client[Pod]', 'shop/web[Pod]', 'TCP 8080']],
  );
});

test('a policy is about its own namespace only', () => {
  expect(toWeb([client, web, denyAll('other')])).toBe('All Connections');
});

test('pods in the network of their node are neither isolated nor found by their labels', () => {
  const host = { spec: { hostNetwork: true } };
  const isolated = [
    client,
    pod('shop/web', { app: 'web' }, host),
    denyAll('shop'),
    policy('shop/out', { podSelector: {}, policyTypes: ['Egress'], egress: [{}] }),
  ];
  expect(toWeb(isolated)).toBe('All Connections');
  const asPeer = [pod('shop/client', { app: 'client' }, host), web, from({ podSelector: {} })];
  expect(toWeb(asPeer)).toBe('');
  expect(toWeb(asPeer, 'client', { ...inCluster, hostNetwork: 'bound' })).toBe('All Connections');
});

test('with Azure NPM and Calico a range means pods with such an address, too', () => {
  const objects = [
    pod('shop/client', {}, { status: { podIP: '10.244.0.7' } }),
    web,
    from({ ipBlock: { cidr: '10.244.0.0/16', except: ['10.244.1.0/24'] } }),
  ];
  expect(toWeb(objects)).toBe('');
  expect(toWeb(objects, 'client', { ...inCluster, ipBlocks: 'pods-too' })).toBe('All Connections');
  const spared = [pod('shop/client', {}, { status: { podIP: '10.244.1.7' } }), ...objects.slice(1)];
  expect(toWeb(spared, 'client', { ...inCluster, ipBlocks: 'pods-too' })).toBe('');
});

function outside(spec: object, direction: 'ingress' | 'egress' = 'ingress'): readonly string[] {
  const model = reachabilityOf([web, toWebOnly({ policyTypes: both, ...spec })]);
  return model
    .outside(model.workloads[0]!, direction)
    .map(({ first, last, traffic }) => `${first}-${last} ${trafficText(traffic)}`);
}

test('exceptions are cut out of a range, and bits behind the prefix do not count', () => {
  const block = { cidr: '10.1.2.3/8', except: ['10.16.0.0/12', '10.255.255.255/32'] };
  expect(outside({ ingress: [{ from: [{ ipBlock: block }], ports: [{ port: 443 }] }] })).toEqual([
    '10.0.0.0-10.15.255.255 TCP 443',
    '10.32.0.0-10.255.255.254 TCP 443',
  ]);
});

test('ranges that overlap are cut where what is open changes, and joined where it does not', () => {
  const rule = (cidr: string, port: number) => ({ from: [{ ipBlock: { cidr } }], ports: [{ port }] });
  expect(outside({ ingress: [rule('10.0.0.0/9', 80), rule('10.128.0.0/9', 80), rule('10.64.0.0/10', 443)] })).toEqual([
    '10.0.0.0-10.63.255.255 TCP 80',
    '10.64.0.0-10.127.255.255 TCP 80,443',
    '10.128.0.0-10.255.255.255 TCP 80',
  ]);
});

test('addresses of IPv6 are ranges like others', () => {
  const block = { cidr: '2001:db8::/32', except: ['2001:db8:8000::/33'] };
  expect(outside({ egress: [{ to: [{ ipBlock: block }] }] }, 'egress')).toEqual([
    '2001:db8::-2001:db8:7fff:ffff:ffff:ffff:ffff:ffff All Connections',
  ]);
});

test('towards the outside a named port opens nothing', () => {
  expect(outside({ egress: [{ ports: [{ port: 'http' }] }] }, 'egress')).toEqual([]);
  expect(outside({ ingress: [{ ports: [{ port: 'http' }] }] })[0]).toBe('0.0.0.0-255.255.255.255 TCP 8080');
});

test('pods go by the Deployment that owns their ReplicaSet, seen or unseen', () => {
  const owned = (name: string, kind: string, owner: string, labels = {}): KubernetesObject => {
    const shown = pod(`shop/${name}`, labels);
    return { ...shown, metadata: { ...shown.metadata, ownerReferences: [{ kind, name: owner, controller: true }] } };
  };
  const set: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'web-5d9',
      namespace: 'shop',
      ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }],
    },
    spec: { template: { spec: {} } },
  };
  const objects = [
    set,
    owned('web-5d9-abc', 'ReplicaSet', 'web-5d9'),
    owned('api-7f6-xyz', 'ReplicaSet', 'api-7f6', { 'pod-template-hash': '7f6' }),
    owned('etcd-node1', 'Node', 'node1'),
  ];
  const names = (ownership: 'owner' | 'topmost') =>
    reachabilityOf(objects, { ...inCluster, ownership }).workloads.map(({ name, kind }) => `${name}[${kind}]`);
  expect(names('topmost')).toEqual(['api[Deployment]', 'etcd-node1[Pod]', 'web[Deployment]']);
  expect(names('owner')).toEqual(['api-7f6[ReplicaSet]', 'etcd-node1[Pod]', 'web-5d9[ReplicaSet]']);
});

const stored = resolve('../shared/kubernetes/apiserver/defaulting.json');
const isThere = existsSync(stored);
if (!isThere) console.log(`skipped: ${stored} is not there`);

(isThere ? test : test.skip)(
  'a policy in a file means what the API server makes of it, and what it refuses is refused',
  () => {
    const { objects } = JSON.parse(readFileSync(stored, 'utf8')) as {
      objects: { kind: string; name: string; sent: object; stored?: object }[];
    };
    const cases = objects.filter(({ kind }) => kind === 'NetworkPolicy');
    const read = (name: string, spec: object) => {
      const { policies, problems } = policiesOf([policy(`default/${name}`, spec)]);
      return problems.length > 0 ? 'refused' : policies.map((read) => ({ ...read, object: undefined }));
    };
    expect(cases.length).toBeGreaterThan(10);
    expect(cases.map(({ name, sent }) => [name, read(name, sent)])).toEqual(
      cases.map(({ name, stored }) => [name, stored === undefined ? 'refused' : read(name, stored)]),
    );
  },
);

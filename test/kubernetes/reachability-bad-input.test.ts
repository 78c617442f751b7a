import { policiesOf } from '../../shared/kubernetes/reachability/policy';
import { reachabilityOf } from '../../shared/kubernetes/reachability/reachability';
import { exposuresOf } from '../../shared/kubernetes/reachability/exposure';
import { unprotectedOf } from '../../shared/kubernetes/reachability/connections';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { both, denyAll, listening, namespace, pod, policy } from './network-given';

const problemsOf = (spec: object) =>
  policiesOf([policy('shop/p', spec)]).problems.map(({ path, message }) => `${path}: ${message}`);
const ports = (port: object) => problemsOf({ ingress: [{ ports: [port] }] });
const peer = (from: unknown) => problemsOf({ ingress: [{ from: [from] }] });
const requirement = (one: object) => problemsOf({ podSelector: { matchExpressions: [one] } });

test.each<[string, () => readonly string[], RegExp]>([
  [
    'an operator that nobody knows',
    () => requirement({ key: 'a', operator: 'Equals', values: ['b'] }),
    /^spec\.podSelector\.matchExpressions\[0\]: "Equals" is not an operator/,
  ],
  ['In without values', () => requirement({ key: 'a', operator: 'In' }), /In needs values/],
  ['Exists with values', () => requirement({ key: 'a', operator: 'Exists', values: ['b'] }), /Exists takes no values/],
  ['a requirement without a key', () => requirement({ operator: 'Exists' }), /needs a key/],
  ['a port of 0', () => ports({ port: 0 }), /^spec\.ingress\[0\]\.ports\[0\]\.port: 0 is not a port/],
  ['a port of 65536', () => ports({ port: 65_536 }), /65536 is not a port/],
  ['half a port', () => ports({ port: 80.5 }), /80\.5 is not a port/],
  ['a number as a name', () => ports({ port: '80' }), /"80" is neither/],
  ['an endPort below the port', () => ports({ port: 90, endPort: 80 }), /endPort: 80 is not a port from 90/],
  ['an endPort beside a name', () => ports({ port: 'http', endPort: 80 }), /endPort needs a port that is a number/],
  ['an endPort alone', () => ports({ endPort: 80 }), /endPort needs a port that is a number/],
  ['a protocol that nobody knows', () => ports({ protocol: 'ICMP', port: 80 }), /"ICMP" is not a protocol/],
  [
    'a range without a prefix',
    () => peer({ ipBlock: { cidr: '10.0.0.0' } }),
    /^spec\.ingress\[0\]\.from\[0\]\.ipBlock\.cidr: "10\.0\.0\.0" is not a range/,
  ],
  ['a prefix of 33', () => peer({ ipBlock: { cidr: '10.0.0.0/33' } }), /is not a range/],
  ['an address of 256', () => peer({ ipBlock: { cidr: '10.0.0.256/24' } }), /is not a range/],
  [
    'an exception outside the range',
    () => peer({ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }),
    /except\[0\]: "11\.0\.0\.0\/16" is not a range within/,
  ],
  [
    'an exception as big as the range',
    () => peer({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }),
    /is not a range within/,
  ],
  [
    'an exception of the other family',
    () => peer({ ipBlock: { cidr: '10.0.0.0/8', except: ['fd00::/8'] } }),
    /is not a range within/,
  ],
  [
    'a range beside a selector',
    () => peer({ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }),
    /cannot be in one peer/,
  ],
  ['a peer without anything', () => peer({}), /a peer needs/],
  [
    'a policy type that nobody knows',
    () => problemsOf({ policyTypes: ['ingress'] }),
    /^spec\.policyTypes\[0\]: "ingress" is not a policy type/,
  ],
  ['a rule that is a text', () => problemsOf({ ingress: ['all'] }), /a rule is an object/],
  [
    'a label that is a number',
    () => problemsOf({ podSelector: { matchLabels: { a: 1 } } }),
    /values of labels are texts/,
  ],
])('%s is refused, with its field', (_name, found, expected) => {
  expect(found()).toHaveLength(1);
  expect(found()[0]).toMatch(expected);
});

test('a policy that the API server refuses protects nothing', () => {
  const model = reachabilityOf([
    pod('shop/web'),
    policy('shop/p', { podSelector: {}, policyTypes: ['Ingress', 'All'] }),
  ]);
  expect(unprotectedOf(model).map(({ direction }) => direction)).toEqual(['ingress', 'egress']);
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'spec'],
  ['a list', []],
  ['rules that are no list', { ingress: { from: [] }, egress: 7 }],
  [
    'containers that are no list',
    { containers: 'web', template: { spec: { containers: [null, 'x', { ports: [{ containerPort: 'http' }] }] } } },
  ],
])('objects whose spec is %s do no harm', (_name, spec) => {
  const kinds = [
    'Pod',
    'Deployment',
    'CronJob',
    'NetworkPolicy',
    'Ingress',
    'Service',
    'CiliumNetworkPolicy',
    'Unheard',
  ];
  const groups = ['v1', 'apps/v1', 'batch/v1', 'networking.k8s.io/v1', 'cilium.io/v2', ''];
  const objects = kinds.flatMap((kind) =>
    groups.map((apiVersion) => ({ apiVersion, kind, metadata: {}, spec }) as KubernetesObject),
  );
  expect(() => exposuresOf(reachabilityOf(objects))).not.toThrow();
});

test('names that every object of JavaScript has are names like others', () => {
  const odd = policy('shop/p', { podSelector: { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] } });
  expect(unprotectedOf(reachabilityOf([pod('shop/web'), odd]))).toHaveLength(2);
});

test('5,000 pods and 500 policies are answered in bounded time', () => {
  const spaces = Array.from({ length: 50 }, (_, n) => `ns${n}`);
  const pods = Array.from({ length: 5_000 }, (_, n) =>
    pod(
      `ns${n % 50}/p${n}`,
      { app: `a${Math.floor(n / 50)}`, tier: `t${n % 3}`, id: `x${n}` },
      listening({ name: 'http', containerPort: 8080 }),
    ),
  );
  const policies = Array.from({ length: 500 }, (_, n) =>
    policy(`ns${n % 50}/n${n}`, {
      podSelector: { matchLabels: { app: `a${n % 100}` } },
      policyTypes: both,
      ingress: [{ from: [{ podSelector: { matchLabels: { app: `a${(n * 7) % 100}` } } }], ports: [{ port: 'http' }] }],
      egress: [
        {
          to: [
            { ipBlock: { cidr: `10.${n % 256}.0.0/16` } },
            { namespaceSelector: { matchLabels: { team: `t${n % 7}` } } },
          ],
        },
      ],
    }),
  );
  const objects = [
    ...spaces.map((name, n) => namespace(name, { team: `t${n % 7}` })),
    ...spaces.map(denyAll),
    ...pods,
    ...policies,
  ];
  const before = process.cpuUsage();
  const model = reachabilityOf(objects);
  expect(unprotectedOf(model)).toEqual([]);
  const [first] = model.workloads;
  expect(model.workloads.map((other) => model.between(first!, other))).toHaveLength(5_000);
  const { user } = process.cpuUsage(before);
  expect(user / 1_000).toBeLessThan(10_000);
});

import { networkPolicies } from '../../shared/kubernetes/network-policies/findings';
import { reachabilityOf } from '../../shared/kubernetes/reachability/reachability';
import { jointTraffic, portsOf, trafficText } from '../../shared/kubernetes/reachability/traffic';
import { namespace, pod, policy } from './network-given';

// What is squared in its input does not end in time.
jest.setTimeout(30_000);

test('thousands of addresses are cut into what is open at each in bounded time', () => {
  const blocks = Array.from({ length: 10_000 }, (_, n) => ({
    ipBlock: { cidr: `${n % 200}.${Math.floor(n / 200)}.0.0/16`, except: [`${n % 200}.${Math.floor(n / 200)}.1.0/24`] },
  }));
  const rules = { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: blocks }] };
  const model = reachabilityOf([pod('shop/web'), policy('shop/out', rules)]);
  const openings = model.outside(model.workloads[0]!, 'egress');
  expect(openings.slice(0, 2)).toMatchObject([
    { first: '0.0.0.0', last: '0.0.0.255' },
    { first: '0.0.2.0', last: '0.1.0.255' },
  ]);
});

test('what is open at an address ends where the last rule for it ends', () => {
  const egress = [
    { to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ port: 80 }] },
    { to: [{ ipBlock: { cidr: '10.0.0.128/25' } }], ports: [{ port: 80 }] },
    { to: [{ ipBlock: { cidr: '10.0.0.192/26' } }], ports: [{ port: 443 }] },
  ];
  const model = reachabilityOf([
    pod('shop/web'),
    policy('shop/out', { podSelector: {}, policyTypes: ['Egress'], egress }),
  ]);
  const openings = model.outside(model.workloads[0]!, 'egress');
  expect(openings.map(({ first, last, traffic }) => [first, last, trafficText(traffic)])).toEqual([
    ['10.0.0.0', '10.0.0.191', 'TCP 80'],
    ['10.0.0.192', '10.0.0.255', 'TCP 80,443'],
  ]);
});

test('more ports than a function takes as its arguments are joined all the same', () => {
  const many = Array.from({ length: 300_000 }, () => portsOf('TCP', 80, 80));
  expect(trafficText(jointTraffic(many))).toBe('TCP 80');
});

test('thousands of pods that nobody made are judged in bounded time', () => {
  const pods = Array.from({ length: 20_000 }, (_, n) => pod(`shop/p${n}`, { app: `a${n}` }));
  const found = networkPolicies.judge([namespace('shop'), ...pods], {});
  expect(found.map(({ problems }) => problems.map(({ rule }) => rule))).toEqual([['no-policy']]);
});

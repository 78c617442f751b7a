import { gatewaysInFront } from '../../shared/kubernetes/ingress-certificates/gateways-in-front';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { given } from './given';

const gateway = (name: string, properties: object) => ({ id: `/gateways/${name}`, name, properties });
const sendingTo = (name: string, ...backendAddresses: readonly object[]) =>
  gateway(name, { backendAddressPools: [{ name: 'pool', properties: { backendAddresses } }] });
const balancer = (spec: object = {}, more: object = {}): KubernetesObject =>
  given('v1', 'Service', 'front', { spec: { type: 'LoadBalancer', ...spec }, ...more });
const ingress = given('networking.k8s.io/v1', 'Ingress', 'shop', { spec: { rules: [{ host: 'shop.example.com' }] } });

const inFront = (gateways: Parameters<typeof gatewaysInFront>[0], objects: readonly KubernetesObject[], facts = {}) =>
  gatewaysInFront(gateways, objects, facts).map(({ name }) => name);

const both = [sendingTo('ours', { ipAddress: '10.1.0.4' }), sendingTo('other', { ipAddress: '10.9.0.4' })];

test.each<[string, KubernetesObject]>([
  ['was told to take', balancer({ loadBalancerIP: '10.1.0.4' })],
  ['got', balancer({}, { status: { loadBalancer: { ingress: [{ ip: '10.1.0.4' }] } } })],
  [
    'asks for in an annotation',
    balancer({}, { annotations: { 'service.beta.kubernetes.io/azure-load-balancer-ipv4': '10.1.0.4' } }),
  ],
])('a gateway that sends to the address that a load balancer %s stands in front, another does not', (_, service) => {
  expect(inFront(both, [service])).toEqual(['ours']);
});

test('a Service of another type has no address that a gateway could send to', () => {
  expect(
    inFront(both, [given('v1', 'Service', 'web', { spec: { type: 'ClusterIP', loadBalancerIP: '10.1.0.4' } })]),
  ).toEqual([]);
});

test('while the address of a load balancer is not known, any gateway that sends to an address may stand in front', () => {
  const elsewhere = sendingTo('by name', { fqdn: 'app.azurewebsites.net' });
  expect(inFront([...both, elsewhere], [balancer({ loadBalancerIP: '10.1.0.4' }), balancer()])).toEqual([
    'ours',
    'other',
  ]);
});

test('a gateway that sends to a host of an Ingress stands in front', () => {
  expect(inFront([sendingTo('ours', { fqdn: 'Shop.example.com' })], [ingress])).toEqual(['ours']);
});

test('a gateway that sends to machines does not, and one that sends nowhere yet may', () => {
  const machines = { backendAddressPools: [{ properties: { backendIPConfigurations: [{ id: '/vmss/0' }] } }] };
  expect(inFront([gateway('machines', machines), gateway('new', {})], [ingress])).toEqual(['new']);
});

test('the gateway that the cluster configures by itself stands in front wherever it sends', () => {
  const config = { effectiveApplicationGatewayId: '/Gateways/other' };
  const cluster = { addonProfiles: { ingressApplicationGateway: { enabled: true, config } } };
  expect(inFront(both, [], { cluster })).toEqual(['other']);
});

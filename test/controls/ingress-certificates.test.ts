import { ingressCertificates } from '../../shared/controls/ingress-certificates';
import type { KubernetesObject } from '../../shared/core/kubernetes-object';
import { deployment, given } from '../kubernetes/given';
import { broken, clusterId, judgedIn, neverGuesses, told, wrongValues } from './in-cluster-given';

const rule = (host?: string): object => ({
  ...(host === undefined ? {} : { host }),
  http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] },
});
const ingress = (spec: object, fields: object = {}): KubernetesObject =>
  given('networking.k8s.io/v1', 'Ingress', 'web', {
    namespace: 'shop',
    spec: { ingressClassName: 'nginx', ...spec },
    ...fields,
  });
const certificate = (dnsNames: readonly string[], secretName = 'web-tls'): KubernetesObject =>
  given('cert-manager.io/v1', 'Certificate', 'web', {
    namespace: 'shop',
    spec: { secretName, dnsNames, issuerRef: { kind: 'ClusterIssuer', name: 'own-authority' } },
  });

const tls = [{ hosts: ['shop.example'], secretName: 'web-tls' }];
const own = ingress({ tls, rules: [rule('shop.example')] });
const issued = certificate(['shop.example']);
const good = [own, issued];

const place = 'networking.k8s.io/v1/namespaces/shop/ingresses/web';
const of = (...objects: readonly KubernetesObject[]) => told(judgedIn(ingressCertificates, objects));

neverGuesses(ingressCertificates, good);

test('an Ingress whose host has a certificate of its own is compliant', () => {
  const judgement = judgedIn(ingressCertificates, good);
  expect(judgement.verdict.state).toBe('compliant');
  expect(judgement.aspects?.map(({ key, subject }) => [key, subject])).toEqual([
    [`${clusterId}/kubernetes/${place}`, `${clusterId}/kubernetes/${place}`],
  ]);
});

test.each<[string, KubernetesObject, RegExp]>([
  ['without TLS', ingress({ rules: [rule('shop.example')] }), /^violation, high: it has no spec\.tls/],
  [
    'with TLS that names no secret',
    ingress({ tls: [{ hosts: ['shop.example'] }], rules: [rule('shop.example')] }),
    /^violation, high: shop\.example has TLS without secretName/,
  ],
  [
    'with a host that no entry covers',
    ingress({ tls, rules: [rule('shop.example'), rule('pay.example')] }),
    /^violation, high: pay\.example is in no tls entry/,
  ],
  [
    'for a wildcard',
    ingress({ tls: [{ hosts: ['*.shop.example'], secretName: 'web-tls' }], rules: [rule('*.shop.example')] }),
    /^violation, medium: \*\.shop\.example is a wildcard/,
  ],
  [
    'with a rule without host',
    ingress({ tls, rules: [rule('shop.example'), rule()] }),
    /^violation, medium: a rule without host answers for every name/,
  ],
])('an Ingress %s is a violation', (_, object, expected) => {
  expect(of(object, issued)[place]).toMatch(expected);
});

test('a certificate for a wildcard or for others is a violation of the Ingress that shows it', () => {
  expect(of(own, certificate(['*.example']))[place]).toMatch(
    /^violation, medium: the Certificate web is for \*\.example/,
  );
  expect(of(own, certificate(['pay.example']))[place]).toMatch(/^violation, medium: .*is not for shop\.example/);
});

test('what a secret holds is unknown where nothing but the secret would tell', () => {
  expect(of(own)[place]).toMatch(/^unknown: whether web-tls holds a certificate for these hosts alone is not seen/);
  expect(of(own, certificate(['shop.example'], 'another'))[place]).toMatch(/^unknown/);
});

test('what a vault holds is unknown, and the reason says where to look', () => {
  const provider = given('secrets-store.csi.x-k8s.io/v1', 'SecretProviderClass', 'web', {
    namespace: 'shop',
    spec: {
      provider: 'azure',
      parameters: { keyvaultName: 'kv-shop' },
      secretObjects: [
        { secretName: 'web-tls', type: 'kubernetes.io/tls', data: [{ key: 'tls.crt', objectName: 'shop-cert' }] },
      ],
    },
  });
  expect(of(own, provider)[place]).toMatch(/^unknown: .*seen in Key Vault: shop-cert in the vault kv-shop/);
});

const nginx = (...args: readonly string[]): KubernetesObject =>
  deployment('nginx', { image: 'registry.k8s.io/ingress-nginx/controller:v1.14.0', args }, { namespace: 'ingress' });
const controllerPlace = 'apps/v1/namespaces/ingress/deployments/nginx';

test('a controller with a default certificate is a violation, and without the argument it is none', () => {
  const verdictOf = (...args: readonly string[]) => of(...good, nginx(...args))[controllerPlace];
  expect(verdictOf('--default-ssl-certificate=ingress/wildcard')).toMatch(/^violation, medium: .*ingress\/wildcard/);
  expect(verdictOf('--v=2')).toMatch(/^compliant/);
});

test('a controller that is not maintained any more is told as that', () => {
  expect(of(...good, nginx())[`${controllerPlace}#support`]).toMatch(
    /^violation, medium: ingress-nginx is not maintained/,
  );
});

test('the default certificate of the add-on for application routing is a violation', () => {
  const addOn = (defaultSSLCertificate: object | undefined): KubernetesObject =>
    ({
      apiVersion: 'approuting.kubernetes.azure.com/v1alpha1',
      kind: 'NginxIngressController',
      metadata: { name: 'default' },
      spec: {
        ingressClassName: 'webapprouting.kubernetes.azure.com',
        ...(defaultSSLCertificate && { defaultSSLCertificate }),
      },
    }) as never;
  const at = 'approuting.kubernetes.azure.com/v1alpha1/nginxingresscontrollers/default';
  expect(of(addOn({ keyVaultURI: 'https://kv-shop.vault.azure.net/certificates/all' }))[at]).toMatch(
    /^violation, medium/,
  );
  expect(of(addOn(undefined))[at]).toMatch(/^compliant/);
});

test('a Gateway that ends TLS without a certificate is a violation', () => {
  const gateway = (certificateRefs: readonly object[]): KubernetesObject =>
    given('gateway.networking.k8s.io/v1', 'Gateway', 'edge', {
      namespace: 'shop',
      spec: {
        gatewayClassName: 'azure-alb-external',
        listeners: [
          {
            name: 'https',
            protocol: 'HTTPS',
            port: 443,
            hostname: 'shop.example',
            tls: { mode: 'Terminate', certificateRefs },
          },
        ],
      },
    });
  const at = 'gateway.networking.k8s.io/v1/namespaces/shop/gateways/edge';
  expect(of(gateway([]), issued)[at]).toMatch(/^violation, high: https ends TLS and names no certificate/);
  expect(of(gateway([{ kind: 'Secret', name: 'web-tls' }]), issued)[at]).toMatch(/^compliant/);
});

test('there is a proposal for an Ingress that names no secret', () => {
  const bare = ingress({ tls: [{ hosts: ['shop.example'] }], rules: [rule('shop.example')] });
  expect(judgedIn(ingressCertificates, [bare]).aspects).toMatchObject([{ proposes: true }]);
});

test('a cluster without Ingress, Gateway and controller is not applicable', () => {
  const web = deployment('web', { image: 'registry.example/web:1' });
  expect(judgedIn(ingressCertificates, [web, issued]).verdict.state).toBe('notApplicable');
});

test.each(wrongValues)('an Ingress whose spec is %s is never compliant', (_, spec) => {
  expect(judgedIn(ingressCertificates, [broken(own, 'spec', spec), issued]).verdict.state).toBe('violation');
});

test.each([
  ['entries of TLS that are no objects', ingress({ tls: ['shop.example'], rules: [rule('shop.example')] })],
  ['hosts that are no texts', ingress({ tls: [{ hosts: [7], secretName: 'web-tls' }], rules: [rule('shop.example')] })],
  [
    'a secret that is no text',
    ingress({ tls: [{ hosts: ['shop.example'], secretName: {} }], rules: [rule('shop.example')] }),
  ],
])('%s count as none', (_, object) => {
  expect(judgedIn(ingressCertificates, [object, issued]).verdict.state).toBe('violation');
});

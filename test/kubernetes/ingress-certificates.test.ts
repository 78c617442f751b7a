import { ingressCases } from '../../shared/kubernetes/ingress-certificates/conformance';
import { covers } from '../../shared/kubernetes/ingress-certificates/hosts';
import { ingressCertificates } from '../../shared/kubernetes/ingress-certificates/judge';
import type { ClusterFacts } from '../../shared/kubernetes/judgement';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { readJson, testWith } from '../policy/shared-files';
import { caseFiles, deployment, estateObjects, given, onlyFinding, rulesOf } from './given';

const ingress = (spec: object, fields: object = {}): KubernetesObject =>
  given('networking.k8s.io/v1', 'Ingress', 'shop', { spec, ...fields });

const host = 'shop.example.com';
const good = { tls: [{ hosts: [host], secretName: 'shop-tls' }], rules: [{ host }] };
const certificate = (names: readonly string[], namespace = 'team-a'): KubernetesObject =>
  given('cert-manager.io/v1', 'Certificate', 'shop', { namespace, spec: { secretName: 'shop-tls', dnsNames: names } });

test('an Ingress whose hosts have certificates of their own is right', () => {
  const found = onlyFinding(ingressCertificates, [ingress(good), certificate([host])]);
  expect(found.problems).toEqual([]);
  expect(found.unknown).toBeUndefined();
});

test('a cluster without Ingress, Gateway and controller has nothing to judge', () => {
  expect(ingressCertificates.judge([certificate([host]), deployment('web', { image: 'nginx' })], {})).toEqual([]);
});

test('TLS without secretName shows the default certificate, and the patch names a secret for each host', () => {
  const two = { tls: [{ hosts: [host, 'b.example.com'] }], rules: [{ host }, { host: 'b.example.com' }] };
  const found = onlyFinding(ingressCertificates, [ingress(two)]);
  expect(found.problems.map(({ rule, path }) => [rule, path])).toEqual([['no-secret', 'spec.tls[0].secretName']]);
  expect(found.propose?.()?.objects).toEqual([
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'shop', namespace: 'team-a' },
      spec: {
        tls: [
          { hosts: [host], secretName: 'shop-example-com-tls' },
          { hosts: ['b.example.com'], secretName: 'b-example-com-tls' },
        ],
      },
    },
  ]);
});

test('entries that are right stay as they are in the patch', () => {
  const spec = { tls: good.tls, rules: [{ host }, { host: 'b.example.com' }] };
  const [patch] = onlyFinding(ingressCertificates, [ingress(spec)]).propose!()!.objects;
  expect(patch).toMatchObject({
    spec: { tls: [good.tls[0], { hosts: ['b.example.com'], secretName: 'b-example-com-tls' }] },
  });
});

test('a host that is a wildcard keeps its certificate in the patch, and a host of its domain gets one of its own', () => {
  const wild = { hosts: ['*.example.com', host], secretName: 'wild-tls' };
  const spec = { tls: [wild], rules: [{ host: '*.example.com' }, { host }] };
  const [patch] = onlyFinding(ingressCertificates, [ingress({ ...spec, rules: [...spec.rules, { host: 'a.org' }] })])
    .propose!()!.objects;
  expect(patch).toMatchObject({
    spec: {
      tls: [
        { hosts: ['*.example.com'], secretName: 'wild-tls' },
        { hosts: [host], secretName: 'shop-example-com-tls' },
        { hosts: ['a.org'], secretName: 'a-org-tls' },
      ],
    },
  });
});

test('each host gets a secret of its own with a name that an API server takes, however hosts are named', () => {
  const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example`;
  const hosts = ['a.b-c.example', 'a-b.c.example', long];
  const found = onlyFinding(ingressCertificates, [ingress({ tls: [{ hosts }], rules: [] })]);
  const [patch] = found.propose?.()?.objects ?? [];
  const names = (patch?.['spec'] as { tls: { secretName: string }[] }).tls.map(({ secretName }) => secretName);
  expect(names.slice(0, 2)).toEqual(['a-b-c-example-tls', 'a-b-c-example-2-tls']);
  expect(names[2]).toMatch(/^a{60}-b{60}-c{60}-d+-tls$/);
  expect(names[2]!.length).toBeLessThanOrEqual(253);
});

test('of thousands of hosts each is looked for once', () => {
  const names = (first: string) => Array.from({ length: 20_000 }, (_, index) => `${first}${index}.example.com`);
  const spec = {
    tls: [{ hosts: names('a'), secretName: 'a' }, { hosts: names('b') }],
    rules: [...names('a'), ...names('c')].map((one) => ({ host: one })),
  };
  const { problems } = onlyFinding(ingressCertificates, [ingress(spec)]);
  expect(problems.filter(({ rule }) => rule === 'host-not-covered')).toHaveLength(20_000);
  expect(problems[0]?.reason.length).toBeLessThan(500);
});

test('a patched Ingress breaks none of these rules any more', () => {
  const before = ingress({ tls: [{}], rules: [{ host }, { host: 'b.example.com' }] });
  const [patch] = onlyFinding(ingressCertificates, [before]).propose!()!.objects;
  const after = { ...before, spec: { ...(before.spec as object), ...(patch!['spec'] as object) } } as KubernetesObject;
  expect(rulesOf(ingressCertificates, [after])).toEqual([['shop', []]]);
});

test('an Ingress of the older versions names its backend otherwise', () => {
  const old = given('extensions/v1beta1', 'Ingress', 'old', { spec: { ...good, backend: { serviceName: 'a' } } });
  expect(rulesOf(ingressCertificates, [old])).toEqual([['old', ['any-host']]]);
});

test('the Ingress by which cert-manager proves a name is not judged', () => {
  const solver = ingress({ rules: [{ host }] }, { labels: { 'acme.cert-manager.io/http01-solver': 'true' } });
  expect(ingressCertificates.judge([solver], {})).toEqual([]);
});

test('the certificate of an Application Gateway does not help another controller', () => {
  const annotations = { 'appgw.ingress.kubernetes.io/appgw-ssl-certificate': 'shop' };
  const spec = { ingressClassName: 'nginx', tls: [{ hosts: [host] }], rules: [{ host }] };
  expect(rulesOf(ingressCertificates, [ingress(spec, { annotations })])).toEqual([['shop', ['no-secret']]]);
});

test.each([
  ['a Certificate for a wildcard', [certificate(['*.example.com'])], ['wildcard-certificate'], undefined],
  ['a Certificate for another host', [certificate(['www.example.com'])], ['certificate-for-others'], undefined],
  ['a Certificate of another namespace', [certificate([host], 'b')], [], 'no Certificate and no SecretProviderClass'],
  [
    'a SecretProviderClass',
    [
      given('secrets-store.csi.x-k8s.io/v1', 'SecretProviderClass', 'spc', {
        spec: {
          provider: 'azure',
          parameters: { keyvaultName: 'kv-1' },
          secretObjects: [{ secretName: 'shop-tls', data: [{ objectName: 'shop', key: 'tls.crt' }] }],
        },
      }),
    ],
    [],
    'is seen in Key Vault: shop in the vault kv-1 (SecretProviderClass spc)',
  ],
])('of a secret that is made by %s, what can be seen is told', (_, sources, rules, unknown) => {
  const found = onlyFinding(ingressCertificates, [ingress(good), ...sources]);
  expect(found.problems.map(({ rule }) => rule)).toEqual(rules);
  if (unknown === undefined) expect(found.unknown).toBeUndefined();
  else expect(found.unknown).toEqual([expect.stringContaining(unknown)]);
});

test('a secret that cert-manager makes for the Ingress itself is for its hosts', () => {
  const issued = ingress(good, { annotations: { 'cert-manager.io/cluster-issuer': 'own' } });
  expect(onlyFinding(ingressCertificates, [issued]).unknown).toBeUndefined();
});

test.each([
  ['example.com', 'example.com', true],
  ['*.example.com', 'a.example.com', true],
  ['*.example.com', 'a.b.example.com', false],
  ['*.example.com', 'example.com', false],
  ['A.example.com', 'a.EXAMPLE.com', true],
  ['*', 'localhost', false],
])('the name %s covers %s: %s', (name, wanted, expected) => {
  expect(covers(name, wanted)).toBe(expected);
});

describe('a controller', () => {
  const image = 'registry.k8s.io/ingress-nginx/controller:v1.12.0@sha256:1';
  const args = ['/nginx-ingress-controller', '--default-ssl-certificate=$(POD_NAMESPACE)/wild', '--configmap=a/b'];
  const controller = (container: object = {}) => deployment('controller', { image, args, ...container });

  test('with a default certificate, and of a project that ended, has a finding for each', () => {
    expect(rulesOf(ingressCertificates, [controller()])).toEqual([
      ['controller', ['default-certificate']],
      ['controller', ['retired-controller']],
    ]);
    const [main] = ingressCertificates.judge([controller()], {});
    expect(main?.problems[0]?.reason).toContain('shows team-a/wild for every host');
  });

  test('that names the certificate in the next argument, or as a DaemonSet, is found, too', () => {
    const apart = { ...controller({ args: ['--default-ssl-certificate', 'a/b'] }), kind: 'DaemonSet' };
    expect(rulesOf(ingressCertificates, [apart])[0]).toEqual(['controller', ['default-certificate']]);
  });

  test('is told once, on what made its pods, and not when the add-on runs it', () => {
    const pod = { ...controller(), metadata: { ...controller().metadata, ownerReferences: [{ controller: true }] } };
    const addOn = deployment('nginx', { image, args }, { namespace: 'app-routing-system' });
    expect(ingressCertificates.judge([pod, addOn], {})).toEqual([]);
  });

  test.each([
    [
      'HTTPS by name',
      { protocol: 'Https', hostName: host },
      /^gw\/s probes shop\.example\.com and is shown the certificate of Ingress team-a\/shop: a well-known/,
    ],
    ['HTTPS by name that no Ingress has', { protocol: 'HTTPS', hostName: 'x.example.com' }, /site is down/],
    ['HTTPS by address', { protocol: 'Https', pickHostNameFromBackendAddress: true }, /probes by address/],
    ['HTTP', { protocol: 'Http', hostName: host }, undefined],
  ])('behind a gateway that probes %s: what becomes of the probe is told', (_, properties, text) => {
    const gateway = { name: 'gw', properties: { backendHttpSettingsCollection: [{ name: 's', properties }] } };
    const found = ingressCertificates.judge([controller(), ingress(good)], { applicationGateways: [gateway] });
    const effects = found.flatMap(({ propose }) => propose?.()?.effects ?? []);
    expect(effects).toEqual(text === undefined ? [] : [expect.stringMatching(text)]);
  });

  test('without a default certificate is right in this', () => {
    expect(rulesOf(ingressCertificates, [controller({ args: args.slice(0, 1) })])[0]).toEqual(['controller', []]);
  });

  test('of another project is not called retired', () => {
    const other = controller({ image: 'haproxytech/kubernetes-ingress:3', args: ['--default-ssl-certificate=a/b'] });
    expect(rulesOf(ingressCertificates, [other])).toEqual([['controller', ['default-certificate']]]);
  });

  test('keeps its default certificate until every Ingress has its own; only then is the patch made', () => {
    const bare = ingress({ tls: [{ hosts: [host] }], rules: [{ host }] });
    const findings = (objects: readonly KubernetesObject[]) =>
      ingressCertificates.judge(objects, {}).find(({ object, aspect }) => object.name === 'controller' && !aspect);
    expect(findings([controller(), bare])?.propose).toBeUndefined();
    expect(findings([controller(), bare])?.advice?.join()).toContain('team-a/shop');
    expect(findings([controller(), ingress(good)])?.propose?.()?.objects).toEqual([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'controller', namespace: 'team-a' },
        spec: { template: { spec: { containers: [{ name: 'controller', args: [args[0], args[2]] }] } } },
      },
    ]);
  });

  test.each([
    [{ type: 'LoadBalancer', selector: { app: 'x' } }, {}, true],
    [{ type: 'LoadBalancer', selector: { app: 'x' }, loadBalancerSourceRanges: ['10.0.0.0/8'] }, {}, false],
    [
      { type: 'LoadBalancer', selector: { app: 'x' } },
      { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' },
      false,
    ],
    [{ type: 'LoadBalancer', selector: { app: 'y' } }, {}, false],
    [{ type: 'ClusterIP', selector: { app: 'x' } }, {}, false],
  ])('behind the Service %j is told to be open to the internet: %#', (spec, annotations, open) => {
    const labelled = controller() as unknown as { spec: { template: object } };
    labelled.spec.template = { ...labelled.spec.template, metadata: { labels: { app: 'x' } } };
    const service = given('v1', 'Service', 'front', { spec, annotations });
    const [main] = ingressCertificates.judge([labelled as unknown as KubernetesObject, service], {});
    expect(main?.advice?.some((text) => text.includes('public load balancer')) ?? false).toBe(open);
  });
});

describe('the application routing add-on', () => {
  const addOn = (spec: object) =>
    given('approuting.kubernetes.azure.com/v1alpha1', 'NginxIngressController', 'default', { spec });

  test.each([
    [{ secret: { name: 'a', namespace: 'b' } }, ['default-certificate']],
    [{ keyVaultURI: 'https://kv.vault.azure.net/certificates/a' }, ['default-certificate']],
    [undefined, []],
  ])('with the default certificate %j has the problems %j', (defaultSSLCertificate, rules) => {
    expect(rulesOf(ingressCertificates, [addOn({ defaultSSLCertificate })])[0]).toEqual(['default', rules]);
  });

  test.each([
    ['2026-11-30', []],
    ['2026-12-01', ['retired-controller']],
  ])('on %s has the problems %j with its support', (today, rules) => {
    expect(rulesOf(ingressCertificates, [addOn({})], { today })[1]).toEqual(['default', rules]);
  });
});

describe('a Gateway', () => {
  const gateway = (listener: object) =>
    given('gateway.networking.k8s.io/v1', 'Gateway', 'gw', { spec: { listeners: [{ name: 'https', ...listener }] } });
  const istio = (server: object) => given('networking.istio.io/v1', 'Gateway', 'gw', { spec: { servers: [server] } });
  const tls = { certificateRefs: [{ name: 'shop-tls' }] };

  test.each([
    ['a host and a certificate', gateway({ protocol: 'HTTPS', hostname: host, tls }), []],
    ['no certificate', gateway({ protocol: 'HTTPS', hostname: host, tls: { mode: 'Terminate' } }), ['no-secret']],
    ['no host', gateway({ protocol: 'HTTPS', tls }), ['any-host']],
    ['a wildcard', gateway({ protocol: 'HTTPS', hostname: '*.example.com', tls }), ['wildcard-host']],
    ['TLS that is passed on', gateway({ protocol: 'TLS', tls: { mode: 'Passthrough' } }), []],
    ['HTTP alone', gateway({ protocol: 'HTTP' }), ['no-tls']],
    [
      'a credential of Istio',
      istio({
        port: { protocol: 'HTTPS' },
        hosts: ['a/shop.example.com'],
        tls: { mode: 'SIMPLE', credentialName: 'c' },
      }),
      [],
    ],
    [
      'no credential of Istio',
      istio({ port: { protocol: 'HTTPS' }, hosts: ['*'], tls: { mode: 'SIMPLE' } }),
      ['no-secret', 'any-host'],
    ],
    [
      'Istio’s own certificates',
      istio({ port: { protocol: 'HTTPS' }, hosts: ['*'], tls: { mode: 'ISTIO_MUTUAL' } }),
      [],
    ],
    ['plain HTTP of Istio', istio({ port: { protocol: 'HTTP' }, hosts: ['*'] }), ['no-tls']],
    ['a redirect of Istio', istio({ port: { protocol: 'HTTP' }, hosts: ['*'], tls: { httpsRedirect: true } }), []],
  ])('with %s', (_, object, rules) => {
    expect(rulesOf(ingressCertificates, [object])).toEqual([['gw', rules]]);
  });
});

test('what cannot be read is unknown, with the reason', () => {
  const unread = new Map([['Ingress', '403: forbidden']]);
  const found = onlyFinding(ingressCertificates, [], { unread });
  expect([found.problems, found.unknown]).toEqual([[], ['Ingress objects cannot be read: 403: forbidden']]);
  const both = onlyFinding(ingressCertificates, [], {
    unread: new Map([
      ['Deployment', '403'],
      ['DaemonSet', '500'],
    ]),
  });
  expect(both.unknown).toEqual(['Deployment objects cannot be read: 403', 'DaemonSet objects cannot be read: 500']);
});

testWith('kubernetes/ingress')('all cases of Ingresses pass', () => {
  const results = ingressCases(caseFiles('kubernetes/ingress'));
  expect(results.failures).toEqual([]);
  expect(results.passed).toBeGreaterThan(20);
});

testWith('estate/estate.json')(
  'the landing zone’s Ingress and controller are told, and what it means to the gateway’s probe',
  () => {
    const { resources } = readJson('estate/estate.json') as unknown as {
      readonly resources: readonly { path: string; type: string }[];
    };
    const gateways = resources
      .filter(({ type }) => /applicationGateways$/i.test(type))
      .map(({ path }) => readJson(`estate/${path}`));
    const facts = { applicationGateways: gateways } as unknown as ClusterFacts;
    expect(rulesOf(ingressCertificates, estateObjects(), facts)).toEqual([
      ['web-frontend', ['no-secret']],
      ['ingress-nginx-controller', ['default-certificate']],
      ['ingress-nginx-controller', ['retired-controller']],
    ]);
    const [web, controller] = ingressCertificates.judge(estateObjects(), facts);
    expect(controller?.advice?.[0]).toMatch(
      /probes bu0001a0005-00\.aks-ingress\.contoso\.com, for which no Ingress .* site is down/,
    );
    expect(web?.propose?.()?.objects.map(({ kind }) => kind)).toEqual(['SecretProviderClass', 'Ingress']);
    expect(web?.propose?.()?.effects.join('\n')).toMatch(
      /is shown the certificate of Ingress a0005-i\/web-frontend: it has to chain to root-cert-wildcard-aks-ingress-contoso/,
    );
  },
);

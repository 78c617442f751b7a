import { outcomeOf, type ClusterFacts } from '../../shared/kubernetes/judgement';
import { meshCertificates } from '../../shared/kubernetes/mesh-certificates/judge';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { testWith } from '../policy/shared-files';
import { deployment, estateObjects, given, onlyFinding, rulesOf } from './given';

const image = 'mcr.microsoft.com/oss/openservicemesh/osm-controller:v1.2.4';
const controller = (args: readonly string[]) => deployment('osm-controller', { image, args });

test('a cluster without a mesh has nothing to judge', () => {
  const facts = {
    cluster: { serviceMeshProfile: { mode: 'Disabled' }, addonProfiles: { openServiceMesh: { enabled: false } } },
  };
  expect(meshCertificates.judge([deployment('web', { image: 'nginx' })], { ...facts, isWhole: true })).toEqual([]);
});

describe('Open Service Mesh', () => {
  test.each([
    ['Tresor by name', ['--certificate-manager', 'tresor'], ['built-in-authority']],
    ['Tresor by default', ['--verbosity', 'info'], ['built-in-authority']],
    ['cert-manager', ['--certificate-manager=cert-manager'], []],
    ['Vault', ['--certificate-manager', 'vault', '--vault-host', 'v'], []],
    ['a provider that does not exist', ['--certificate-manager', 'own'], ['unknown-authority']],
  ])('with %s as its provider', (_, args, rules) => {
    expect(rulesOf(meshCertificates, [controller(args)])).toEqual([
      ['osm-controller', rules],
      ['osm-controller', ['retired-mesh']],
    ]);
  });

  test.each([
    [{ tresor: { ca: {} } }, ['built-in-authority']],
    [{ certManager: { issuerName: 'a' } }, []],
    [{ vault: { host: 'v' } }, []],
  ])('with the root certificate %j goes by it, not by the argument', (provider, rules) => {
    const root = given('config.openservicemesh.io/v1alpha2', 'MeshRootCertificate', 'root', { spec: { provider } });
    const said = rules.length > 0 ? 'vault' : 'tresor';
    expect(rulesOf(meshCertificates, [controller(['--certificate-manager', said]), root])[0]).toEqual([
      'osm-controller',
      rules,
    ]);
  });

  test('that only may use cert-manager is not said to use it', () => {
    const role = given('rbac.authorization.k8s.io/v1', 'ClusterRole', 'osm', {
      rules: [{ apiGroups: ['cert-manager.io'], resources: ['certificaterequests'], verbs: ['create'] }],
    });
    expect(rulesOf(meshCertificates, [controller([]), role])[0]).toEqual(['osm-controller', ['built-in-authority']]);
  });

  test('gets a patch for a mesh that is built anew, and a warning not to swap a live one', () => {
    const [found] = meshCertificates.judge(
      [controller(['-v', 'info', '--certificate-manager', 'tresor', '--mesh-name', 'osm'])],
      {},
    );
    expect(found?.propose?.()?.objects[0]).toMatchObject({
      metadata: { name: 'osm-controller', namespace: 'team-a' },
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'osm-controller',
                args: [
                  '-v',
                  'info',
                  '--mesh-name',
                  'osm',
                  '--certificate-manager',
                  'cert-manager',
                  '--cert-manager-issuer-name',
                  'osm-ca',
                ],
              },
            ],
          },
        },
      },
    });
    expect(found?.propose?.()?.effects.join()).toContain('not swapped in place');
  });

  test.each([
    ['an argument with =', ['--certificate-manager=tresor', '--mesh-name=osm'], ['--mesh-name=osm']],
    ['the last argument', ['-v', '--certificate-manager', 'tresor'], ['-v']],
  ])('gets its patch also with %s', (_, args, kept) => {
    const [found] = meshCertificates.judge([controller(args)], {});
    expect(JSON.stringify(found?.propose?.()?.objects[0])).toContain(
      JSON.stringify([...kept, '--certificate-manager', 'cert-manager', '--cert-manager-issuer-name', 'osm-ca']),
    );
  });

  test.each([
    ['kube-system', 0],
    ['osm-system', 1],
  ])('that runs in %s is found, with %i patches: what AKS answers for is not patched', (namespace, patches) => {
    const object = { ...controller(['--verbosity', 'info']), metadata: { name: 'osm-controller', namespace } };
    const [found] = meshCertificates.judge([object], {});
    expect(found!.problems.map(({ rule }) => rule)).toEqual(['built-in-authority']);
    expect(found!.propose?.()?.objects ?? []).toHaveLength(patches);
  });

  test('that is an add-on whose controller is not seen is unknown, and retired all the same', () => {
    const facts: ClusterFacts = { cluster: { addonProfiles: { OpenServiceMesh: { enabled: true } } } };
    expect(meshCertificates.judge([], facts).map(outcomeOf)).toEqual(['unknown', 'open']);
  });

  test.each([
    ['a MeshConfig that says nothing', {}, ['permissive-mode'], []],
    ['a MeshConfig that is strict', { traffic: { enablePermissiveTrafficPolicyMode: false } }, [], []],
    [
      'certificates for a week and open egress',
      {
        certificate: { serviceCertValidityDuration: '168h' },
        traffic: { enablePermissiveTrafficPolicyMode: false, enableEgress: true },
      },
      [],
      ['egress is on', 'valid for 168h'],
    ],
    [
      'certificates for a day, in minutes',
      {
        certificate: { serviceCertValidityDuration: '1439m60s' },
        traffic: { enablePermissiveTrafficPolicyMode: false },
      },
      [],
      [],
    ],
  ])('with %s', (_, spec, rules, advice) => {
    const found = onlyFinding(meshCertificates, [
      given('config.openservicemesh.io/v1alpha1', 'MeshConfig', 'osm-mesh-config', { spec }),
    ]);
    expect(found.problems.map(({ rule }) => rule)).toEqual(rules);
    expect(found.advice ?? []).toEqual(advice.map((text) => expect.stringContaining(text) as string));
  });

  test('with the ConfigMap of the older versions: only what it says is on is on', () => {
    const settings = (data: object) => given('v1', 'ConfigMap', 'osm-config', { data });
    expect(rulesOf(meshCertificates, [settings({})])).toEqual([['osm-config', []]]);
    const found = onlyFinding(meshCertificates, [settings({ permissive_traffic_policy_mode: 'true' })]);
    expect(found.problems.map(({ path }) => path)).toEqual(['data.permissive_traffic_policy_mode']);
    expect(found.propose?.()?.objects[0]).toMatchObject({ data: { permissive_traffic_policy_mode: 'false' } });
  });
});

describe('Istio', () => {
  const plugin = {
    keyVaultId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv-mesh',
    certObjectName: 'cert',
    keyObjectName: 'key',
    rootCertObjectName: 'root',
    certChainObjectName: 'chain',
  };
  const addOn = (certificateAuthority?: object): ClusterFacts => ({
    cluster: { serviceMeshProfile: { mode: 'istio', istio: { certificateAuthority } } },
  });

  test.each([
    [
      'no authority of its own',
      undefined,
      ['built-in-authority'],
      'signs certificates with a root that it made itself',
    ],
    [
      'an authority that says half',
      { plugin: { ...plugin, certChainObjectName: '' } },
      ['built-in-authority'],
      'does not say certChainObjectName:',
    ],
    ['an authority from Key Vault', { plugin }, [], 'lies in kv-mesh'],
  ])('as the add-on with %s', (_, authority, rules, text) => {
    const found = onlyFinding(meshCertificates, [], addOn(authority));
    expect([found.object.kind, found.problems.map(({ rule }) => rule)]).toEqual(['Cluster', rules]);
    expect([...found.problems.map(({ reason }) => reason), ...(found.advice ?? [])].join()).toContain(text);
  });

  const peer = (spec: object, namespace = 'aks-istio-system') =>
    given('security.istio.io/v1', 'PeerAuthentication', 'default', { namespace, spec });

  test.each([
    ['STRICT', { mtls: { mode: 'STRICT' } }, []],
    ['nothing, so what stands above it holds', {}, []],
    ['PERMISSIVE', { mtls: { mode: 'PERMISSIVE' } }, ['spec.mtls.mode']],
    [
      'STRICT but for one port',
      { mtls: { mode: 'STRICT' }, portLevelMtls: { 8080: { mode: 'DISABLE' } } },
      ['spec.portLevelMtls.8080.mode'],
    ],
  ])('with a PeerAuthentication that says %s', (_, spec, paths) => {
    const found = meshCertificates
      .judge([peer(spec, 'team-a')], addOn({ plugin }))
      .find(({ object }) => object.kind === 'PeerAuthentication');
    expect(found?.problems.map(({ path }) => path)).toEqual(paths);
  });

  test.each([
    ['one for the mesh', [peer({ mtls: { mode: 'STRICT' } })], true, []],
    ['none', [], true, ['permissive-mode']],
    ['one of a namespace alone', [peer({ mtls: { mode: 'STRICT' } }, 'team-a')], true, ['permissive-mode']],
    [
      'one that selects pods',
      [peer({ selector: { matchLabels: { a: 'b' } }, mtls: { mode: 'STRICT' } })],
      true,
      ['permissive-mode'],
    ],
    ['none among some objects', [], false, []],
  ])('with %s as its strict policy', (_, objects: readonly KubernetesObject[], isWhole, rules) => {
    const findings = meshCertificates.judge(objects, { ...addOn({ plugin }), isWhole });
    expect(
      findings
        .filter(({ aspect }) => aspect === 'mutual-tls')
        .flatMap(({ problems }) => problems.map(({ rule }) => rule)),
    ).toEqual(rules);
  });

  test('whose authority nobody shows is unknown', () => {
    const istiod = deployment('istiod', { image: 'docker.io/istio/pilot:1.24' });
    expect(outcomeOf(onlyFinding(meshCertificates, [istiod]))).toBe('unknown');
    expect(meshCertificates.judge([peer({ mtls: { mode: 'STRICT' } })], {}).map(outcomeOf)).toEqual([
      'unknown',
      'compliant',
    ]);
  });

  test('that names an authority outside of it is right', () => {
    const istiod = deployment('istiod', {
      image: 'docker.io/istio/pilot:1.24',
      env: [{ name: 'ENABLE_CA_SERVER', value: 'false' }],
    });
    expect(outcomeOf(onlyFinding(meshCertificates, [istiod]))).toBe('compliant');
  });
});

test('Cilium’s mutual authentication has an authority of its own, and none without it', () => {
  const settings = (data: object) => [given('v1', 'ConfigMap', 'cilium-config', { data })];
  expect(rulesOf(meshCertificates, settings({ 'mesh-auth-mutual-enabled': 'true' }))).toEqual([
    ['cilium-config', ['built-in-authority']],
  ]);
  expect(rulesOf(meshCertificates, settings({ 'mesh-auth-mutual-enabled': 'false' }))).toEqual([]);
});

test('a mesh that Steward does not know well is unknown, once', () => {
  const linkerd = ['identity', 'destination'].map((name) =>
    deployment(name, { image: 'cr.l5d.io/linkerd/controller:edge' }),
  );
  expect(onlyFinding(meshCertificates, linkerd).unknown?.join()).toContain('Linkerd');
});

test('without the right to read Deployments it is unknown whether there is a mesh', () => {
  const found = onlyFinding(meshCertificates, [], { unread: new Map([['Deployment', '403']]) });
  expect(outcomeOf(found)).toBe('unknown');
});

testWith('estate/estate.json')('the landing zone’s mesh has Tresor, is retired, and its settings are strict', () => {
  expect(rulesOf(meshCertificates, estateObjects())).toEqual([
    ['osm-controller', ['built-in-authority']],
    ['osm-controller', ['retired-mesh']],
    ['osm-config', []],
  ]);
});

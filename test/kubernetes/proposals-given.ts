import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldsIn, fieldsOf, textOf, type Fields } from '../../shared/kubernetes/fields';
import type { ClusterFacts } from '../../shared/kubernetes/judgement';
import { readManifests } from '../../shared/kubernetes/manifests/read';
import { refusalOf } from '../../shared/kubernetes/manifests/refusals';
import { asStored } from '../../shared/kubernetes/manifests/stored';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { readJson, readText } from '../policy/shared-files';
import { deployment, estateObjects, given } from './given';

/** Objects that are judged together. */
export interface World {
  readonly name: string;
  readonly objects: readonly KubernetesObject[];
  readonly facts: ClusterFacts;
}

const today = '2026-11-24';

/** A cluster with meshes and a controller whose settings are half right. */
export const meshWorld: World = {
  name: 'mesh',
  facts: {
    today,
    isWhole: true,
    cluster: { serviceMeshProfile: { mode: 'Istio', istio: {} } },
  },
  objects: [
    given('security.istio.io/v1', 'PeerAuthentication', 'mixed', {
      spec: {
        mtls: { mode: 'STRICT' },
        portLevelMtls: { 8080: { mode: 'DISABLE' }, 8081: { mode: 'STRICT' }, 8082: { mode: 'UNSET' } },
      },
    }),
    given('config.openservicemesh.io/v1alpha2', 'MeshConfig', 'osm-mesh-config', {
      namespace: 'osm-system',
      spec: { traffic: { enablePermissiveTrafficPolicyMode: true, enableEgress: false } },
    }),
    given('v1', 'ConfigMap', 'osm-config', {
      namespace: 'arc-osm-system',
      data: { permissive_traffic_policy_mode: 'true', egress: 'false' },
    }),
    deployment(
      'osm-controller',
      { image: 'mcr/osm-controller:1', args: ['--osm-namespace', 'a', '--certificate-manager', 'tresor'] },
      { namespace: 'osm-system' },
    ),
    deployment(
      'ingress-nginx-controller',
      {
        image: 'registry.k8s.io/ingress-nginx/controller:v1',
        args: ['/nginx-ingress-controller', '--default-ssl-certificate=ingress-nginx/wild', '--publish-service=a/b'],
        securityContext: { allowPrivilegeEscalation: false, runAsUser: 101 },
      },
      { namespace: 'ingress-nginx' },
    ),
  ],
};

/** Ingresses of which one has a secret for some of its hosts, and one for all hosts of a domain. */
export const ingressWorld: World = {
  name: 'ingresses',
  facts: { today },
  objects: [
    given('networking.k8s.io/v1', 'Ingress', 'half', {
      spec: {
        tls: [{ hosts: ['a.example.com'], secretName: 'a-tls' }, { hosts: ['b.example.com'] }],
        rules: ['a', 'b', 'c'].map((name) => ({ host: `${name}.example.com` })),
      },
    }),
    given('networking.k8s.io/v1', 'Ingress', 'wild', {
      spec: {
        tls: [{ hosts: ['*.example.com'], secretName: 'wild-tls' }],
        rules: [{ host: '*.example.com' }, { host: 'www.example.org' }],
      },
    }),
  ],
};

const readAll = (texts: readonly string[]): readonly KubernetesObject[] =>
  texts
    .flatMap((text) => readManifests(text, 'a.yaml').manifests)
    .map(({ object }) => object)
    .filter((object) => refusalOf(object) === undefined)
    .map(asStored);

/** The clusters of the sample estate. */
export function sampleWorlds(): readonly World[] {
  const folder = join(__dirname, '../sandbox/estate/kubernetes');
  return globSync('*', { cwd: folder })
    .toSorted()
    .map((name) => ({
      name,
      objects: readAll(
        globSync('**/*.json', { cwd: join(folder, name) }).map((file) =>
          readFileSync(join(folder, name, file), 'utf8'),
        ),
      ),
      facts: {
        today,
        isWhole: true,
        kubernetesVersion: '1.33',
        cluster: { networkProfile: { networkPolicy: 'azure' } },
      },
    }));
}

/** The landing zone's cluster, as Azure and its API server show it. */
export function landingZone(): World {
  const { resources } = readJson('estate/estate.json') as unknown as {
    readonly resources: readonly { path: string }[];
  };
  const cluster = resources
    .map(({ path }) => readJson(`estate/${path}`) as unknown as Fields)
    .find(({ type }) => textOf(type).toLowerCase() === 'microsoft.containerservice/managedclusters');
  return {
    name: 'landing zone',
    objects: estateObjects().map(asStored),
    facts: { today, isWhole: true, kubernetesVersion: '1.33', cluster: fieldsOf(cluster?.['properties']) },
  };
}

/** Each case that is a stream of objects as a cluster of its own. */
export function caseWorlds(kind: 'pss' | 'networkpolicy' | 'rbac'): readonly World[] {
  const { cases } = readJson(`kubernetes/${kind}/index.json`) as unknown as {
    readonly cases: readonly { id: string }[];
  };
  return cases.map(({ id }) => ({
    name: `${kind} ${id}`,
    objects: readAll([readText(`kubernetes/${kind}/cases/${id}.yaml`)]),
    facts: { today },
  }));
}

export function ingressWorlds(): readonly World[] {
  const { cases } = fieldsOf(readJson('kubernetes/ingress/cases.json'));
  return fieldsIn(cases).map(({ spec, annotations, ingressName }, index) => ({
    name: `ingress ${index}`,
    objects: readAll([
      JSON.stringify({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: textOf(ingressName) || 'case', namespace: 'default', annotations },
        spec,
      }),
    ]),
    facts: { today },
  }));
}

export function agentConfigWorlds(): readonly World[] {
  const { cases } = fieldsOf(readJson('kubernetes/agentconfig/cases.json'));
  return fieldsIn(cases).map(({ schemaVersion, settings }, index) => ({
    name: `agent config ${index}`,
    objects:
      settings === null
        ? []
        : readAll([
            JSON.stringify({
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: { name: 'container-azm-ms-agentconfig', namespace: 'kube-system' },
              data: { 'schema-version': schemaVersion, 'log-data-collection-settings': settings, other: 'stays' },
            }),
          ]),
    facts: { today, isWhole: true, collectedNamespaces: ['team-a'] },
  }));
}

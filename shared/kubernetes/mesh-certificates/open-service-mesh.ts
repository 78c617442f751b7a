import { at, fieldsIn, fieldsOf, groupOf, textOf, textsIn, type Fields } from '../fields';
import type { ObjectProblem } from '../judgement';
import type { KubernetesObject } from '../object';
import { argumentOf, isOwned, podSpecOf } from '../pod-template';

/** What runs Open Service Mesh's controller, and the container. */
export interface OsmController {
  readonly object: KubernetesObject;
  readonly container: Fields;
}

export function osmControllersIn(objects: readonly KubernetesObject[]): readonly OsmController[] {
  return objects
    .filter((object) => !isOwned(object))
    .flatMap((object) => {
      const containers = fieldsIn(podSpecOf(object)?.['containers']);
      const container = containers.find(
        ({ name, image }) => name === 'osm-controller' || /\/osm-controller[:@]/.test(textOf(image)),
      );
      return container === undefined ? [] : [{ object, container }];
    });
}

const FORMAL = ['vault', 'cert-manager'];

/** Which provider issues: the controller's argument, or the root certificate object of newer versions. The default is Tresor. */
export function providerProblems(
  { container }: OsmController,
  objects: readonly KubernetesObject[],
): readonly ObjectProblem[] {
  const name = textOf(container['name']);
  const path = `spec.template.spec.containers[name=${name}].args`;
  const said = argumentOf(container, 'certificate-manager');
  const roots = objects.filter(isRoot).map(providerOf);
  const named = roots.length > 0 ? roots : [said === undefined || said === '' ? 'tresor' : said];
  const provider = named.find((one) => !FORMAL.includes(one));
  if (provider === undefined) return [];
  const how = said === undefined && roots.length === 0 ? 'no --certificate-manager is given, so ' : '';
  const reason =
    provider === 'tresor'
      ? `${how}Tresor, the mesh’s built-in provider, issues the certificates and keeps its root’s key in a Secret: use cert-manager, Vault or an authority of your own`
      : `--certificate-manager is "${provider}", which Open Service Mesh does not know: use cert-manager or vault`;
  return [{ rule: provider === 'tresor' ? 'built-in-authority' : 'unknown-authority', severity: 'high', reason, path }];
}

const isRoot = ({ kind, apiVersion }: KubernetesObject): boolean =>
  kind === 'MeshRootCertificate' && groupOf(apiVersion) === 'config.openservicemesh.io';

function providerOf({ spec }: KubernetesObject): string {
  const provider = fieldsOf(at(spec, 'provider'));
  if (provider['certManager'] !== undefined) return 'cert-manager';
  return provider['vault'] === undefined ? 'tresor' : 'vault';
}

export const osmRetired: ObjectProblem = {
  rule: 'retired-mesh',
  severity: 'medium',
  reason:
    'Open Service Mesh is not developed any more, and the add-on of AKS ends on 2027-09-30: move to the Istio add-on with an authority of your own, or do without a mesh',
};

/** The ConfigMap of older versions; newer ones have a MeshConfig. */
export const osmSettingsName = 'osm-config';

export function isOsmSettings({ kind, apiVersion, metadata }: KubernetesObject): boolean {
  if (kind === 'MeshConfig') return groupOf(apiVersion) === 'config.openservicemesh.io';
  return kind === 'ConfigMap' && apiVersion === 'v1' && metadata.name === osmSettingsName;
}

/** The settings of either form. Undefined: not said, and then the mesh's default. */
interface OsmSettings {
  readonly permissive: { readonly on: boolean; readonly path: string };
  readonly egress: boolean;
  readonly validity: string;
}

function settingsOf({ kind, data, spec }: KubernetesObject): OsmSettings {
  if (kind === 'ConfigMap') {
    const {
      permissive_traffic_policy_mode: permissive,
      egress,
      service_cert_validity_duration: validity,
    } = fieldsOf(data);
    const path = 'data.permissive_traffic_policy_mode';
    return {
      permissive: { on: textOf(permissive) === 'true', path },
      egress: textOf(egress) === 'true',
      validity: textOf(validity),
    };
  }
  const { enablePermissiveTrafficPolicyMode, enableEgress } = fieldsOf(at(spec, 'traffic'));
  return {
    permissive: {
      on: enablePermissiveTrafficPolicyMode !== false,
      path: 'spec.traffic.enablePermissiveTrafficPolicyMode',
    },
    egress: enableEgress === true,
    validity: textOf(at(spec, 'certificate', 'serviceCertValidityDuration')),
  };
}

export function osmSettingsProblems(object: KubernetesObject): readonly ObjectProblem[] {
  const { permissive } = settingsOf(object);
  if (!permissive.on) return [];
  return [
    {
      rule: 'permissive-mode',
      severity: 'medium',
      reason:
        'the mesh is in permissive mode, so every pod in it may talk to every other: set it to false and allow by TrafficTarget',
      path: permissive.path,
    },
  ];
}

const HOURS_BY_DEFAULT = 24;

export function osmSettingsAdvice(object: KubernetesObject): readonly string[] {
  const { egress, validity } = settingsOf(object);
  const hours = hoursIn(validity);
  return [
    ...(egress
      ? [
          'pods of the mesh may talk to everything outside of it (egress is on): switch it off and allow by Egress objects',
        ]
      : []),
    ...(validity !== '' && hours === undefined
      ? [`"${validity}" is no duration, and the mesh takes its default, ${HOURS_BY_DEFAULT}h`]
      : []),
    ...(hours !== undefined && hours > HOURS_BY_DEFAULT
      ? [
          `certificates of the services are valid for ${validity}; the mesh’s default is ${HOURS_BY_DEFAULT}h, and a stolen one serves as long as it is valid`,
        ]
      : []),
  ];
}

/** A duration as Go writes it, as `168h` or `1h30m`. */
function hoursIn(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(h|m|s))+$/.test(text)) return undefined;
  const units: Readonly<Record<string, number>> = { h: 1, m: 1 / 60, s: 1 / 3600 };
  return [...text.matchAll(/(\d+(?:\.\d+)?)(h|m|s)/g)]
    .map(([, count, unit = '']) => Number(count) * (units[unit] ?? 0))
    .reduce((a, b) => a + b, 0);
}

/** Settings that let only what is allowed through. */
export function osmSettingsPatch({ apiVersion, kind, metadata }: KubernetesObject): Fields {
  const head = { apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace } };
  if (kind === 'ConfigMap') return { ...head, data: { permissive_traffic_policy_mode: 'false' } };
  return { ...head, spec: { traffic: { enablePermissiveTrafficPolicyMode: false } } };
}

/** The controller with cert-manager as its provider, for a mesh that is built anew. */
export function osmControllerPatch({ object, container }: OsmController): Fields | undefined {
  const args = textsIn(container['args']);
  const index = args.findIndex((one) => /^--?certificate-manager(=|$)/.test(one));
  const ended = args[index]?.includes('=') === true ? index : index + 1;
  const kept = index < 0 ? args : args.toSpliced(index, ended - index + 1);
  if (args.length === 0) return undefined;
  const wanted = ['--certificate-manager', 'cert-manager', '--cert-manager-issuer-name', 'osm-ca'];
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { name: object.metadata.name, namespace: object.metadata.namespace },
    spec: { template: { spec: { containers: [{ name: container['name'], args: [...kept, ...wanted] }] } } },
  };
}

import { at, fieldsIn, fieldsOf, groupOf, textOf, type Fields } from '../fields';
import type { ObjectProblem } from '../judgement';
import type { KubernetesObject } from '../object';
import { isOwned, podSpecOf } from '../pod-template';

/** Without a plug-in authority the add-on signs with a root of its own. */
export function istioAuthorityProblems(istio: Fields): readonly ObjectProblem[] {
  const plugin = fieldsOf(at(istio, 'certificateAuthority', 'plugin'));
  const path = 'properties.serviceMeshProfile.istio.certificateAuthority.plugin';
  const wanted = ['keyVaultId', 'certObjectName', 'keyObjectName', 'rootCertObjectName', 'certChainObjectName'];
  const missing = wanted.filter((name) => textOf(plugin[name]) === '');
  if (missing.length === 0) return [];
  const reason =
    missing.length === wanted.length
      ? 'the Istio add-on signs certificates with a root that it made itself: use an intermediate authority from Key Vault; an existing mesh has to be disabled first, so plan a time for it'
      : `the plug-in authority of the Istio add-on does not say ${missing.join(', ')}: complete it`;
  return [{ rule: 'built-in-authority', severity: 'high', reason, path }];
}

export function istioAuthorityAdvice(istio: Fields): readonly string[] {
  const vault = textOf(at(istio, 'certificateAuthority', 'plugin', 'keyVaultId'));
  return vault === ''
    ? []
    : [
        `the key of the intermediate authority lies in ${vault.split('/').at(-1)}: that vault has to be as closed as the mesh`,
      ];
}

/** Istiod that somebody installed. */
export function istiodIn(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const own = objects.filter(
    (one) => one.kind === 'Deployment' && !isOwned(one) && one.metadata.namespace !== 'aks-istio-system',
  );
  return own.filter((one) => istiodContainerOf(one) !== undefined);
}

function istiodContainerOf(object: KubernetesObject): Fields | undefined {
  const containers = fieldsIn(podSpecOf(object)?.['containers']);
  return containers.find(({ image }) => /\/pilot(-distroless)?[:@]/.test(textOf(image)));
}

/** Which authority an istiod uses, as far as its variables tell: an external one is named there, a plugged-in one is a Secret. */
export function istiodAuthority(object: KubernetesObject): {
  readonly isExternal: boolean;
  readonly unknown: readonly string[];
} {
  const variables = fieldsIn(istiodContainerOf(object)?.['env']);
  const valueOf = (name: string): string => textOf(variables.find((one) => one['name'] === name)?.['value']);
  const isExternal = valueOf('ENABLE_CA_SERVER') === 'false' || valueOf('EXTERNAL_CA') !== '';
  const reason =
    'whether istiod signs with an authority of yours is told by the Secret cacerts of its namespace, which is not read; the ConfigMap istio-ca-root-cert shows the root: a self-made one has the subject O=cluster.local';
  return { isExternal, unknown: isExternal ? [] : [reason] };
}

export function isPeerAuthentication({ kind, apiVersion }: KubernetesObject): boolean {
  return kind === 'PeerAuthentication' && groupOf(apiVersion) === 'security.istio.io';
}

interface Mode {
  readonly mode: string;
  readonly path: string;
  /** Absent: of all ports. */
  readonly port?: string;
}

/** What takes plain text, so that nobody needs a certificate there. */
function openModesOf({ spec }: KubernetesObject): readonly Mode[] {
  const modes: readonly Mode[] = [
    { mode: textOf(at(spec, 'mtls', 'mode')), path: 'spec.mtls.mode' },
    ...Object.entries(fieldsOf(at(spec, 'portLevelMtls'))).map(([port, one]) => ({
      mode: textOf(at(one, 'mode')),
      path: `spec.portLevelMtls.${port}.mode`,
      port,
    })),
  ];
  return modes.filter(({ mode }) => mode === 'PERMISSIVE' || mode === 'DISABLE');
}

export function peerProblems(object: KubernetesObject): readonly ObjectProblem[] {
  return openModesOf(object).map(({ mode, path }) => ({
    rule: 'permissive-mode',
    severity: 'medium',
    reason: `${object.metadata.name} has the mode ${mode}, so connections without a certificate are taken: set it to STRICT`,
    path,
  }));
}

/** The policy with STRICT where it takes plain text; what it says elsewhere stays. */
export function peerPatch(object: KubernetesObject): Fields {
  const { apiVersion, kind, metadata } = object;
  const open = openModesOf(object);
  const ports = open.flatMap(({ port }) => port ?? []);
  const strict = { mode: 'STRICT' };
  return {
    apiVersion,
    kind,
    metadata: { name: metadata.name, namespace: metadata.namespace },
    spec: {
      ...(open.length > ports.length && { mtls: strict }),
      ...(ports.length > 0 && { portLevelMtls: Object.fromEntries(ports.map((port) => [port, strict])) }),
    },
  };
}

/** A policy of the root namespace that selects nothing speaks for the whole mesh. */
export function isStrictFor({ metadata, spec }: KubernetesObject, root: string): boolean {
  const isMeshWide = metadata.namespace === root && Object.keys(fieldsOf(at(spec, 'selector'))).length === 0;
  return isMeshWide && at(spec, 'mtls', 'mode') === 'STRICT';
}

export const permissiveByDefault = (root: string): ObjectProblem => ({
  rule: 'permissive-mode',
  severity: 'medium',
  reason: `no PeerAuthentication in ${root} asks the whole mesh for STRICT, and by default connections without a certificate are taken: add one`,
});

export const strictPolicy = (root: string): Fields => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'default', namespace: root },
  spec: { mtls: { mode: 'STRICT' } },
});

import { at, fieldsIn, fieldsOf, textOf, textsIn } from '../fields';
import type { ClusterFacts, ObjectProblem } from '../judgement';
import type { KubernetesObject } from '../object';
import { covers, isWildcard } from './hosts';
import { annotation, keyVaultSecretOf, type Ingress, type TlsEntry } from './ingress';

/** Where the certificate of a secret comes from, without a look at the secret. */
export type Source =
  | { readonly kind: 'certificate'; readonly name: string; readonly names: readonly string[] }
  | { readonly kind: 'vault'; readonly text: string }
  | { readonly kind: 'unseen' };

export function sourceOf(namespace: string, secretName: string, objects: readonly KubernetesObject[]): Source {
  const here = sourcesIn(objects).byNamespace.get(namespace) ?? [];
  const certificate = here.find(({ kind, spec }) => kind === 'Certificate' && at(spec, 'secretName') === secretName);
  if (certificate !== undefined) {
    const { dnsNames, commonName } = fieldsOf(certificate.spec);
    const common = textOf(commonName);
    const names = [...textsIn(dnsNames), ...(common === '' ? [] : [common])];
    return { kind: 'certificate', name: certificate.metadata.name ?? '', names };
  }
  const provider = here.find((one) => one.kind === 'SecretProviderClass' && makes(one, secretName));
  return provider === undefined ? { kind: 'unseen' } : { kind: 'vault', text: vaultTextOf(provider, secretName) };
}

interface Sources {
  readonly byNamespace: ReadonlyMap<string, readonly KubernetesObject[]>;
  /** A SecretProviderClass of Azure that makes a certificate already. */
  readonly example: KubernetesObject | undefined;
}

const known = new WeakMap<readonly KubernetesObject[], Sources>();

/** What makes certificates; looked for once for all who ask of the same objects. */
export function sourcesIn(objects: readonly KubernetesObject[]): Sources {
  const made = known.get(objects) ?? sourcesAmong(objects);
  known.set(objects, made);
  return made;
}

function sourcesAmong(objects: readonly KubernetesObject[]): Sources {
  const all = objects.filter(({ kind }) => kind === 'Certificate' || kind === 'SecretProviderClass');
  const makesTls = ({ spec }: KubernetesObject): boolean =>
    fieldsIn(at(spec, 'secretObjects')).some(({ type }) => type === 'kubernetes.io/tls');
  return {
    byNamespace: Map.groupBy(all, ({ metadata }) => metadata.namespace ?? ''),
    example: all.find(
      (one) => one.kind === 'SecretProviderClass' && at(one.spec, 'provider') === 'azure' && makesTls(one),
    ),
  };
}

const secretObjectsOf = ({ spec }: KubernetesObject, secretName: string) =>
  fieldsIn(at(spec, 'secretObjects')).filter((one) => one['secretName'] === secretName);

const makes = (provider: KubernetesObject, secretName: string): boolean =>
  secretObjectsOf(provider, secretName).length > 0;

function vaultTextOf(provider: KubernetesObject, secretName: string): string {
  const data = secretObjectsOf(provider, secretName).flatMap((one) => fieldsIn(one['data']));
  const names = [...new Set(data.map(({ objectName }) => textOf(objectName)))].join(', ');
  const vault = textOf(at(provider.spec, 'parameters', 'keyvaultName'));
  return `${names}${vault === '' ? '' : ` in the vault ${vault}`} (SecretProviderClass ${provider.metadata.name})`;
}

export interface Seen {
  readonly problems: readonly ObjectProblem[];
  readonly unknown: readonly string[];
}

/** What the certificates behind the secrets of an Ingress say, as far as anything but the secrets tells it. */
export function certificatesSeen(
  object: KubernetesObject,
  ingress: Ingress,
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
): Seen {
  const seen = ingress.tls.map((entry, index): Seen => {
    if (entry.secretName === '') return { problems: [], unknown: [] };
    const source = sourceOf(object.metadata.namespace ?? '', entry.secretName, objects);
    if (source.kind === 'certificate') return { problems: certificateProblems(source, entry, index), unknown: [] };
    const reason = unknownReason(ingress, entry, source, facts);
    return { problems: [], unknown: reason === undefined ? [] : [reason] };
  });
  return { problems: seen.flatMap(({ problems }) => problems), unknown: seen.flatMap(({ unknown }) => unknown) };
}

function certificateProblems(
  source: Extract<Source, { kind: 'certificate' }>,
  entry: TlsEntry,
  index: number,
): readonly ObjectProblem[] {
  const path = `spec.tls[${index}].secretName`;
  const wild = source.names.filter(isWildcard);
  const missing = entry.hosts.filter((host) => !source.names.some((name) => covers(name, host)));
  const say = (rule: string, reason: string): ObjectProblem => ({ rule, severity: 'medium', reason, path });
  return [
    ...(wild.length === 0
      ? []
      : [
          say(
            'wildcard-certificate',
            `the Certificate ${source.name} is for ${wild.join(', ')}, a wildcard: issue one for the hosts alone`,
          ),
        ]),
    ...(missing.length === 0
      ? []
      : [
          say(
            'certificate-for-others',
            `the Certificate ${source.name} is not for ${missing.join(', ')}: add it to dnsNames`,
          ),
        ]),
  ];
}

function unknownReason(
  { annotations, name }: Ingress,
  { secretName }: TlsEntry,
  source: Source,
  { unread }: ClusterFacts,
): string | undefined {
  if (source.kind === 'vault')
    return `whether the certificate of ${secretName} is a wildcard is seen in Key Vault: ${source.text}`;
  const vault = textOf(annotations[annotation.keyVault]);
  if (vault !== '' && secretName === keyVaultSecretOf(name))
    return `whether the certificate is a wildcard is seen in Key Vault: ${vault}`;
  const isIssued = ['issuer', 'cluster-issuer'].some(
    (issuer) => textOf(annotations[`cert-manager.io/${issuer}`]) !== '',
  );
  if (isIssued) return undefined;
  const reasons = ['Certificate', 'SecretProviderClass'].flatMap((kind) => {
    const reason = unread?.get(kind);
    return reason === undefined ? [] : [`${kind} objects cannot be read: ${reason}`];
  });
  const why =
    reasons.length > 0 ? reasons.join('; ') : 'no Certificate and no SecretProviderClass of its namespace makes it';
  return `whether ${secretName} holds a certificate for these hosts alone is not seen, for secrets are not read (${why})`;
}

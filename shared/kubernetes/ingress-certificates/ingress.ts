import { at, fieldsIn, fieldsOf, textOf, textsIn, type Fields } from '../fields';
import type { ObjectProblem } from '../judgement';
import type { KubernetesObject } from '../object';
import { anyCovers, isWildcard } from './hosts';

export interface TlsEntry {
  readonly hosts: readonly string[];
  /** Empty: none is named. */
  readonly secretName: string;
}

/** What is read of an Ingress. */
export interface Ingress {
  readonly name: string;
  readonly className: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly tls: readonly TlsEntry[];
  /** One for each rule; empty where it answers for every name. */
  readonly hosts: readonly string[];
  readonly hasDefaultBackend: boolean;
}

export const annotation = {
  keyVault: 'kubernetes.azure.com/tls-cert-keyvault-uri',
  gatewayCertificate: 'appgw.ingress.kubernetes.io/appgw-ssl-certificate',
  className: 'kubernetes.io/ingress.class',
} as const;

export function isIngress({ kind, apiVersion, metadata }: KubernetesObject): boolean {
  const isKind = kind === 'Ingress' && /^(networking\.k8s\.io|extensions)\//.test(apiVersion);
  return isKind && metadata.labels?.['acme.cert-manager.io/http01-solver'] !== 'true';
}

export function ingressOf({ metadata, spec }: KubernetesObject): Ingress {
  const { ingressClassName, tls, rules, defaultBackend, backend } = fieldsOf(spec);
  const annotations = metadata.annotations ?? {};
  return {
    name: metadata.name ?? '',
    className: textOf(ingressClassName) || textOf(annotations[annotation.className]),
    annotations,
    tls: fieldsIn(tls).map(({ hosts, secretName }) => ({ hosts: textsIn(hosts), secretName: textOf(secretName) })),
    hosts: fieldsIn(rules).map(({ host }) => textOf(host)),
    hasDefaultBackend: (defaultBackend ?? backend ?? null) !== null,
  };
}

/** What is wrong with the certificates that an Ingress names, by its own words alone. */
export function ingressProblems(ingress: Ingress): readonly ObjectProblem[] {
  return [
    ...tlsProblems(ingress),
    ...coverProblems(ingress),
    ...wildcardProblems(ingress),
    ...anyHostProblems(ingress),
  ];
}

function tlsProblems(ingress: Ingress): readonly ObjectProblem[] {
  const { tls } = ingress;
  if (tls.length === 0) return [noTls];
  const bare = tls.flatMap(({ secretName, hosts }, index) => (secretName === '' ? [{ hosts, index }] : []));
  const without = holdsOwnCertificate(ingress) ? [] : bare.map(({ hosts, index }) => noSecret(hosts, index));
  return [...without, ...keyVaultProblems(ingress)];
}

const noTls: ObjectProblem = {
  rule: 'no-tls',
  severity: 'high',
  reason: 'it has no spec.tls, so its hosts answer without a certificate of their own: name a secret for each host',
  path: 'spec.tls',
};

const noSecret = (hosts: readonly string[], index: number): ObjectProblem => ({
  rule: 'no-secret',
  severity: 'high',
  reason: `${firstOf(hosts) || 'a tls entry'} has TLS without secretName, so the controller’s default certificate is shown: name a secret with a certificate for ${hosts.length > 1 ? 'each host' : 'it'}`,
  path: `spec.tls[${index}].secretName`,
});

function firstOf(hosts: readonly string[]): string {
  const more = hosts.length > MOST_NAMED ? ` and ${hosts.length - MOST_NAMED} more` : '';
  return `${hosts.slice(0, MOST_NAMED).join(', ')}${more}`;
}

const MOST_NAMED = 10;

/** The certificate lies on the Application Gateway, whose controller takes it by name and needs no secret. */
function holdsOwnCertificate({ annotations, className }: Ingress): boolean {
  const isGateway = className === '' || /^azure[-/]application-gateway$/.test(className);
  return isGateway && textOf(annotations[annotation.gatewayCertificate]) !== '';
}

/** The application routing add-on writes the certificate from the vault into one secret, whose name it does not let choose. */
function keyVaultProblems({ annotations, tls, name }: Ingress): readonly ObjectProblem[] {
  const wanted = keyVaultSecretOf(name);
  const named = tls.flatMap(({ secretName }, index) => (secretName === '' ? [] : [{ secretName, index }]));
  const [first] = named;
  if (textOf(annotations[annotation.keyVault]) === '' || first === undefined) return [];
  if (named.some(({ secretName }) => secretName === wanted)) return [];
  return [
    {
      rule: 'key-vault-secret-name',
      severity: 'high',
      reason: `its certificate comes from Key Vault, and the add-on writes it to ${wanted}, not to ${first.secretName}: name that secret`,
      path: `spec.tls[${first.index}].secretName`,
    },
  ];
}

export const keyVaultSecretOf = (ingressName: string): string => `keyvault-${ingressName}`;

function coverProblems({ tls, hosts }: Ingress): readonly ObjectProblem[] {
  if (tls.length === 0) return [];
  const isCovered = anyCovers(tls.flatMap((entry) => entry.hosts));
  return hosts.flatMap((host, index) =>
    host === '' || isCovered(host)
      ? []
      : [
          {
            rule: 'host-not-covered',
            severity: 'high' as const,
            reason: `${host} is in no tls entry, so the controller’s default certificate is shown: add it to one with a secret`,
            path: `spec.rules[${index}].host`,
          },
        ],
  );
}

function wildcardProblems({ tls, hosts }: Ingress): readonly ObjectProblem[] {
  const places = [
    ...hosts.map((host, index) => ({ host, path: `spec.rules[${index}].host` })),
    ...tls.flatMap((entry, index) =>
      entry.hosts.map((host, place) => ({ host, path: `spec.tls[${index}].hosts[${place}]` })),
    ),
  ];
  return places
    .filter(({ host }) => isWildcard(host))
    .map(({ host, path }) => ({
      rule: 'wildcard-host',
      severity: 'medium',
      reason: `${host} is a wildcard, and every host has to have a certificate of its own: name the hosts`,
      path,
    }));
}

function anyHostProblems({ hosts, hasDefaultBackend }: Ingress): readonly ObjectProblem[] {
  const say = (what: string): string => `${what} answers for every name, with whatever certificate: name the hosts`;
  const rules = hosts.flatMap((host, index) =>
    host === '' ? [{ reason: say('a rule without host'), path: `spec.rules[${index}].host` }] : [],
  );
  const backend = hasDefaultBackend ? [{ reason: say('a default backend'), path: 'spec.defaultBackend' }] : [];
  return [...rules, ...backend].map((one) => ({ rule: 'any-host', severity: 'medium', ...one }));
}

/** By the names that the cases have for it. */
export type Advice = 'unused-tls-host' | 'plain-http-allowed' | 'snippet' | 'key-vault-version';

export function ingressAdvice(ingress: Ingress): readonly (readonly [Advice, string])[] {
  const { annotations, tls } = ingress;
  const isUsed = usedBy(ingress);
  const unused = tls.flatMap((entry) => entry.hosts).filter((name) => !isUsed(name));
  const names = Object.keys(annotations);
  const vault = textOf(annotations[annotation.keyVault]);
  const off = ['ssl-redirect', 'force-ssl-redirect'].some((name) => valueOf(annotations, name) === 'false');
  return [
    ...unused.map((host) => ['unused-tls-host', `${host} has a certificate and no rule: take it out`] as const),
    ...(off
      ? [['plain-http-allowed', 'HTTP is answered, not sent on to HTTPS (ssl-redirect is "false")'] as const]
      : []),
    ...(names.some((name) => name.endsWith('-snippet'))
      ? [
          [
            'snippet',
            'a snippet puts any configuration into the controller: see whether an annotation does the same',
          ] as const,
        ]
      : []),
    ...(/\/certificates\/[^/]+\/[^/]+/.test(vault)
      ? [
          [
            'key-vault-version',
            `${vault} names a version, so a renewed certificate is not taken: leave the version out`,
          ] as const,
        ]
      : []),
  ];
}

/** A wildcard is told as one; a rule for every name uses every host. */
function usedBy({ hosts, hasDefaultBackend }: Ingress): (name: string) => boolean {
  const answersForAll = hasDefaultBackend || hosts.includes('');
  const isMeant = anyCovers(hosts);
  return (name) => isWildcard(name) || answersForAll || isMeant(name);
}

const valueOf = (annotations: Fields, name: string): unknown => at(annotations, `nginx.ingress.kubernetes.io/${name}`);

import { at, fieldsOf, textOf, type Fields } from '../fields';
import type { ClusterFacts, Proposal } from '../judgement';
import type { KubernetesObject } from '../object';
import { argumentsOf } from '../pod-template';
import { DEFAULT_CERTIFICATE, type Controller } from './controllers';
import { anyCovers, isWildcard } from './hosts';
import { annotation, ingressOf, keyVaultSecretOf, type Ingress, type TlsEntry } from './ingress';
import { probeEffects } from './probes';
import { sourcesIn } from './sources';

/** The Ingress with a secret for each of its hosts. None where that alone does not help, as without any host. */
export function ingressProposal(
  object: KubernetesObject,
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
): Proposal | undefined {
  const ingress = ingressOf(object);
  const hosts = [...new Set([...ingress.hosts, ...ingress.tls.flatMap((entry) => entry.hosts)])].filter(
    (host) => host !== '' && !isWildcard(host),
  );
  if (hosts.length === 0) return undefined;
  const tls = entriesFor(ingress, hosts);
  const named = new Set(ingress.tls.map(({ secretName }) => secretName));
  const added = tls.filter(({ secretName }) => !named.has(secretName));
  const providers = added.flatMap((entry) => providerFor(object, entry, objects));
  const patch = patchOf(object, { tls });
  const gateways = gatewaysAfter(
    { ...object, spec: { ...fieldsOf(object.spec), tls } as never },
    object,
    objects,
    facts,
  );
  return { objects: [...providers, patch], effects: [...effectsOf(object, added, providers), ...gateways, last] };
}

/** What becomes of the probes of the gateways in front. */
function gatewaysAfter(
  after: KubernetesObject,
  before: KubernetesObject,
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
): readonly string[] {
  if (facts.applicationGateways === undefined || facts.applicationGateways.length === 0) return [];
  return probeEffects([...objects.filter((one) => one !== before), after], facts);
}

function patchOf({ apiVersion, kind, metadata }: KubernetesObject, spec: Fields): Fields {
  return { apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace }, spec };
}

/** Entries that are right stay, and those of hosts that are wildcards themselves; every other host gets one of its own. */
function entriesFor(ingress: Ingress, hosts: readonly string[]): readonly TlsEntry[] {
  const named = ingress.tls.filter((entry) => entry.secretName !== '' && entry.hosts.length > 0);
  const ruled = new Set(ingress.hosts);
  if (textOf(ingress.annotations[annotation.keyVault]) !== '')
    return [...named.flatMap((one) => wildcardsOf(one, ruled)), { hosts, secretName: keyVaultSecretOf(ingress.name) }];
  const kept = named.flatMap((entry) => (entry.hosts.some(isWildcard) ? wildcardsOf(entry, ruled) : [entry]));
  const isCovered = anyCovers(kept.flatMap((entry) => entry.hosts.filter((host) => !isWildcard(host))));
  const open = hosts.filter((host) => !isCovered(host));
  return [...kept, ...ownEntries(open, kept)];
}

/** Names of secrets have 253 characters at most, and a.b-c.example and a-b.c.example need one each. */
function ownEntries(hosts: readonly string[], kept: readonly TlsEntry[]): readonly TlsEntry[] {
  const taken = new Set(kept.map(({ secretName }) => secretName));
  return hosts.map((host) => {
    const start = host.replaceAll('.', '-').slice(0, 240);
    let secretName = `${start}-tls`;
    for (let n = 2; taken.has(secretName); n += 1) secretName = `${start}-${n}-tls`;
    taken.add(secretName);
    return { hosts: [host], secretName };
  });
}

/** Which hosts a wildcard stands for a person has to say: until then it must not lose its certificate. */
function wildcardsOf({ hosts, secretName }: TlsEntry, ruled: ReadonlySet<string>): readonly TlsEntry[] {
  const used = hosts.filter((host) => isWildcard(host) && ruled.has(host));
  return used.length === 0 ? [] : [{ hosts: used, secretName }];
}

/** A SecretProviderClass of Azure beside the Ingress, with the vault of one that makes a certificate already. */
function providerFor(
  { metadata }: KubernetesObject,
  { secretName }: TlsEntry,
  objects: readonly KubernetesObject[],
): readonly Fields[] {
  const model = sourcesIn(objects).example;
  if (model === undefined || secretName.startsWith(keyVaultSecretOf(''))) return [];
  const data = ['tls.key', 'tls.crt'].map((key) => ({ objectName: secretName, key }));
  return [
    {
      apiVersion: model.apiVersion,
      kind: 'SecretProviderClass',
      metadata: { name: secretName, namespace: metadata.namespace },
      spec: {
        provider: 'azure',
        secretObjects: [{ secretName, type: 'kubernetes.io/tls', data }],
        parameters: {
          ...fieldsOf(at(model.spec, 'parameters')),
          objects: `array:\n  - |\n    objectName: ${secretName}\n    objectType: secret\n`,
        },
      },
    },
  ];
}

const last = 'the controller’s default certificate goes last, after every Ingress has its own';

function effectsOf(
  { metadata }: KubernetesObject,
  added: readonly TlsEntry[],
  providers: readonly Fields[],
): readonly string[] {
  const secrets = added.map(({ secretName, hosts }) => `${metadata.namespace}/${secretName} for ${hosts.join(', ')}`);
  const first =
    secrets.length === 0 ? [] : [`before it is applied, these secrets need a certificate: ${secrets.join('; ')}`];
  const mounted =
    'a certificate of the secret’s name has to be in the vault, and a pod has to mount the SecretProviderClass: only then the secret is made';
  return providers.length === 0 ? first : [...first, mounted];
}

/** The controller without its default certificate: only when every Ingress has its own, for it would take a site down. */
export function controllerProposal(
  { object, container }: Controller,
  effects: readonly string[],
): Proposal | undefined {
  const command = argumentsOf({ command: container['command'] });
  if (command.some(isDefault)) return undefined;
  const args = withoutDefault(argumentsOf({ args: container['args'] }));
  const containers = [{ name: container['name'], args }];
  return { objects: [patchOf(object, { template: { spec: { containers } } })], effects };
}

const isDefault = (argument: string): boolean =>
  DEFAULT_CERTIFICATE.some((name) => argument.replace(/^--?/, '').split('=')[0] === name && argument.startsWith('-'));

function withoutDefault(args: readonly string[]): readonly string[] {
  return args.filter((argument, index) => {
    const before = args[index - 1] ?? '';
    return !isDefault(argument) && !(isDefault(before) && !before.includes('=') && !argument.startsWith('-'));
  });
}

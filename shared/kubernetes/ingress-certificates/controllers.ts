import { at, fieldsIn, fieldsOf, groupOf, isFields, textOf, type Fields } from '../fields';
import type { ClusterFacts, ObjectProblem } from '../judgement';
import type { KubernetesObject } from '../object';
import { argumentOf, argumentsOf, isOwned, podSpecOf } from '../pod-template';
import { sourceOf } from './sources';

/** The container of an ingress controller, and the object that runs it. */
export interface Controller {
  readonly object: KubernetesObject;
  readonly container: Fields;
  /** Of the project whose maintenance ended. */
  readonly isIngressNginx: boolean;
}

const KINDS = ['Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet', 'Pod'];
export const DEFAULT_CERTIFICATE = ['default-ssl-certificate', 'wildcard-tls-secret'] as const;
const ADD_ON_NAMESPACE = 'app-routing-system';

/** Controllers that somebody installed. Those of the application routing add-on are set up by their own objects. */
export function controllersIn(objects: readonly KubernetesObject[]): readonly Controller[] {
  const candidates = objects.filter(
    (one) => KINDS.includes(one.kind) && !isOwned(one) && one.metadata.namespace !== ADD_ON_NAMESPACE,
  );
  return candidates.flatMap((object) => {
    const containers = fieldsIn(podSpecOf(object)?.['containers']);
    const container = containers.find((one) => isIngressNginx(one) || defaultCertificateOf(one) !== undefined);
    return container === undefined ? [] : [{ object, container, isIngressNginx: isIngressNginx(container) }];
  });
}

function isIngressNginx(container: Fields): boolean {
  const image = textOf(container['image']);
  if (/ingress-nginx\/controller(-chroot)?([:@]|$)|nginx-ingress-controller[^/]*([:@]|$)/.test(image)) return true;
  return argumentsOf(container).some((one) => /(^|\/)nginx-ingress-controller$/.test(one));
}

interface Argument {
  readonly name: string;
  readonly value: string;
}

function defaultCertificateOf(container: Fields): Argument | undefined {
  return DEFAULT_CERTIFICATE.map((name) => ({ name, value: argumentOf(container, name) ?? '' })).find(
    ({ value }) => value !== '',
  );
}

export function defaultProblems(
  { object, container }: Controller,
  objects: readonly KubernetesObject[],
): readonly ObjectProblem[] {
  const argument = defaultCertificateOf(container);
  if (argument === undefined) return [];
  const { namespace = '' } = object.metadata;
  const secret = argument.value.replaceAll(/\$\(\w*NAMESPACE\)/g, namespace);
  const [where = '', name = ''] = secret.includes('/') ? secret.split('/') : [namespace, secret];
  const source = sourceOf(where, name, objects);
  const from =
    source.kind === 'unseen'
      ? ''
      : `, ${source.kind === 'vault' ? source.text : `by the Certificate ${source.name} for ${source.names.join(', ')}`}`;
  return [
    {
      rule: 'default-certificate',
      severity: 'medium',
      reason: `--${argument.name} shows ${secret}${from} for every host without a certificate of its own: give each Ingress its own, look at the probes of the gateway in front, and take the argument out last`,
      path: `spec.template.spec.containers[name=${textOf(container['name'])}].args`,
    },
  ];
}

/** Its maintenance ended; nobody closes its holes any more. */
export const retiredController: ObjectProblem = {
  rule: 'retired-controller',
  severity: 'medium',
  reason:
    'ingress-nginx is not maintained since March 2026: move to the Gateway API, Application Gateway for Containers or another controller that is',
};

export function isAddOn({ kind, apiVersion }: KubernetesObject): boolean {
  return kind === 'NginxIngressController' && groupOf(apiVersion) === 'approuting.kubernetes.azure.com';
}

/** The application routing add-on's settings: a default certificate from a secret or a vault. */
export function addOnProblems({ spec }: KubernetesObject): readonly ObjectProblem[] {
  const { secret, keyVaultURI } = fieldsOf(at(spec, 'defaultSSLCertificate'));
  const vault = textOf(keyVaultURI);
  if (!isFields(secret) && vault === '') return [];
  const what = vault === '' ? `${textOf(at(secret, 'namespace'))}/${textOf(at(secret, 'name'))}` : vault;
  return [
    {
      rule: 'default-certificate',
      severity: 'medium',
      reason: `it shows ${what} for every host without a certificate of its own: give each Ingress its own, look at the probes of the gateway in front, and take defaultSSLCertificate out last`,
      path: 'spec.defaultSSLCertificate',
    },
  ];
}

export function addOnAdvice({ spec }: KubernetesObject): readonly string[] {
  return at(spec, 'defaultSSLCertificate', 'forceSSLRedirect') === true
    ? []
    : ['HTTP is answered, not sent on to HTTPS: set defaultSSLCertificate.forceSSLRedirect to true'];
}

const END_OF_ADD_ON = '2026-12-01';
const endOfAddOn =
  'the NGINX of the application routing add-on gets security patches until November 2026: move to the Gateway API';

export function addOnSupport({ today }: ClusterFacts): {
  readonly problems: readonly ObjectProblem[];
  readonly advice: readonly string[];
} {
  if (today === undefined || today < END_OF_ADD_ON) return { problems: [], advice: [endOfAddOn] };
  return { problems: [{ rule: 'retired-controller', severity: 'medium', reason: endOfAddOn }], advice: [] };
}

/** A controller that the whole internet reaches. */
export function exposureAdvice({ object }: Controller, objects: readonly KubernetesObject[]): readonly string[] {
  const labels = fieldsOf(at(object, 'spec', 'template', 'metadata', 'labels'));
  const services = objects.filter(
    ({ kind, metadata, spec }) =>
      kind === 'Service' &&
      metadata.namespace === object.metadata.namespace &&
      at(spec, 'type') === 'LoadBalancer' &&
      selects(at(spec, 'selector'), labels),
  );
  return services
    .filter(isPublic)
    .map(({ metadata }) => `the Service ${metadata.name} is a public load balancer without loadBalancerSourceRanges`);
}

function selects(selector: unknown, labels: Fields): boolean {
  const wanted = Object.entries(fieldsOf(selector));
  return wanted.length > 0 && wanted.every(([label, value]) => labels[label] === value);
}

function isPublic({ metadata, spec }: KubernetesObject): boolean {
  const annotations = metadata.annotations ?? {};
  const isInternal = annotations['service.beta.kubernetes.io/azure-load-balancer-internal'] === 'true';
  const ranges = at(spec, 'loadBalancerSourceRanges');
  const isNarrowed =
    (Array.isArray(ranges) && ranges.length > 0) || 'service.beta.kubernetes.io/azure-allowed-ip-ranges' in annotations;
  return !isInternal && !isNarrowed;
}

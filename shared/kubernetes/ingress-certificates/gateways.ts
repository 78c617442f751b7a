import { at, fieldsIn, fieldsOf, groupOf, listOf, textOf, textsIn, type Fields } from '../fields';

import type { ObjectProblem } from '../judgement';
import type { KubernetesObject } from '../object';
import { isWildcard } from './hosts';
import type { TlsEntry } from './ingress';

export function isGateway({ kind, apiVersion }: KubernetesObject): boolean {
  return kind === 'Gateway' && ['gateway.networking.k8s.io', 'networking.istio.io'].includes(groupOf(apiVersion));
}

/** Each listener that ends TLS names a certificate and a host; of the Gateway API, and of Istio. */
export function gatewayProblems(object: KubernetesObject): readonly ObjectProblem[] {
  if (groupOf(object.apiVersion) === 'networking.istio.io')
    return fieldsIn(at(object.spec, 'servers')).flatMap((server, index) =>
      serverProblems(server, `spec.servers[${index}]`),
    );
  const listeners = fieldsIn(at(object.spec, 'listeners'));
  return [
    ...listeners.flatMap((listener, index) => listenerProblems(listener, `spec.listeners[${index}]`)),
    ...(listeners.length > 0 && listeners.every(({ protocol }) => protocol === 'HTTP')
      ? [noTls('spec.listeners')]
      : []),
  ];
}

const noTls = (path: string): ObjectProblem => ({
  rule: 'no-tls',
  severity: 'high',
  reason: 'it listens for HTTP alone: add a listener for HTTPS with a certificate for each host',
  path,
});

function listenerProblems(listener: Fields, path: string): readonly ObjectProblem[] {
  const { protocol, hostname, tls } = listener;
  const { mode, certificateRefs, options } = fieldsOf(tls);
  if ((protocol !== 'HTTPS' && protocol !== 'TLS') || mode === 'Passthrough') return [];
  const named =
    listOf(certificateRefs).length > 0 ||
    textOf(fieldsOf(options)[`kubernetes.azure.com/tls-cert-keyvault-uri`]) !== '';
  return [
    ...(named ? [] : [noCertificate(nameOf(listener, path), `${path}.tls.certificateRefs`)]),
    ...hostProblems(textOf(hostname) === '' ? ['*'] : [textOf(hostname)], `${path}.hostname`),
  ];
}

function serverProblems(server: Fields, path: string): readonly ObjectProblem[] {
  const { hosts, tls } = server;
  const { mode, credentialName, credentialNames, serverCertificate, httpsRedirect } = fieldsOf(tls);
  const protocol = textOf(at(server, 'port', 'protocol')).toUpperCase();
  if (protocol === 'HTTP') return httpsRedirect === true ? [] : [plainServer(path)];
  if (
    (protocol !== 'HTTPS' && protocol !== 'TLS') ||
    ['PASSTHROUGH', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL'].includes(textOf(mode))
  )
    return [];
  const named =
    [credentialName, serverCertificate].some((one) => textOf(one) !== '') || listOf(credentialNames).length > 0;
  const names = textsIn(hosts).map((host) => host.slice(host.indexOf('/') + 1));
  return [
    ...(named ? [] : [noCertificate(nameOf(fieldsOf(server['port']), path), `${path}.tls.credentialName`)]),
    ...hostProblems(names, `${path}.hosts`),
  ];
}

const plainServer = (path: string): ObjectProblem => ({
  rule: 'no-tls',
  severity: 'high',
  reason: 'a server answers HTTP: set tls.httpsRedirect to true, or take it out',
  path,
});

const nameOf = (named: Fields, path: string): string => textOf(named['name']) || path;

const noCertificate = (name: string, path: string): ObjectProblem => ({
  rule: 'no-secret',
  severity: 'high',
  reason: `${name} ends TLS and names no certificate: name the secret of one`,
  path,
});

function hostProblems(hosts: readonly string[], path: string): readonly ObjectProblem[] {
  return hosts.filter(isWildcard).map((host) =>
    host === '*'
      ? { rule: 'any-host', severity: 'medium', reason: 'it answers for every name: name the host', path }
      : {
          rule: 'wildcard-host',
          severity: 'medium',
          reason: `${host} is a wildcard: name the hosts, each with its certificate`,
          path,
        },
  );
}

/** The secrets that a Gateway names, as the entries of an Ingress, so that their certificates are looked for in the same way. */
export function entriesOf({ apiVersion, spec }: KubernetesObject): readonly TlsEntry[] {
  if (groupOf(apiVersion) === 'networking.istio.io')
    return fieldsIn(at(spec, 'servers')).flatMap(({ tls, hosts }) => {
      const secretName = textOf(at(tls, 'credentialName'));
      return secretName === ''
        ? []
        : [{ secretName, hosts: textsIn(hosts).map((host) => host.slice(host.indexOf('/') + 1)) }];
    });
  return fieldsIn(at(spec, 'listeners')).flatMap(({ tls, hostname }) =>
    fieldsIn(at(tls, 'certificateRefs'))
      .filter(({ namespace }) => namespace === undefined)
      .map(({ name }) => ({ secretName: textOf(name), hosts: textsIn([hostname]) })),
  );
}

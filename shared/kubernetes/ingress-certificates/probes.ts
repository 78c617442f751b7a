import { same } from '../../core/resource';
import { at, fieldsIn, fieldsOf, textOf, type Fields } from '../fields';
import type { ClusterFacts } from '../judgement';
import type { KubernetesObject } from '../object';
import { gatewaysInFront } from './gateways-in-front';
import { covers } from './hosts';
import { ingressOf, isIngress } from './ingress';

/** What happens to the health probes of the gateways in front when no default certificate is shown any more. */
export function probeEffects(objects: readonly KubernetesObject[], facts: ClusterFacts): readonly string[] {
  if (facts.applicationGateways === undefined) return [unknownGateways];
  return gatewaysInFront(facts.applicationGateways, objects, facts).flatMap((gateway) =>
    fieldsIn(at(gateway, 'properties', 'backendHttpSettingsCollection')).flatMap((settings) =>
      effectsOn(gateway, settings, objects),
    ),
  );
}

const unknownGateways =
  'a gateway in front that probes over HTTPS gets another certificate then: its back-end settings need the host’s name and a trusted root of the new issuer, else it takes every back end for dead';

function effectsOn(gateway: Fields, settings: Fields, objects: readonly KubernetesObject[]): readonly string[] {
  const { protocol, hostName, trustedRootCertificates, probe } = fieldsOf(settings['properties']);
  if (!same(textOf(protocol), 'Https')) return [];
  const name = `${textOf(gateway['name'])}/${textOf(settings['name'])}`;
  const host = probeHostOf(gateway, textOf(at(probe, 'id'))) || textOf(hostName);
  if (host === '')
    return [
      `${name} probes by address and names no host, so it is shown the default certificate: set its hostName first`,
    ];
  const roots = fieldsIn(trustedRootCertificates).map(({ id }) => textOf(id).split('/').at(-1));
  const trust =
    roots.length === 0
      ? 'a well-known authority has to issue it'
      : `it has to chain to ${roots.join(', ')}, which the gateway trusts`;
  const owner = objects.filter(isIngress).find((one) => hasCertificateFor(one, host));
  if (owner !== undefined)
    return [`${name} probes ${host} and is shown the certificate of Ingress ${placeOf(owner)}: ${trust}`];
  return [
    `${name} probes ${host}, for which no Ingress has a certificate of its own: without the default one the probe fails and the site is down; the new certificate: ${trust}`,
  ];
}

const placeOf = ({ metadata }: KubernetesObject): string => `${metadata.namespace}/${metadata.name}`;

/** A probe may name a host of its own; else it takes the one of the settings. */
function probeHostOf(gateway: Fields, id: string): string {
  const probe = fieldsIn(at(gateway, 'properties', 'probes')).find((one) => same(textOf(one['id']), id));
  return textOf(at(probe, 'properties', 'host'));
}

function hasCertificateFor(object: KubernetesObject, host: string): boolean {
  return ingressOf(object).tls.some(
    ({ secretName, hosts }) => secretName !== '' && hosts.some((name) => covers(name, host)),
  );
}

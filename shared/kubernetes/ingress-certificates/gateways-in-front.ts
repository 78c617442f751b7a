import { same } from '../../core/resource';
import { resourceFactsOf } from '../cluster-facts';
import { at, fieldsIn, textOf, textsIn, type Fields } from '../fields';
import type { ClusterFacts } from '../judgement';
import type { KubernetesObject } from '../object';
import { isIngress } from './ingress';

/**
 * The Application Gateways that send to this cluster: the one that it configures by itself, and those that send to an
 * address of one of its load balancers or to a host of one of its Ingresses. One that sends nowhere yet may still be its,
 * and so may one that sends to an address while those of the cluster are not all known.
 */
export function gatewaysInFront(
  gateways: readonly Fields[],
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
): readonly Fields[] {
  const own = resourceFactsOf(facts)?.ownGateway;
  const balancers = objects.filter(isBalancer).map(addressesOf);
  const isUnsure = balancers.some((addresses) => addresses.length === 0);
  const known = new Set([...balancers.flat(), ...objects.filter(isIngress).flatMap(hostsOf)]);
  return gateways.filter((gateway) => {
    if (own !== undefined && same(own, textOf(gateway['id']))) return true;
    const targets = targetsOf(gateway);
    return targets.length === 0 || targets.some((target) => known.has(target) || (isUnsure && isAddress(target)));
  });
}

function targetsOf(gateway: Fields): readonly string[] {
  return fieldsIn(at(gateway, 'properties', 'backendAddressPools')).flatMap(({ properties }) => [
    ...fieldsIn(at(properties, 'backendAddresses')).map(
      ({ ipAddress, fqdn }) => textOf(ipAddress) || textOf(fqdn).toLowerCase(),
    ),
    ...fieldsIn(at(properties, 'backendIPConfigurations')).map(({ id }) => textOf(id)),
  ]);
}

const isAddress = (target: string): boolean => /^[0-9.]+$|:/.test(target);

function isBalancer({ kind, apiVersion, spec }: KubernetesObject): boolean {
  return kind === 'Service' && apiVersion === 'v1' && at(spec, 'type') === 'LoadBalancer';
}

/** Addresses that a Service of a load balancer has, or was told to take. */
function addressesOf({ metadata, spec, status }: KubernetesObject): readonly string[] {
  const given = fieldsIn(at(status, 'loadBalancer', 'ingress')).map(({ ip }) => textOf(ip));
  const wanted = textOf(at(metadata, 'annotations', 'service.beta.kubernetes.io/azure-load-balancer-ipv4'));
  const external = textsIn(at(spec, 'externalIPs'));
  return [...given, ...external, textOf(at(spec, 'loadBalancerIP')), wanted].filter((one) => one !== '');
}

function hostsOf({ spec }: KubernetesObject): readonly string[] {
  return fieldsIn(at(spec, 'rules')).map(({ host }) => textOf(host));
}

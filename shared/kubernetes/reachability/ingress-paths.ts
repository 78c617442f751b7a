import type { KubernetesObject } from '../object';
import type { Connection } from './connections';
import { isFields } from '../fields';
import { fieldsIn, labelsIn, listIn, textIn } from './field-paths';
import { nameLabel } from './pod-classes';
import type { Reachability } from './reachability';
import { isProtocol, trafficTo } from './rule-ports';
import { selects, selectorOf } from './selector';
import {
  allTraffic,
  commonTraffic,
  isNoTraffic,
  jointTraffic,
  noTraffic,
  portsOf,
  type Protocol,
  type Traffic,
} from './traffic';
import type { PodShape } from './workloads';

/** A port of a Service that an Ingress or a Route leads to. */
interface Backend {
  readonly namespace: string;
  readonly service: string;
  /** Undefined: every port. */
  readonly port: string | number | undefined;
}

interface ServicePort {
  readonly name: string | undefined;
  readonly protocol: Protocol;
  readonly port: number;
  readonly target: string | number;
}

/**
 * What a controller for Ingress and Route objects, in a namespace that nobody knows, reaches of what these objects
 * lead to.
 */
export function ingressConnections(
  reachability: Reachability,
  objects: readonly KubernetesObject[],
): readonly Connection[] {
  const targets = ingressTargets(objects);
  return reachability.workloads.flatMap((workload) => {
    const traffics = workload.pods.map((pod) => {
      const wanted = targets(pod);
      return isNoTraffic(wanted) ? noTraffic : commonTraffic(wanted, fromElsewhere(reachability, pod));
    });
    const traffic = jointTraffic(traffics);
    if (isNoTraffic(traffic)) return [];
    return [{ from: { kind: 'ingress-controller' as const }, to: { kind: 'workload' as const, workload }, traffic }];
  });
}

/** What of a pod Ingress and Route objects, those of the Gateway API too, lead to. */
export function ingressTargets(objects: readonly KubernetesObject[]): (pod: PodShape) => Traffic {
  const backends = [
    ...objects.flatMap(backendsOfIngress),
    ...objects.flatMap(backendsOfRoute),
    ...objects.flatMap(backendsOfGatewayRoute),
  ];
  const services = new Map(
    objects
      .filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1')
      .map((service) => [JSON.stringify([namespaceOf(service), service.metadata.name]), service]),
  );
  const led = backends.flatMap((backend) => {
    const service = services.get(JSON.stringify([backend.namespace, backend.service]));
    return service === undefined ? [] : [{ backend, service }];
  });
  const byNamespace = Map.groupBy(led, ({ backend }) => backend.namespace);
  return (pod) => {
    const near = byNamespace.get(pod.namespace) ?? [];
    return jointTraffic(near.map(({ backend, service }) => targetsOn(pod, service, backend)));
  };
}

/** What of a pod a Service leads to, by all of its ports. */
export function serviceTargets(service: KubernetesObject): (pod: PodShape) => Traffic {
  const [namespace, name] = [namespaceOf(service), service.metadata.name ?? ''];
  return (pod) => targetsOn(pod, service, { namespace, service: name, port: undefined });
}

const namespaceOf = (object: KubernetesObject): string => object.metadata.namespace ?? 'default';

function targetsOn(pod: PodShape, service: KubernetesObject, backend: Backend): Traffic {
  const selector = labelsIn(fieldsIn(service.spec)['selector']);
  const chosen = Object.keys(selector).length > 0 && selects(selectorOf(selector), pod.labels);
  if (!chosen || pod.namespace !== backend.namespace) return noTraffic;
  const ports = meantPorts(servicePorts(service), backend);
  return jointTraffic(ports.map(({ target, protocol }) => targetOn(pod, target, protocol)));
}

function targetOn(pod: PodShape, target: string | number, protocol: Protocol): Traffic {
  if (typeof target === 'string') return trafficTo([{ protocol, name: target }], pod.ports);
  return portsOf(protocol, target, target);
}

/** Controllers take the first port that goes by this name or number, the pods' own («ingress-nginx», «OpenShift Routes») too. */
function meantPorts(ports: readonly ServicePort[], { port }: Backend): readonly ServicePort[] {
  if (port === undefined) return ports;
  const found = ports.find((one) => [one.name, one.port, one.target].includes(port));
  return found === undefined ? [] : [found];
}

function servicePorts(service: KubernetesObject): readonly ServicePort[] {
  return listIn(service.spec, 'ports').flatMap((given) => {
    const { port, targetPort } = fieldsIn(given);
    const protocol = textIn(given, 'protocol') ?? 'TCP';
    if (typeof port !== 'number' || !isProtocol(protocol)) return [];
    const target = typeof targetPort === 'number' || typeof targetPort === 'string' ? targetPort : port;
    return [{ name: textIn(given, 'name'), protocol, port, target }];
  });
}

/** What a pod takes from a pod without labels in a namespace of which only that it has a name is known. */
function fromElsewhere(reachability: Reachability, pod: PodShape): Traffic {
  const rules = reachability.rulesOf(pod, 'ingress');
  if (rules === undefined) return allTraffic;
  const meant = rules.filter(({ rule: { peers } }) =>
    (peers ?? [undefined]).some((peer) => {
      if (peer === undefined) return true;
      if (peer.kind === 'block' || peer.namespaces === undefined) return false;
      return selects(peer.namespaces, { [nameLabel]: '' }) && (peer.pods === undefined || selects(peer.pods, {}));
    }),
  );
  return jointTraffic(
    meant.map(({ rule: { ports } }) => (ports === undefined ? allTraffic : trafficTo(ports, pod.ports))),
  );
}

function backendsOfIngress(object: KubernetesObject): readonly Backend[] {
  const known = /^(networking\.k8s\.io|extensions)\//.test(object.apiVersion);
  if (object.kind !== 'Ingress' || !known) return [];
  const { defaultBackend, backend } = fieldsIn(object.spec);
  const paths = listIn(object.spec, 'rules').flatMap((rule) => listIn(rule, 'http', 'paths'));
  const given = [defaultBackend, backend, ...paths.map((path) => fieldsIn(path)['backend'])];
  return given.filter(isFields).flatMap((one) => {
    const service = textIn(fieldsIn(one, 'service'), 'name') ?? textIn(one, 'serviceName');
    const { name, number } = fieldsIn(one, 'service', 'port');
    const port = [number, name, one['servicePort']].find(
      (found) => typeof found === 'number' || typeof found === 'string',
    );
    return service === undefined ? [] : [{ namespace: namespaceOf(object), service, port }];
  });
}

/** Routes of OpenShift lead to one Service and, by weight, to others. */
function backendsOfRoute(object: KubernetesObject): readonly Backend[] {
  if (object.kind !== 'Route' || !/^(route\.openshift\.io\/)?v1$/.test(object.apiVersion)) return [];
  const { to } = fieldsIn(object.spec);
  const { targetPort } = fieldsIn(object.spec, 'port');
  const port = typeof targetPort === 'number' || typeof targetPort === 'string' ? targetPort : undefined;
  return [to, ...listIn(object.spec, 'alternateBackends')].flatMap((one) => {
    const service = (textIn(one, 'kind') ?? 'Service') === 'Service' ? textIn(one, 'name') : undefined;
    return service === undefined ? [] : [{ namespace: namespaceOf(object), service, port }];
  });
}

/** HTTPRoute and the other Routes of the Gateway API lead to Services, in other namespaces too. */
function backendsOfGatewayRoute(object: KubernetesObject): readonly Backend[] {
  if (!object.kind.endsWith('Route') || !object.apiVersion.startsWith('gateway.networking.k8s.io/')) return [];
  const references = listIn(object.spec, 'rules').flatMap((rule) => listIn(rule, 'backendRefs'));
  return references.flatMap((one) => {
    const { port } = fieldsIn(one);
    const [service, kind] = [textIn(one, 'name'), textIn(one, 'kind') ?? 'Service'];
    if (service === undefined || kind !== 'Service') return [];
    const namespace = textIn(one, 'namespace') ?? namespaceOf(object);
    return [{ namespace, service, port: typeof port === 'number' ? port : undefined }];
  });
}

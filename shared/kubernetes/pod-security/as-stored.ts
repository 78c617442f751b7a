import type { Json } from '../../core/resource';
import { isObject, objectsIn, valueIn, type JsonObject } from './fields';

/**
 * A pod or template of a file with the defaults that an API server fills in and that matter to a check: a volume without
 * a source is an `emptyDir`, and on the node's network every container port is a port of the node.
 */
export function asStored(template: JsonObject): JsonObject {
  const spec = valueIn(template, 'spec');
  if (!isObject(spec)) return template;
  const volumes = valueIn(spec, 'volumes');
  const onNode = valueIn(spec, 'hostNetwork') === true;
  return {
    ...template,
    spec: {
      ...spec,
      ...(Array.isArray(volumes) && { volumes: volumes.map(withSource) }),
      ...(onNode && withHostPorts(spec)),
    },
  };
}

function withSource(volume: Json): Json {
  if (!isObject(volume)) return volume;
  const hasSource = Object.keys(volume).some((key) => key !== 'name' && valueIn(volume, key) !== undefined);
  return hasSource ? volume : { ...volume, emptyDir: {} };
}

/** Ephemeral containers have no ports. */
export function withHostPorts(spec: JsonObject): JsonObject {
  const lists = ['initContainers', 'containers'].filter((key) => objectsIn(spec, key).length > 0);
  return Object.fromEntries(lists.map((key) => [key, objectsIn(spec, key).map(withHostPort)]));
}

function withHostPort(container: JsonObject): JsonObject {
  const ports = objectsIn(container, 'ports');
  return ports.length === 0 ? container : { ...container, ports: ports.map(portOfNode) };
}

function portOfNode(port: JsonObject): JsonObject {
  const hostPort = valueIn(port, 'hostPort') ?? 0;
  const containerPort = valueIn(port, 'containerPort');
  return hostPort === 0 && containerPort !== undefined ? { ...port, hostPort: containerPort } : port;
}

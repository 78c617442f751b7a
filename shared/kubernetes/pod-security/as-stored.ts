import type { Json } from '../../core/resource';
import { isObject, valueIn, type JsonObject } from './fields';

/** A pod or template of a file with the defaults that an API server fills in and that matter to a check. */
export function asStored(template: JsonObject): JsonObject {
  return onPortsOfNode(withVolumeSources(template));
}

/** On the node's network every container port is a port of the node; templates may be stored without saying so. */
export function onPortsOfNode(template: JsonObject): JsonObject {
  const spec = valueIn(template, 'spec');
  if (!isObject(spec) || valueIn(spec, 'hostNetwork') !== true) return template;
  const onNode = withEach(withEach(spec, 'initContainers', withHostPorts), 'containers', withHostPorts);
  return { ...template, spec: onNode };
}

function withHostPorts(container: Json): Json {
  return isObject(container) ? withEach(container, 'ports', portOfNode) : container;
}

/** The object with every item of a list in it changed; one that has no such list stays as it is. */
function withEach(object: JsonObject, key: string, change: (item: Json) => Json): JsonObject {
  const list = valueIn(object, key);
  return Array.isArray(list) ? { ...object, [key]: list.map(change) } : object;
}

function portOfNode(port: Json): Json {
  if (!isObject(port)) return port;
  const containerPort = valueIn(port, 'containerPort');
  const isOpen = (valueIn(port, 'hostPort') ?? 0) !== 0;
  return isOpen || containerPort === undefined ? port : { ...port, hostPort: containerPort };
}

/** A volume without a source is an `emptyDir`. */
function withVolumeSources(template: JsonObject): JsonObject {
  const spec = valueIn(template, 'spec');
  return isObject(spec) ? { ...template, spec: withEach(spec, 'volumes', withSource) } : template;
}

function withSource(volume: Json): Json {
  if (!isObject(volume)) return volume;
  const hasSource = Object.keys(volume).some((key) => key !== 'name' && valueIn(volume, key) !== undefined);
  return hasSource ? volume : { ...volume, emptyDir: {} };
}

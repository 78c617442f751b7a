import type { Json } from '../../core/resource';
import { isObject, valueIn, type JsonObject } from './fields';

type Shape = 'boolean' | 'integer' | 'text' | 'object' | 'texts' | ObjectShape | ListShape;
interface ObjectShape {
  readonly fields: Readonly<Record<string, Shape>>;
}
interface ListShape {
  readonly items: Shape;
}

const objects = (fields: Readonly<Record<string, Shape>>): ListShape => ({ items: { fields } });

const profile: ObjectShape = { fields: { type: 'text', localhostProfile: 'text' } };
const contextOfBoth: Readonly<Record<string, Shape>> = {
  runAsUser: 'integer',
  runAsGroup: 'integer',
  runAsNonRoot: 'boolean',
  seccompProfile: profile,
  appArmorProfile: profile,
  seLinuxOptions: { fields: { type: 'text', user: 'text', role: 'text', level: 'text' } },
  windowsOptions: { fields: { hostProcess: 'boolean' } },
};
const action: ObjectShape = { fields: { host: 'text' } };
const handler: ObjectShape = { fields: { httpGet: action, tcpSocket: action } };
const containers = objects({
  name: 'text',
  ports: objects({ containerPort: 'integer', hostPort: 'integer' }),
  livenessProbe: handler,
  readinessProbe: handler,
  startupProbe: handler,
  lifecycle: { fields: { postStart: handler, preStop: handler } },
  securityContext: {
    fields: {
      ...contextOfBoth,
      privileged: 'boolean',
      allowPrivilegeEscalation: 'boolean',
      procMount: 'text',
      capabilities: { fields: { add: 'texts', drop: 'texts' } },
    },
  },
});

/** Every field that a check looks at, with its type in the API (Kubernetes API reference, PodTemplateSpec). */
const template: ObjectShape = {
  fields: {
    metadata: { fields: { annotations: 'object' } },
    spec: {
      fields: {
        hostNetwork: 'boolean',
        hostPID: 'boolean',
        hostIPC: 'boolean',
        hostUsers: 'boolean',
        os: { fields: { name: 'text' } },
        securityContext: { fields: { ...contextOfBoth, fsGroup: 'integer', sysctls: objects({ name: 'text' }) } },
        volumes: objects({ name: 'text' }),
        initContainers: containers,
        containers,
        ephemeralContainers: containers,
      },
    },
  },
};

const MOST_TOLD = 10;

/** What an API server would refuse for its type, as sentences, the first few; judged is the rest. */
export function wrongTypesOf(pod: JsonObject): readonly string[] {
  const wrong: string[] = [];
  look(pod, template, '', wrong);
  return wrong.slice(0, MOST_TOLD);
}

function look(value: Json, shape: Shape, path: string, wrong: string[]): void {
  if (typeof shape === 'string') {
    if (!simple[shape](value)) wrong.push(`${path} is ${kindOf(value)}, ${wanted[shape]} is needed`);
  } else if ('items' in shape) {
    if (!Array.isArray(value)) wrong.push(`${path} is ${kindOf(value)}, a list is needed`);
    else
      value.forEach((item: Json, at) => {
        look(item, shape.items, `${path}[${at}]`, wrong);
      });
  } else if (isObject(value)) lookIntoFields(value, shape, path, wrong);
  else wrong.push(`${path} is ${kindOf(value)}, an object is needed`);
}

function lookIntoFields(object: JsonObject, { fields }: ObjectShape, path: string, wrong: string[]): void {
  for (const [key, shape] of Object.entries(fields)) {
    const value = valueIn(object, key);
    if (value !== undefined) look(value, shape, path === '' ? key : `${path}.${key}`, wrong);
  }
}

const simple = {
  boolean: (value: Json) => typeof value === 'boolean',
  integer: (value: Json) => Number.isInteger(value),
  text: (value: Json) => typeof value === 'string',
  object: isObject,
  texts: (value: Json) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
};

const wanted = {
  boolean: 'true or false',
  integer: 'a whole number',
  text: 'a text',
  object: 'an object',
  texts: 'a list of texts',
};

function kindOf(value: Json): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  const kinds: Readonly<Record<string, string>> = { object: 'an object', string: 'a text', number: 'a number' };
  return kinds[typeof value] ?? String(value);
}

import * as z from 'zod';
import { allowed, bodyLimit } from './respond';
import type { Promised, Route } from './route';
import { errorSchema } from './schemas';

/** The API as an OpenAPI 3.1 document. */
export function openApi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = `/api/${route.route}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Steward',
      version: '1',
      description: `Each operation is a function with a key of its own. Where the platform signs callers in with Microsoft Entra, the key is needed as well as the app role that the operation names. Bodies have ${bodyLimit} bytes at most.`,
    },
    paths,
    components: {
      schemas: { Error: schemaOf(errorSchema) },
      securitySchemes: {
        functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
        entra: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  };
}

function operationOf(route: Route): object {
  const { name, role, summary, params, query, body, answers, refuses } = route;
  return {
    operationId: name,
    summary,
    description: `App role ${allowed[role].join(' or ')}.`,
    security: [{ functionKey: [] }, { functionKey: [], entra: [] }],
    parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query')],
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, promised]) => [status, answerOf(promised)])),
      ...Object.fromEntries([...always, ...refuses].map((status) => [status, refusal(refusals[status] ?? '')])),
    },
  };
}

const refusals: Readonly<Record<number, string>> = {
  400: 'What came in is wrong; the message names the field.',
  401: 'The key or the sign-in is missing.',
  403: 'The app role is missing.',
  404: 'There is no such thing.',
  409: 'It is in a state in which this cannot be done.',
  413: 'The body is too large.',
  415: 'The body is not JSON in UTF-8.',
  502: 'Azure refused.',
  503: 'Azure, or a cluster, refused for now.',
};
const always = [400, 401, 403, 413, 415];

function refusal(description: string): object {
  return { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } };
}

function answerOf({ description, schema, type, headers = {} }: Promised): object {
  const told = Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: 'string' } }]);
  return {
    description,
    ...(told.length > 0 && { headers: Object.fromEntries(told) as object }),
    content: { [type ?? 'application/json']: { schema: schemaOf(schema) } },
  };
}

function parametersOf(schema: z.ZodObject, place: 'path' | 'query'): readonly object[] {
  const { properties = {}, required = [] } = schemaOf(schema) as {
    readonly properties?: Readonly<Record<string, { readonly description?: string }>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema: property,
  }));
}

function schemaOf(schema: z.ZodType): object {
  const fields = Object.entries(z.toJSONSchema(schema)).filter(([name]) => name !== '$schema');
  return Object.fromEntries(fields);
}

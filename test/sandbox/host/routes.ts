/** One HTTP function's address, compiled from an ASP.NET route template like `runs/{id:guid}/{part?}`. */
export interface Route {
  readonly functionName: string;
  readonly methods: readonly string[];
  readonly template: string;
  readonly authLevel: string;
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Finds the route for a path, literals before parameters before catch-alls, as ASP.NET does. A wrong method is no match:
 * the Functions host constrains its routes by method and answers 404, never 405.
 */
export function routeOf(routes: readonly Route[], method: string, path: string): Match | undefined {
  const segments = path.split('/').filter((segment) => segment !== '');
  for (const route of [...routes].sort((a, b) => (weightOf(a) < weightOf(b) ? -1 : 1))) {
    const params = route.methods.includes(method.toUpperCase()) ? paramsOf(route.template, segments) : undefined;
    if (params) return { route, params };
  }
  return undefined;
}

interface Part {
  readonly literal?: string;
  readonly name: string;
  readonly rest: boolean;
  readonly optional: boolean;
  readonly constraint: RegExp | undefined;
}

const constraints: Readonly<Record<string, RegExp>> = {
  int: /^-?\d+$/,
  long: /^-?\d+$/,
  guid: /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i,
  bool: /^(true|false)$/i,
  alpha: /^[a-z]*$/i,
};

/** Throws when a part of the template is one that the stand-in does not know. */
export function partsOf(template: string): readonly Part[] {
  return template
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => {
      if (!/[{}]/.test(segment))
        return { literal: segment, name: '', rest: false, optional: false, constraint: undefined };
      const [, stars, name, constraint, optional] = /^\{(\*{0,2})(\w+)(?::(\w+))?(\?)?\}$/.exec(segment) ?? [];
      const known = constraint === undefined || constraint in constraints;
      if (name === undefined || !known)
        throw new Error(
          `route "${template}": the stand-in does not understand "${segment}"; it knows {name}, {name?}, {*name} and ` +
            `the constraints ${Object.keys(constraints).join(', ')}`,
        );
      return {
        name,
        rest: stars !== '',
        optional: optional !== undefined,
        constraint: constraint === undefined ? undefined : constraints[constraint],
      };
    });
}

function paramsOf(template: string, segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  const parts = partsOf(template);
  for (const [index, part] of parts.entries()) {
    const segment = segments[index];
    if (part.rest) {
      params[part.name] = segments.slice(index).map(decoded).join('/');
      return params;
    }
    if (segment === undefined) {
      if (part.optional) continue;
      return undefined;
    }
    if (part.literal !== undefined) {
      if (part.literal.toLowerCase() !== decoded(segment).toLowerCase()) return undefined;
      continue;
    }
    const value = decoded(segment);
    if (part.constraint && !part.constraint.test(value)) return undefined;
    params[part.name] = value;
  }
  return segments.length > parts.length ? undefined : params;
}

/** Throws no error for `%` that encodes nothing: the text then stays as it is. */
function decoded(segment: string): string {
  return segment.replace(/(%[0-9a-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/** Sorts as ASP.NET's precedence does: 1 literal, 2 constrained parameter, 3 parameter, 5 catch-all. */
function weightOf(route: Route): string {
  return partsOf(route.template)
    .map((part) => {
      if (part.literal !== undefined) return '1';
      if (part.rest) return '5';
      return part.constraint ? '2' : '3';
    })
    .join('');
}

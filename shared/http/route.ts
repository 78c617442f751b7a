import * as z from 'zod';
import type { World } from '../core/ports';

/** Who may call a route: whoever only looks, or whoever has something done. */
export type Role = 'read' | 'act';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; a text where the route promises another type. */
  readonly body: unknown;
}

/** What comes in, parsed and nothing else in it. */
export interface Input<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Object id of the caller, where the platform has signed them in. */
  readonly by?: string;
}

export interface Promised {
  readonly description: string;
  readonly schema: z.ZodType;
  /** Absent: JSON. */
  readonly type?: 'application/yaml';
  /** Names of headers and what they tell. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One address of the API: a function of its own, so that it has a key of its own. */
export interface Route {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As `runs/{id}`, below `/api`. */
  readonly route: string;
  readonly role: Role;
  readonly summary: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Absent: a body is refused. */
  readonly body?: z.ZodObject;
  /** Statuses of refusals beyond those that every route has. */
  readonly refuses: readonly (404 | 409 | 502 | 503)[];
  readonly answers: Readonly<Record<number, Promised>>;
  readonly handle: (world: World, input: Input<never, never, never>) => Promise<Answer>;
}

interface Definition<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject> extends Pick<
  Route,
  'name' | 'method' | 'route' | 'role' | 'summary' | 'refuses' | 'answers'
> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly handle: (world: World, input: Input<z.infer<P>, z.infer<Q>, z.infer<B>>) => Promise<Answer>;
}

const nothing = z.strictObject({});

/** A route whose handler has the types of its schemas. */
export function route<
  P extends z.ZodObject = typeof nothing,
  Q extends z.ZodObject = typeof nothing,
  B extends z.ZodObject = typeof nothing,
>({ params, query, ...rest }: Definition<P, Q, B>): Route {
  return { params: params ?? nothing, query: query ?? nothing, ...rest };
}

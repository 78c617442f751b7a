import * as z from 'zod';

/** Whoever the platform has signed in. */
export interface Principal {
  /** Object id in Microsoft Entra. */
  readonly objectId: string;
  /** Names of app roles. */
  readonly roles: readonly string[];
}

const principal = z.object({
  role_typ: z.string().optional(),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});

const objectIdTypes = ['http://schemas.microsoft.com/identity/claims/objectidentifier', 'oid'];
const roleTypes = ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'];

/**
 * Reads `x-ms-client-principal` (App Service: work with user identities, decoding the client principal header). Of all
 * that it tells nothing is kept but the object id and the roles. `undefined` when there is nobody in it.
 */
export function principalOf(header: string | null): Principal | undefined {
  const result = principal.safeParse(json(Buffer.from(header ?? '', 'base64').toString('utf8')));
  if (!result.success) return undefined;
  const { claims, role_typ: roleType } = result.data;
  const objectId = claims.find(({ typ }) => objectIdTypes.includes(typ))?.val;
  const roles = claims.filter(({ typ }) => typ === roleType || roleTypes.includes(typ)).map(({ val }) => val);
  return objectId === undefined || !guid.test(objectId) ? undefined : { objectId: objectId.toLowerCase(), roles };
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

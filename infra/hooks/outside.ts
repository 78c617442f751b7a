import type { Arm } from './arm';

interface Listed {
  readonly id: string;
  readonly properties?: {
    readonly principalId?: string;
    readonly roleName?: string;
    readonly metadata?: { readonly steward?: unknown };
  };
}

const authorization = 'providers/Microsoft.Authorization';

/**
 * What a deployment has made outside its resource group, in an order in which it can be removed: `azd down` only deletes the
 * group. What others made is never among it: policies have Steward's mark, assignments its identity, roles its name.
 */
export async function outside(
  { subscriptionId, principalId }: { readonly subscriptionId: string; readonly principalId: string },
  arm: Arm,
): Promise<readonly string[]> {
  const scope = `/subscriptions/${subscriptionId}`;
  const list = async (path: string): Promise<readonly Listed[]> => all(`${scope}/${authorization}/${path}`, arm);
  const marked = ({ id, properties }: Listed): boolean =>
    properties?.metadata?.steward !== undefined &&
    id.toLowerCase().startsWith(`${scope}/${authorization}/`.toLowerCase());
  const policies = [];
  for (const type of ['policyAssignments', 'policySetDefinitions', 'policyDefinitions']) {
    const filter = type === 'policyAssignments' ? '' : "&$filter=policyType eq 'Custom'";
    policies.push(...(await list(`${type}?api-version=2025-03-01${filter}`)).filter(marked));
  }
  const assignments = await list(`roleAssignments?api-version=2022-04-01&$filter=principalId eq '${principalId}'`);
  const roles = await list(`roleDefinitions?api-version=2022-04-01&$filter=type eq 'CustomRole'`);
  return [
    ...policies,
    ...assignments.filter(({ properties }) => properties?.principalId === principalId),
    ...roles.filter(({ properties }) => isOwnRole(properties?.roleName ?? '', subscriptionId)),
  ].map(({ id }) => id);
}

function isOwnRole(name: string, subscriptionId: string): boolean {
  return name.startsWith('Steward ') && name.toLowerCase().endsWith(`(${subscriptionId.toLowerCase()})`);
}

async function all(path: string, arm: Arm): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { status, body } = await arm('GET', next);
    if (status !== 200) throw new Error(`${path} cannot be listed: status ${status}`);
    const page = body as { readonly value?: readonly Listed[]; readonly nextLink?: string };
    found.push(...(page.value ?? []));
    next = page.nextLink?.replace(/^https:\/\/[^/]+/, '');
  }
  return found;
}

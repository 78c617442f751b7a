import type { Answer, Arm } from '../../infra/hooks/arm';
import { functionIsThere } from '../../infra/hooks/function-is-there';
import { outside } from '../../infra/hooks/outside';

const subscriptionId = '00000000-0000-0000-0000-000000000001';
const scope = `/subscriptions/${subscriptionId}`;
const authorization = `${scope}/providers/Microsoft.Authorization`;

describe('after a deployment', () => {
  const waiting = async (answers: readonly number[]): Promise<{ said: string[]; paused: number[] }> => {
    const left = [...answers];
    const [said, paused]: [string[], number[]] = [[], []];
    await functionIsThere('/app', {
      arm: async (_, path): Promise<Answer> => {
        expect(path).toBe('/app/functions/resource-changed?api-version=2025-03-01');
        return { status: left.shift() ?? 404, body: {} };
      },
      pause: async (ms) => void paused.push(ms),
      say: (text) => void said.push(text),
      tries: 3,
    });
    return { said, paused };
  };

  test('Event Grid is told of the function as soon as it is listed', async () => {
    expect(await waiting([200])).toEqual({ said: ['The function resource-changed is there.'], paused: [] });
  });

  test('a function that is not listed yet is waited for, also while the app does not answer', async () => {
    expect((await waiting([404, 503, 200])).paused).toEqual([10_000, 10_000]);
  });

  test('a function that never comes is an error that says what to do', async () => {
    await expect(waiting([404, 404, 404])).rejects.toThrow('run azd deploy again');
  });

  test('what will be refused again is not tried again', async () => {
    await expect(waiting([403])).rejects.toThrow('status 403');
  });
});

describe('after azd down', () => {
  const lists = (over: Readonly<Record<string, Answer>> = {}): Arm => {
    const answers: Readonly<Record<string, Answer>> = {
      policyAssignments: page([
        { id: `${authorization}/policyAssignments/steward-audit`, properties: { metadata: { steward: '1' } } },
        { id: `${authorization}/policyAssignments/theirs`, properties: { metadata: {} } },
        {
          id: '/providers/Microsoft.Management/managementGroups/g/providers/Microsoft.Authorization/policyAssignments/above',
          properties: { metadata: { steward: '1' } },
        },
      ]),
      policySetDefinitions: page([
        { id: `${authorization}/policySetDefinitions/steward-audit`, properties: { metadata: { steward: 'audit' } } },
      ]),
      policyDefinitions: page(
        [{ id: `${authorization}/policyDefinitions/theirs`, properties: {} }],
        `https://management.azure.com${authorization}/policyDefinitions?page=2`,
      ),
      'policyDefinitions?page=2': page([
        {
          id: `${authorization}/policyDefinitions/steward-x`,
          properties: { metadata: { steward: 'host-encryption' } },
        },
      ]),
      roleAssignments: page([
        { id: `${authorization}/roleAssignments/own`, properties: { principalId: 'p' } },
        { id: `${authorization}/roleAssignments/other`, properties: { principalId: 'q' } },
      ]),
      roleDefinitions: page([
        { id: 'own-role', properties: { roleName: `Steward reader (${subscriptionId})` } },
        {
          id: 'of-another-subscription',
          properties: { roleName: 'Steward reader (00000000-0000-0000-0000-000000000002)' },
        },
        { id: 'theirs', properties: { roleName: `Network people (${subscriptionId})` } },
      ]),
      ...over,
    };
    return async (method, path) => {
      expect(method).toBe('GET');
      const rest = path.slice(`${authorization}/`.length);
      return answers[rest] ?? answers[rest.split('?')[0] ?? ''] ?? { status: 404, body: {} };
    };
  };

  test('what Steward made outside its resource group is removed, in an order that Azure allows, and nothing of others', async () => {
    expect(await outside({ subscriptionId, principalId: 'p' }, lists())).toEqual([
      `${authorization}/policyAssignments/steward-audit`,
      `${authorization}/policySetDefinitions/steward-audit`,
      `${authorization}/policyDefinitions/steward-x`,
      `${authorization}/roleAssignments/own`,
      'own-role',
    ]);
  });

  test('nothing is removed where something cannot be listed', async () => {
    const blind = lists({ roleAssignments: { status: 403, body: {} } });
    await expect(outside({ subscriptionId, principalId: 'p' }, blind)).rejects.toThrow('status 403');
  });
});

function page(value: readonly object[], nextLink?: string): Answer {
  return { status: 200, body: { value, ...(nextLink !== undefined && { nextLink }) } };
}

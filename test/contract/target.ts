import { DefaultAzureCredential } from '@azure/identity';
import { apiVersionOf } from '../../shared/azure/api-versions';
import { armReader, type Arm } from '../../shared/azure/arm-reader';
import { armWriter } from '../../shared/azure/writer';
import type { Body } from '../../shared/core/control';
import { AzureError } from '../../shared/core/errors';
import type { Found } from '../../shared/core/ports';
import type { Resource } from '../../shared/core/resource';
import { simulatedAzure } from '../azure/simulated-azure';

/** A resource group that the suite may fill, in a live subscription or in the simulated one. */
export interface Target {
  readonly name: string;
  readonly group: string;
  readonly subscription: string;
  readonly region: string;
  readonly arm: Arm;
  get(id: string): Promise<Resource | undefined>;
  list(type: string, scope: string): Promise<readonly Resource[]>;
  write(id: string, body: Body): Promise<unknown>;
  /** Writes what Steward itself never writes, as networks, by the plain API. */
  prepare(resource: Resource): Promise<void>;
  refusal(work: Promise<unknown>): Promise<AzureError>;
  close(): Promise<void>;
}

/**
 * The live subscription when STEWARD_CONTRACT_GROUP names a resource group in one (its ARM id; STEWARD_CONTRACT_REGION its
 * region), as whoever is signed in; else the simulated one. What the suite makes in a live group stays there: delete it.
 */
export async function contractTarget(): Promise<Target> {
  const group = process.env['STEWARD_CONTRACT_GROUP'];
  return group === undefined
    ? simulatedTarget()
    : liveTarget(group, process.env['STEWARD_CONTRACT_REGION'] ?? 'westeurope');
}

async function simulatedTarget(): Promise<Target> {
  const simulated = await simulatedAzure({ limits: false });
  const subscription = '/subscriptions/11111111-2222-4333-8444-555555555555';
  const group = `${subscription}/resourceGroups/rg-contract`;
  const region = 'westeurope';
  simulated.azure.seed([
    { id: group, name: 'rg-contract', type: 'Microsoft.Resources/resourceGroups', location: region, properties: {} },
    {
      id: `${group}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_${region}`,
      location: region,
      properties: {},
    },
  ]);
  return {
    ...over(simulated.arm),
    name: 'simulated',
    group,
    subscription,
    region,
    prepare: (resource) => simulated.azure.put({ ...resource } as never),
    close: () => simulated.close(),
  };
}

function liveTarget(group: string, region: string): Target {
  const credential = new DefaultAzureCredential();
  const arm: Arm = {
    endpoint: 'https://management.azure.com',
    tokenScope: 'https://management.azure.com/.default',
    credential,
  };
  const prepare = async (resource: Resource): Promise<void> => {
    const token = await credential.getToken(arm.tokenScope);
    const version = apiVersionOf(resource.type) ?? '2025-05-01';
    const response = await fetch(`${arm.endpoint}${resource.id}?api-version=${version}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(resource),
    });
    if (!response.ok) throw new Error(await response.text());
    await settled(() => over(arm).get(resource.id));
  };
  return {
    ...over(arm),
    name: 'live',
    group,
    subscription: group.split('/').slice(0, 3).join('/'),
    region,
    prepare,
    close: async () => undefined,
  };
}

async function settled(read: () => Promise<Resource | undefined>): Promise<void> {
  for (;;) {
    const found = await read();
    const { provisioningState: state = 'Succeeded' } = (found?.properties ?? {}) as {
      readonly provisioningState?: string;
    };
    if (found !== undefined && state === 'Succeeded') return;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

function over(arm: Arm): Pick<Target, 'arm' | 'get' | 'list' | 'write' | 'refusal'> {
  const reader = armReader(arm, () => new Date().toISOString());
  const valueOf = async (query: Parameters<typeof reader.read>[0]): Promise<Found> => {
    const { result } = await reader.read(query);
    return result.state === 'read' ? result.value : undefined;
  };
  return {
    arm,
    get: async (id) => (await valueOf({ kind: 'get', id })) as Resource | undefined,
    list: async (type, scope) => (await valueOf({ kind: 'list', type, scope })) as readonly Resource[],
    write: (id, body) => armWriter(arm).write({ id, body, summary: 'write', permission: '' }),
    refusal: async (work) => {
      const error: unknown = await work.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error instanceof AzureError) return error;
      throw new Error(`Azure was expected to refuse, and this came: ${String(error)}`);
    },
  };
}

import type { Query } from '../shared/core/inventory';
import type { AzureError } from '../shared/core/errors';
import type { Freshness, Read } from '../shared/core/ports';
import type { Resource } from '../shared/core/resource';
import { exemptionSources } from '../shared/exemption-sources';
import type { FileReading } from '../shared/store/exemptions-blob';
import { networkId } from './controls/landing-zone';
import { answered, resource, subscription, subscriptionId } from './given';
import { refusal } from './memory-world';

const at = (kind: string, name: string): string => `${subscription}/providers/Microsoft.Authorization/${kind}/${name}`;
const assignment = resource(at('policyAssignments', 'steward'), { properties: { metadata: { steward: '1' } } });
const policy = resource(at('policyExemptions', 'spoke'), {
  properties: {
    policyAssignmentId: assignment.id,
    exemptionCategory: 'Waiver',
    description: 'it moves in June',
    expiresOn: '2026-06-30T00:00:00Z',
    metadata: { owner: 'network team' },
  },
});
const entry = { scope: networkId, control: 'flow-logs', owner: 'o', reason: 'r', expires: '2026-06-30' };
const file = JSON.stringify({ version: 1, exemptions: [entry] });

interface Places {
  text: FileReading;
  resources: readonly Resource[];
  refuse: (query: Query) => AzureError | undefined;
  clock: number;
  readonly asked: string[];
}

function places(): Places & ReturnType<typeof exemptionSources> {
  const state: Places = {
    text: { state: 'read', value: file },
    resources: [assignment, policy],
    refuse: () => undefined,
    clock: Date.parse('2026-03-01T08:00:00.000Z'),
    asked: [],
  };
  const now = (): string => new Date(state.clock).toISOString();
  const read = async (query: Query, { notBefore }: Freshness = {}): Promise<Read> => {
    state.asked.push(`${query.kind === 'list' ? query.type : ''} ${notBefore ?? ''}`);
    const refused = state.refuse(query);
    if (refused !== undefined) throw refused;
    return { query, readAt: now(), result: { state: 'read', value: answered(state.resources, query) } };
  };
  const sources = exemptionSources({
    file: async () => {
      state.asked.push('file');
      return state.text;
    },
    reader: { read },
    now,
    controls: [{ id: 'flow-logs' }],
  });
  return Object.assign(state, sources);
}

test('exemptions come from the file and from Azure Policy', async () => {
  const { exemptions, invalid, unreadable } = await places().read(subscriptionId);
  expect(exemptions.map(({ source, scope }) => [source, scope])).toEqual([
    ['file', networkId],
    ['policy', subscription],
  ]);
  expect([invalid, unreadable]).toEqual([[], []]);
});

test('without a file and without policy exemptions nothing is exempt, and all is readable', async () => {
  const sources = places();
  sources.text = { state: 'read', value: undefined };
  sources.resources = [];
  expect(await sources.read(subscriptionId)).toEqual({ exemptions: [], invalid: [], unreadable: [] });
});

test('a file that cannot be read is named with its reason, and what Azure Policy exempts is known', async () => {
  const sources = places();
  sources.text = { state: 'unread', reason: 'the storage account answered 403', retryable: true };
  const { exemptions, unreadable } = await sources.read(subscriptionId);
  expect(exemptions.map(({ source }) => source)).toEqual(['policy']);
  expect(unreadable).toMatchObject([
    { source: 'file', key: 'file', reason: 'the storage account answered 403', retryable: true },
  ]);
});

test.each(['policyAssignments', 'policyExemptions'])(
  'when %s cannot be listed, Azure Policy is unreadable',
  async (type) => {
    const sources = places();
    sources.refuse = (query) =>
      query.kind === 'list' && query.type.endsWith(type) ? refusal('AuthorizationFailed') : undefined;
    const { exemptions, unreadable } = await sources.read(subscriptionId);
    expect(exemptions.map(({ source }) => source)).toEqual(['file']);
    expect(unreadable).toMatchObject([
      {
        source: 'policy',
        key: `policy|${subscription}`,
        reason: expect.stringMatching(/^AuthorizationFailed \(403\)/),
      },
    ]);
  },
);

test('each place is read once a minute, the file for all subscriptions, and never from what was read before', async () => {
  const sources = places();
  const other = subscriptionId.replace('1111', '2222');
  await Promise.all([sources.read(subscriptionId), sources.read(subscriptionId), sources.read(other)]);
  const lists = ['Microsoft.Authorization/policyAssignments', 'Microsoft.Authorization/policyExemptions'];
  const anew = lists.map((list) => `${list} 2026-03-01T08:00:00.000Z`);
  expect(sources.asked).toEqual(['file', ...anew, ...anew]);
  sources.clock += 59_999;
  await sources.read(subscriptionId);
  expect(sources.asked).toHaveLength(5);
  sources.clock += 1;
  await sources.read(subscriptionId);
  expect(sources.asked).toHaveLength(8);
});

test('after the clock was put back everything is read anew', async () => {
  const sources = places();
  await sources.read(subscriptionId);
  sources.clock -= 10_000;
  await sources.read(subscriptionId);
  expect(sources.asked).toHaveLength(6);
});

test('a bug is neither taken for an unreadable place nor remembered', async () => {
  const sources = places();
  sources.refuse = () => {
    throw new TypeError('a bug');
  };
  await expect(sources.read(subscriptionId)).rejects.toThrow('a bug');
  sources.refuse = () => undefined;
  expect((await sources.read(subscriptionId)).exemptions).toHaveLength(2);
});

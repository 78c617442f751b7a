import fc from 'fast-check';
import { changeOf } from '../shared/azure/events';
import { InputError } from '../shared/core/errors';
import { bodyLimit } from '../shared/http/respond';
import type { Route } from '../shared/http/route';
import { errorSchema } from '../shared/http/schemas';
import { receive } from '../shared/pipeline/receive';
import { workOnRun } from '../shared/pipeline/run-part';
import { judge } from '../shared/pipeline/judge';
import { parseMessage } from '../shared/store/scope-queue';
import { networkId, zone } from './controls/landing-zone';
import { subscriptionId } from './given';
import { api, askRoute, type AskedRoute } from './http/asking';
import { memoryWorld, type MemoryWorld } from './memory-world';

const runs = { numRuns: 150 } as const;
const goodId = '20260301080000000-00000000';

/** What a world that has let nothing through has not done. */
function untouched(world: MemoryWorld): void {
  expect([world.sent, world.azure.written, world.azure.asked, [...world.kept.runs], [...world.stored]]).toEqual([
    [],
    [],
    [],
    [],
    [],
  ]);
}

const wild = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('..', '%2e%2e/', "' or 1 eq 1", '<script>', '\u0000', 'null', '[]', '-1', '1e999', '𝕏'.repeat(50)),
);

type Body = Readonly<Record<string, unknown>>;

/** By name: whether what the field holds is what it has to hold. */
const isWellFormed = new Map<string, (body: Body) => boolean>([
  [
    'subscriptionIds',
    ({ subscriptionIds: ids }) =>
      Array.isArray(ids) && ids.length > 0 && ids.every((id) => String(id).toLowerCase() === subscriptionId),
  ],
  [
    'controls',
    ({ controls }) => Array.isArray(controls) && controls.length > 0 && controls.every((id) => id === 'flow-logs'),
  ],
  ['apply', ({ apply }) => apply === false],
]);

/** Bodies that no route takes: no JSON, JSON of another shape, fields of the wrong type, fields too many, too large. */
const bodies: fc.Arbitrary<string> = fc.oneof(
  wild.filter((text) => text.trim() !== '{}'),
  fc.json().filter((text) => !/^\s*\{/.test(text)),
  fc
    .dictionary(
      fc.constantFrom('subscriptionIds', 'controls', 'apply', 'plan', 'managementGroupId', '__proto__', 'by', 'x'),
      fc.oneof(fc.jsonValue(), fc.array(wild), wild),
      { minKeys: 1 },
    )
    .filter((body) => Object.keys(body).some((name) => isWellFormed.get(name)?.(body) !== true))
    .filter(
      (body) => !(typeof body['managementGroupId'] === 'string' && /^[\w().-]{1,90}$/.test(body['managementGroupId'])),
    )
    .map((body) => JSON.stringify(body)),
  fc.constantFrom('{"controls": [', '{"apply": true, "apply"', `{"x": "${'x'.repeat(bodyLimit)}"}`, '['.repeat(5_000)),
);

const queries = fc
  .array(fc.tuple(fc.oneof(wild, fc.constantFrom('subscription', 'after', 'id', 'top')), wild), {
    minLength: 1,
    maxLength: 3,
  })
  .map((pairs) => new URLSearchParams(pairs))
  .filter((query) => [...query.keys()].some((name) => !['code', 'clientId'].includes(name)));

/** For each route what may be wrong about a request to it. */
function requestsTo({ body, params }: Route): fc.Arbitrary<AskedRoute> {
  const rightParams = 'id' in params.shape ? { id: goodId } : {};
  const rightBody = body === undefined ? '' : '{}';
  const wrongs: fc.Arbitrary<AskedRoute>[] = [
    queries.map((query) => ({ params: rightParams, query, body: rightBody })),
    (body === undefined ? wild.filter((text) => text !== '') : bodies).map((text) => ({
      params: rightParams,
      body: text,
    })),
    fc
      .constantFrom(
        'application/xml',
        'multipart/form-data; boundary=x',
        'text/html',
        'application/json; charset=utf-7',
      )
      .map((type) => ({ params: rightParams, body: rightBody, headers: { 'content-type': type } })),
    fc.integer({ min: bodyLimit + 1 }).map((length) => ({
      params: rightParams,
      body: rightBody,
      headers: { 'content-length': String(length) },
    })),
  ];
  if ('id' in params.shape) wrongs.push(wild.map((id) => ({ params: { id }, body: rightBody })));
  return fc.oneof(...wrongs);
}

describe('a malformed request gets a clear refusal, and nothing is enqueued, read or written,', () => {
  test.each(api.map((route) => [`${route.method} /api/${route.route}`, route] as const))('%s', (_, route) =>
    fc.assert(
      fc.asyncProperty(requestsTo(route), async (asked) => {
        const world = memoryWorld(zone);
        const { status, body } = await askRoute(world, route, asked);
        expect([400, 404, 413, 415]).toContain(status);
        const { message } = errorSchema.parse(body).error;
        expect(message.length).toBeGreaterThan(10);
        expect(message).not.toMatch(/\n\s+at |node_modules|TypeError/);
        untouched(world);
      }),
      runs,
    ),
  );
});

const rightMessage = {
  scope: { kind: 'subscription', subscriptionId },
  cause: 'backfill',
  receivedAt: '2026-03-01T08:00:00.000Z',
};

/** Messages of which one field is not what it has to be. */
const messages = fc.oneof(
  wild,
  fc.json(),
  fc
    .tuple(
      fc.constantFrom('scope', 'cause', 'receivedAt', 'run', 'controls', 'attempt', 'notBefore', 'x'),
      fc.jsonValue(),
    )
    .filter(
      ([name, value]) => !(name === 'controls' && Array.isArray(value) && value.every((id) => typeof id === 'string')),
    )
    .filter(([name, value]) => !(name === 'attempt' && Number.isInteger(value) && Number(value) >= 0))
    .map(([name, value]) => JSON.stringify({ ...rightMessage, [name]: value })),
  wild.map((id) => JSON.stringify({ ...rightMessage, scope: { kind: 'resource', id } })),
  fc.uuid().map((id) => JSON.stringify({ ...rightMessage, scope: { kind: 'subscription', subscriptionId: id } })),
);

test('a malformed queue message is an input error, with its reason, and nothing is done', () =>
  fc.assert(
    fc.asyncProperty(messages, async (text) => {
      const world = memoryWorld(zone);
      const work = async (): Promise<void> => {
        const message = parseMessage(text);
        await (message.run === undefined ? judge(world, message) : workOnRun(world, message));
      };
      await expect(work()).rejects.toThrow(InputError);
      untouched(world);
    }),
    runs,
  ));

const rightEvent = {
  id: 'e1',
  topic: `/subscriptions/${subscriptionId}`,
  subject: networkId,
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  eventTime: '2026-03-01T08:00:00Z',
  dataVersion: '2',
  data: { resourceUri: networkId },
};

const events = fc.oneof(
  fc.jsonValue(),
  fc
    .tuple(fc.constantFrom('eventType', 'eventTime'), fc.jsonValue())
    .map(([name, value]) => ({ ...rightEvent, [name]: value })),
  wild.map((id) => ({ ...rightEvent, subject: id, data: { resourceUri: id } })),
  fc.jsonValue().map((id) => ({ ...rightEvent, subject: '', data: { resourceUri: id } })),
);

test('a malformed event is ignored, with its reason', () => {
  fc.assert(
    fc.property(events, (event) => {
      const world = memoryWorld(zone);
      const reasonOf = (): string => {
        try {
          const reception = receive(changeOf(event), world.now(), { ...world, ownIds: [] });
          return 'ignored' in reception ? reception.ignored : '';
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          return error.message;
        }
      };
      expect(reasonOf()).not.toBe('');
    }),
    runs,
  );
});

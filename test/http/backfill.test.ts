import type { Run } from '../../shared/core/run';
import { subscriptionId } from '../given';
import { zoneWithout, logId, zone } from '../controls/landing-zone';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';
import { work } from '../runs-given';
import { ask, type Told } from './asking';

const secondId = '22222222-2222-4333-8444-555555555555';
const foreignId = '99999999-2222-4333-8444-555555555555';

let world: MemoryWorld;
beforeEach(() => {
  world = memoryWorld(zoneWithout(logId), { subscriptionIds: [subscriptionId, secondId] });
});

const post = (body: unknown): Promise<Told> =>
  ask(world, 'POST /api/backfill', { body: typeof body === 'string' ? body : JSON.stringify(body) });
const onlyRun = (): Run => [...world.kept.runs.values()][0] as Run;

describe('a backfill request makes a plan of', () => {
  test.each<[string, object, object]>([
    ['every subscription when it names none', {}, { subscriptionIds: [subscriptionId, secondId] }],
    [
      'every subscription when it says that it does not apply',
      { apply: false },
      { subscriptionIds: [subscriptionId, secondId] },
    ],
    ['only the subscriptions that it names', { subscriptionIds: [secondId] }, { subscriptionIds: [secondId] }],
    [
      'a subscription once, however often and in whatever case it is named',
      { subscriptionIds: [secondId, secondId.toUpperCase(), secondId] },
      { subscriptionIds: [secondId] },
    ],
    ['the controls that it names', { controls: ['flow-logs'] }, { controls: ['flow-logs'] }],
  ])('%s', async (_, body, run) => {
    const told = await post(body);
    expect(told).toMatchObject({
      status: 202,
      headers: { Location: `/api/runs/${onlyRun().id}`, 'Retry-After': '5' },
      body: { id: onlyRun().id, kind: 'plan', state: 'running' },
    });
    expect(onlyRun()).toMatchObject(run);
    expect(world.sent.map(({ message }) => message.scope)).toEqual(
      onlyRun().subscriptionIds.map((id) => ({ kind: 'subscription', subscriptionId: id })),
    );
    expect(world.azure.written).toEqual([]);
  });
});

describe('a backfill request is refused, the field is named, and nothing is enqueued,', () => {
  test.each<[string, unknown, RegExp]>([
    ['when it is empty', '', /^the body has to be JSON, as \{\}/],
    ['when it is no JSON', 'subscriptionIds=1', /^the body has to be JSON/],
    ['when it breaks off', '{"controls": [', /^the body has to be JSON/],
    ['when it is null', null, /expected object, received null/],
    ['when it is a list', [], /expected object, received array/],
    ['when it is a text', '"all"', /expected object, received string/],
    ['with an unknown field', { subscriptions: [subscriptionId] }, /"subscriptions"/],
    ['with a field that means something to JavaScript', '{"__proto__": {"apply": true}}', /"__proto__"/],
    ['with an unknown control', { controls: ['flow-logs', 'flow-log'] }, /^controls\.1: .*known are .*flow-logs/],
    ['with a control that is no text', { controls: [1] }, /^controls\.0: .*expected string/],
    ['with controls that are no list', { controls: 'flow-logs' }, /^controls: .*expected array/],
    ['with an empty list of controls', { controls: [] }, /^controls: /],
    ['with a foreign subscription', { subscriptionIds: [subscriptionId, foreignId] }, /^subscriptionIds\.1: is not a/],
    ['with a malformed subscription', { subscriptionIds: ['../x'] }, /^subscriptionIds\.0: is not a subscription/],
    ['with a subscription that is no text', { subscriptionIds: [{}] }, /^subscriptionIds\.0: .*expected string/],
    ['with an empty list of subscriptions', { subscriptionIds: [] }, /^subscriptionIds: /],
    ['with a management group that is a path', { managementGroupId: 'a/../b' }, /^managementGroupId: is not the name/],
    [
      'with a management group and subscriptions',
      { managementGroupId: 'a', subscriptionIds: [subscriptionId] },
      /^managementGroupId: is not taken together/,
    ],
    ['that applies without a plan', { apply: true }, /^plan: is missing; POST \{\} first/],
    ['with a plan that it does not apply', { plan: 'x' }, /^plan: is only taken with/],
    ['that applies more than the plan', { apply: true, plan: 'x', controls: ['flow-logs'] }, /^controls: is not taken/],
    [
      'with several mistakes at once',
      { subscriptionIds: [foreignId], controls: ['x'] },
      /subscriptionIds\.0: .*; controls\.0: /,
    ],
  ])('%s', async (_, body, message) => {
    const told = await post(body);
    expect(told).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest', message: expect.stringMatching(message) } },
    });
    expect([world.sent, world.azure.written, world.kept.runs.size]).toEqual([[], [], 0]);
  });
});

test('a plan is applied when it is named, and what it does not name cannot be', async () => {
  world = memoryWorld(zoneWithout(logId));
  const plan = await post({});
  expect(await post({ apply: true, plan: plan.body['id'] })).toMatchObject({
    status: 409,
    body: { error: { code: 'Conflict', message: expect.stringMatching(/is running, not done/) } },
  });
  await work(world);
  const applied = await post({ apply: true, plan: plan.body['id'] });
  expect(applied).toMatchObject({ status: 202, body: { kind: 'apply', plan: plan.body['id'] } });
  await work(world);
  expect((await ask(world, `GET ${applied.headers['Location']}`)).body).toMatchObject({ state: 'done', changed: 1 });
  expect(await post({ apply: true, plan: '20260301080000000-00000009' })).toMatchObject({
    status: 404,
    body: { error: { code: 'NotFound' } },
  });
});

test('a management group that Azure does not show is no plan', async () => {
  world = memoryWorld(zone);
  world.azure.refuse = () => refusal('AuthorizationFailed');
  expect(await post({ managementGroupId: 'landing-zones' })).toMatchObject({
    status: 502,
    body: { error: { code: 'AzureRefused', message: expect.stringMatching(/AuthorizationFailed/) } },
  });
  expect(world.kept.runs.size).toBe(0);
});

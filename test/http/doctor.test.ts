import { subscriptionId } from '../given';
import { memoryWorld } from '../memory-world';
import { ask } from './asking';
import { doctorSchema } from '../../shared/http/schemas';

test('the doctor answers with a summary and every check, whatever came of them', async () => {
  const { status, body } = await ask(memoryWorld([]), 'GET /api/doctor');
  expect(status).toBe(200);
  const report = doctorSchema.parse(body);
  expect(report.healthy).toBe(false);
  const states = report.checks.map(({ state }) => state);
  expect(report.summary.wrong).toBe(states.filter((state) => state === 'wrong').length);
  expect(report.checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['settings', 'roles', 'events', 'timer']));
});

test('one subscription may be asked for, if it is kept', async () => {
  const world = memoryWorld([]);
  const other = '99999999-2222-4333-8444-555555555555';
  expect((await ask(world, `GET /api/doctor?subscription=${subscriptionId.toUpperCase()}`)).status).toBe(200);
  expect((await ask(world, `GET /api/doctor?subscription=${other}`)).status).toBe(404);
  expect((await ask(world, 'GET /api/doctor?subscription=mine')).status).toBe(400);
});

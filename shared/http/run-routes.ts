import * as z from 'zod';
import { RefusedError } from '../core/errors';
import type { ItemPlace, World } from '../core/ports';
import type { Run, RunItem } from '../core/run';
import { pageOfItems } from '../pipeline/run-page';
import { cancelRun, startApply, startPlan } from '../pipeline/run-start';
import { statusOf, type RunStatus } from '../pipeline/run-status';
import { backfillOf, backfillSchema } from './backfill';
import { route, type Answer, type Route } from './route';
import { itemsSchema, runSchema, runsSchema } from './schemas';

const runId = z
  .string()
  .regex(/^\d{17}-[0-9a-f]{8}$/, 'is not the id of a run')
  .describe('Id of a run.');

const accepted = {
  Location: 'Address of the run.',
  'Retry-After': 'Seconds after which it is worth another look.',
};

export const backfill = route({
  name: 'backfill',
  method: 'POST',
  route: 'backfill',
  role: 'act',
  summary: 'Judges what was there before: first a plan that writes nothing, then exactly what it has shown.',
  body: backfillSchema,
  refuses: [404, 409, 502, 503],
  answers: { 202: { description: 'The run has begun.', schema: runSchema, headers: accepted } },
  handle: async (world, { body, by }) => {
    const wanted = backfillOf(body, world);
    const caller = by === undefined ? {} : { by };
    const run =
      'apply' in wanted
        ? await startApply(world, wanted.apply, by)
        : await startPlan(world, { ...wanted.plan, ...caller });
    const who = by === undefined ? '' : ` by ${by}`;
    world.journal({ step: 'queued', text: `${run.kind} ${run.id}${who}` });
    return answerOf(202, await statusOf(world, run), world.now());
  },
});

const runs = route({
  name: 'runs',
  method: 'GET',
  route: 'runs',
  role: 'read',
  summary: 'The last runs.',
  refuses: [],
  answers: { 200: { description: 'At most 50.', schema: runsSchema } },
  handle: async (world) => {
    const all = await Array.fromAsync(world.runs.all());
    return { status: 200, body: { runs: all.toReversed().slice(0, 50).map(headOf) } };
  },
});

const run = route({
  name: 'run',
  method: 'GET',
  route: 'runs/{id}',
  role: 'read',
  summary: 'How far a run has come.',
  params: z.strictObject({ id: runId }),
  refuses: [404],
  answers: {
    200: {
      description: 'The run.',
      schema: runSchema,
      headers: { 'Retry-After': `While it runs: ${accepted['Retry-After']}` },
    },
  },
  handle: async (world, { params }) => answerOf(200, await statusOf(world, await runOf(world, params.id)), world.now()),
});

const cancel = route({
  name: 'cancel-run',
  method: 'DELETE',
  route: 'runs/{id}',
  role: 'act',
  summary: 'Has a run stop before its next item; what has been written stays.',
  params: z.strictObject({ id: runId }),
  refuses: [404, 409],
  answers: { 202: { description: 'It is being cancelled.', schema: runSchema, headers: accepted } },
  handle: async (world, { params, by }) => {
    const cancelled = await cancelRun(world, params.id);
    world.journal({ step: 'queued', text: `cancel ${cancelled.id}${by === undefined ? '' : ` by ${by}`}` });
    return answerOf(202, await statusOf(world, cancelled), world.now());
  },
});

const items = route({
  name: 'run-items',
  method: 'GET',
  route: 'runs/{id}/items',
  role: 'read',
  summary: 'What a plan would write, field by field, or what became of it; in pages.',
  params: z.strictObject({ id: runId }),
  refuses: [404],
  query: z.strictObject({
    subscription: z.guid('is not the id of a subscription').optional().describe('Only items of this one.'),
    after: z
      .string()
      .regex(/^[0-9a-f-]{36}:\d{1,8}$/, 'is not a place that an answer has named as next')
      .optional()
      .describe('The place that the page before has named.'),
  }),
  answers: { 200: { description: 'One page.', schema: itemsSchema } },
  handle: async (world, { params, query }) => {
    const found = await runOf(world, params.id);
    const { items: page, next } = await pageOfItems(world, found, placeOf(query));
    const place =
      next &&
      new URLSearchParams({
        ...(query.subscription !== undefined && { subscription: query.subscription }),
        after: `${next.subscriptionId}:${next.number}`,
      });
    const link = place === undefined ? {} : { next: `/api/runs/${found.id}/items?${place.toString()}` };
    return { status: 200, body: { items: page.map(shownItem), ...link } };
  },
});

/** What tells of runs and ends them. */
export const runRoutes: readonly Route[] = [runs, run, cancel, items];

async function runOf(world: World, id: string): Promise<Run> {
  const found = await world.runs.get(id);
  if (found === undefined) throw new RefusedError('notFound', `there is no run "${id}"`);
  return found;
}

function linksOf({ id, planId }: Pick<Run, 'id' | 'planId'>): z.infer<typeof runSchema>['links'] {
  const self = `/api/runs/${id}`;
  return { self, items: `${self}/items`, ...(planId !== undefined && { plan: `/api/runs/${planId}` }) };
}

function headOf(one: Run): object {
  const { subscriptionIds, planId, ...rest } = one;
  return {
    ...rest,
    subscriptions: subscriptionIds.length,
    ...(planId !== undefined && { plan: planId }),
    links: linksOf(one),
  };
}

/** Seconds. */
const [usualPause, longestPause] = [5, 300];

function answerOf(status: number, run: RunStatus, now: string): Answer {
  const { id, plan, state, throttledUntil = now } = run;
  const links = linksOf({ id, ...(plan !== undefined && { planId: plan }) });
  const wait = Math.ceil((Date.parse(throttledUntil) - Date.parse(now)) / 1_000);
  const isOver = state === 'done' || state === 'cancelled';
  return {
    status,
    headers: {
      ...(status === 202 && { Location: links.self }),
      ...(!isOver && { 'Retry-After': String(Math.min(longestPause, Math.max(usualPause, wait))) }),
    },
    body: { ...run, links },
  };
}

interface PageQuery {
  readonly subscription?: string | undefined;
  readonly after?: string | undefined;
}

function placeOf({ subscription, after }: PageQuery): ItemPlace | undefined {
  const only = subscription === undefined ? {} : { only: true as const };
  const [subscriptionId, number] = (after ?? '').split(':');
  if (after === undefined || subscriptionId === undefined)
    return subscription === undefined
      ? undefined
      : { subscriptionId: subscription.toLowerCase(), number: -1, only: true };
  return { subscriptionId: subscription?.toLowerCase() ?? subscriptionId, number: Number(number), ...only };
}

/** Hashes and bodies serve to compare; the differences are what is to be looked at. */
function shownItem({ subscriptionId, number, resourceId, controlId, state, reason, text, ...rest }: RunItem): object {
  const actions = rest.actions.map(({ id, summary, differences }) => ({ id, summary, differences }));
  const { since } = rest;
  return { subscriptionId, number, resourceId, controlId, state, reason, text, actions, ...(since && { since }) };
}

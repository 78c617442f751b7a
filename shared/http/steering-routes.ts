import * as z from 'zod';
import { InputError, RefusedError } from '../core/errors';
import { subscriptionOfChange, type LedgerEntry } from '../core/ledger';
import type { World } from '../core/ports';
import { closeBreaker } from '../pipeline/breakers';
import { poisonedMessages, putBackPoisoned } from '../pipeline/poison';
import { revert } from '../pipeline/revert';
import { route, type Route } from './route';
import {
  breakerSchema,
  breakersSchema,
  changeSchema,
  changesSchema,
  poisonSchema,
  putBackSchema,
  revertedSchema,
} from './schemas';

const changeId = z
  .string()
  .refine((id) => subscriptionOfChange(id) !== undefined, 'is not the id of a change')
  .describe('Id of a change.');

const person = {
  by: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe('Who acts; needed where the platform has not signed the caller in, and taken from there where it has.'),
};

/** Whoever acts has a name. Throws InputError. */
function personOf(signedIn: string | undefined, given: string | undefined): string {
  const by = signedIn ?? given;
  if (by === undefined) throw new InputError('by: has to say who acts');
  return by;
}

const dayMs = 86_400_000;
const mostShown = 200;

const changes = route({
  name: 'changes',
  method: 'GET',
  route: 'changes',
  role: 'read',
  summary: 'What Steward has written in a subscription, oldest first.',
  query: z.strictObject({
    subscription: z.guid('is not the id of a subscription').optional().describe('Needed where the app keeps several.'),
    since: z.iso.datetime().optional().describe('A day ago, where it is not given.'),
  }),
  refuses: [404],
  answers: { 200: { description: `At most ${mostShown}; \`next\` is the time to go on from.`, schema: changesSchema } },
  handle: async (world, { query }) => {
    const subscriptionId = subscriptionIn(world, query.subscription);
    const since = query.since ?? new Date(Date.parse(world.now()) - dayMs).toISOString();
    const shown: LedgerEntry[] = [];
    for await (const entry of world.ledger.entries(subscriptionId, since)) {
      if (shown.length === mostShown)
        return { status: 200, body: { changes: shown.map(briefly), next: entry.change.at } };
      shown.push(entry);
    }
    return { status: 200, body: { changes: shown.map(briefly) } };
  },
});

function subscriptionIn({ settings }: World, given: string | undefined): string {
  const [only, ...more] = settings.subscriptionIds;
  const chosen = given?.toLowerCase() ?? (more.length === 0 ? only : undefined);
  if (chosen === undefined) throw new InputError('subscription: has to be given, for the app keeps several');
  if (!settings.subscriptionIds.includes(chosen))
    throw new RefusedError('notFound', `subscription ${chosen} is not kept by this app`);
  return chosen;
}

/** Without the resources as they were: those are in the ledger. */
function briefly({ change, end, revertedBy }: LedgerEntry): object {
  const { changeId: id, at, resourceId, summary, why, identity, differences } = change;
  return {
    ...{ id, at, resourceId, summary, why, identity, differences },
    ...(end && { end: { at: end.at, state: end.state, text: end.text } }),
    ...(revertedBy !== undefined && { revertedBy }),
  };
}

const change = route({
  name: 'change',
  method: 'GET',
  route: 'changes/{id}',
  role: 'read',
  summary: 'One change, with what was there before and what was written.',
  params: z.strictObject({ id: changeId }),
  refuses: [404],
  answers: { 200: { description: 'The change.', schema: changeSchema } },
  handle: async (world, { params }) => {
    const subscriptionId = subscriptionOfChange(params.id) ?? '';
    const isKept = world.settings.subscriptionIds.includes(subscriptionId);
    const entry = isKept ? await world.ledger.find(params.id) : undefined;
    if (entry === undefined) throw new RefusedError('notFound', `there is no change ${params.id}`);
    const { before, body } = entry.change;
    return { status: 200, body: { ...briefly(entry), ...(before && { before }), ...(body && { written: body }) } };
  },
});

const takeBack = route({
  name: 'revert-change',
  method: 'POST',
  route: 'changes/{id}/revert',
  role: 'act',
  summary: 'Brings back what was there before a change, unless the resource has changed since.',
  params: z.strictObject({ id: changeId }),
  body: z.strictObject(person),
  refuses: [404, 409],
  answers: { 200: { description: 'It was taken back, and is itself in the ledger.', schema: revertedSchema } },
  handle: async (world, { params, body, by }) => {
    const summary = await revert(world, { changeId: params.id, by: personOf(by, body.by) });
    return { status: 200, body: { summary } };
  },
});

const breakers = route({
  name: 'breakers',
  method: 'GET',
  route: 'breakers',
  role: 'read',
  summary: 'Circuit breakers that are open or were closed by somebody.',
  refuses: [],
  answers: { 200: { description: 'All of them.', schema: breakersSchema } },
  handle: async (world) => {
    const all = await Array.fromAsync(world.breakers.all());
    return { status: 200, body: { breakers: all.map(([key, { open, closed }]) => ({ ...key, open, closed })) } };
  },
});

const close = route({
  name: 'close-breaker',
  method: 'POST',
  route: 'breakers/{control}/close',
  role: 'act',
  summary: 'Lets a control write again in a subscription.',
  params: z.strictObject({ control: z.string().max(100).describe('Id of a control.') }),
  body: z.strictObject({
    ...person,
    subscriptionId: z
      .guid('is not the id of a subscription')
      .optional()
      .describe('Needed where the app keeps several.'),
    reason: z.string().trim().min(1).max(500).describe('Why it may write again.'),
  }),
  refuses: [404, 409],
  answers: { 200: { description: 'It is closed.', schema: breakerSchema } },
  handle: async (world, { params, body, by }) => {
    if (!world.controls.some(({ id }) => id === params.control))
      throw new RefusedError('notFound', `there is no control ${params.control}`);
    const key = { subscriptionId: subscriptionIn(world, body.subscriptionId), controlId: params.control };
    const { closed } = await closeBreaker(world, key, { by: personOf(by, body.by), reason: body.reason });
    return { status: 200, body: { ...key, closed } };
  },
});

const poison = route({
  name: 'poison',
  method: 'GET',
  route: 'poison',
  role: 'read',
  summary: 'Messages that nobody understood or that failed too often, with their reasons.',
  refuses: [],
  answers: { 200: { description: 'The oldest 32, and how many there are.', schema: poisonSchema } },
  handle: async (world) => ({ status: 200, body: await poisonedMessages(world) }),
});

const putBack = route({
  name: 'put-back-poison',
  method: 'POST',
  route: 'poison/put-back',
  role: 'act',
  summary: 'Has everything judged anew that was set aside and can be understood.',
  refuses: [],
  answers: { 200: { description: 'What was put back and what stays.', schema: putBackSchema } },
  handle: async (world) => ({ status: 200, body: await putBackPoisoned(world) }),
});

/** What was changed, what was stopped and what was set aside; and what a person does about it. */
export const steeringRoutes: readonly Route[] = [changes, change, takeBack, breakers, close, poison, putBack];

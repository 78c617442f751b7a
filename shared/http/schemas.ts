import * as z from 'zod';

const guid = z.guid('is not the id of a subscription');
const time = z.iso.datetime();
const count = z.int().min(0);

const numbers = {
  total: count.optional().describe('Absent until everything has been counted.'),
  done: count,
  planned: count.describe('What a plan would write.'),
  changed: count,
  failed: count,
  blocked: count.describe('What is left to a person, or has changed since it was planned.'),
  throttledUntil: time.optional(),
};

const scope = {
  managementGroupId: z.string().optional(),
  notKept: z
    .array(guid)
    .optional()
    .describe('Subscriptions of the management group that the app does not keep, and never touches.'),
  controls: z.array(z.string()).optional(),
};

const head = {
  id: z.string(),
  kind: z.enum(['plan', 'apply']),
  state: z.enum(['running', 'cancelling', 'cancelled', 'done']),
  createdAt: time,
  finishedAt: time.optional(),
  by: z.string().optional().describe('Object id of whoever asked for it, where the platform has signed them in.'),
  plan: z.string().optional().describe('The plan that is applied.'),
  appliedBy: z.string().optional().describe('Of a plan: the run that applied it last.'),
};

export const runSchema = z.strictObject({
  ...head,
  ...scope,
  ...numbers,
  estimatedEnd: time.optional().describe('From the pace so far; absent when that tells nothing.'),
  subscriptions: z.array(
    z.strictObject({
      subscriptionId: guid,
      state: z.enum(['waiting', 'running', 'done', 'cancelled', 'failed']),
      ...numbers,
      text: z.string().optional().describe('Why it failed.'),
    }),
  ),
  links: z.strictObject({ self: z.string(), items: z.string(), plan: z.string().optional() }),
});

export const runsSchema = z.strictObject({
  runs: z
    .array(z.strictObject({ ...head, ...scope, subscriptions: count, links: runSchema.shape.links }))
    .describe('Newest first.'),
});

const difference = z.strictObject({
  path: z.string(),
  before: z.unknown().optional().describe('Absent: the field is not there.'),
  after: z.unknown().optional().describe('Absent: the field is taken away.'),
});

export const itemsSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      subscriptionId: guid,
      number: count,
      resourceId: z.string(),
      controlId: z.string(),
      state: z
        .enum(['planned', 'blocked', 'unknown', 'changed', 'right', 'changedSince', 'gone', 'failed'])
        .describe('Of a plan: planned, blocked, unknown. Of its application: the others, and blocked.'),
      reason: z.string(),
      text: z.string(),
      actions: z.array(z.strictObject({ id: z.string(), summary: z.string(), differences: z.array(difference) })),
      since: z
        .array(difference)
        .optional()
        .describe('What has changed since the plan: each field as it was shown and as it would be written now.'),
    }),
  ),
  next: z.string().optional().describe('Address of the next page.'),
});

const percentiles = z.strictObject({ p50: z.number(), p95: z.number(), count });

export const postureSchema = z.looseObject({
  controls: z.array(
    z.looseObject({
      controlId: z.string(),
      title: z.string(),
      states: z.record(z.string(), count),
      timeToCompliance: percentiles.optional().describe('Milliseconds from event to proof.'),
    }),
  ),
  poisoned: count.describe('Messages that nobody could understand or that failed too often.'),
  eventsMissed: z
    .strictObject({ total: count, lastDay: count })
    .describe('Changes that no event announced and the timer found.'),
  watches: z
    .array(z.looseObject({ controlId: z.string(), reason: z.string() }))
    .describe('What is not right with Steward itself.'),
});

const written = {
  id: z.string(),
  at: time,
  resourceId: z.string(),
  summary: z.string(),
  why: z.looseObject({ controlId: z.string(), findingId: z.string(), subjectId: z.string(), cause: z.string() }),
  identity: z.string().optional().describe('Client id of the identity that wrote.'),
  differences: z.array(difference),
  end: z.strictObject({ at: time, state: z.string(), text: z.string() }).optional(),
  revertedBy: z.string().optional().describe('The change that took it back.'),
};

export const changesSchema = z.strictObject({ changes: z.array(z.strictObject(written)), next: time.optional() });

export const changeSchema = z.strictObject({
  ...written,
  before: z.looseObject({}).optional().describe('The resource as it was; absent when it was made.'),
  written: z.looseObject({}).optional().describe('What was written; absent when it was removed.'),
});

export const revertedSchema = z.strictObject({ summary: z.string() });

const key = { subscriptionId: guid, controlId: z.string() };
const closed = z.strictObject({ at: time, by: z.string(), reason: z.string() }).optional();

export const breakerSchema = z.strictObject({ ...key, closed });

export const breakersSchema = z.strictObject({
  breakers: z.array(
    z.strictObject({ ...key, open: z.strictObject({ at: time, because: z.string() }).optional(), closed }),
  ),
});

export const poisonSchema = z.strictObject({
  count,
  messages: z.array(
    z.strictObject({ id: z.string(), reason: z.string(), body: z.string(), insertedAt: time, dequeueCount: count }),
  ),
});

export const putBackSchema = z.strictObject({
  putBack: count,
  refused: z.array(z.strictObject({ id: z.string(), reason: z.string() })),
});

export const doctorSchema = z.strictObject({
  healthy: z.boolean().describe('Nothing is wrong and nothing is unknown.'),
  summary: z.strictObject({
    ok: count,
    wrong: count,
    unknown: count,
    notApplicable: count,
    warnings: count.describe('Of those that are ok: what will be needed soon.'),
  }),
  checks: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string().describe('The good state.'),
      state: z
        .enum(['ok', 'wrong', 'unknown', 'notApplicable'])
        .describe('Unknown could not be looked at, which is never ok.'),
      about: z.string().describe('ARM id or name of what was looked at.'),
      found: z.string(),
      wanted: z.string(),
      todo: z.string().describe('What to do; of what is ok, what will be needed soon.'),
    }),
  ),
});

export const errorSchema = z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) });

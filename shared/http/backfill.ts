import * as z from 'zod';
import { InputError } from '../core/errors';
import type { World } from '../core/ports';
import type { PlanRequest } from '../pipeline/run-start';

export const backfillSchema = z.strictObject({
  subscriptionIds: z
    .array(z.string())
    .min(1)
    .max(1_000)
    .optional()
    .describe('Of those that the app keeps; absent: all.'),
  managementGroupId: z
    .string()
    .regex(/^[\w().-]{1,90}$/, 'is not the name of a management group')
    .optional()
    .describe('Its name; all kept subscriptions below it, instead of subscriptionIds.'),
  controls: z.array(z.string()).min(1).optional().describe('Ids of the controls that run; absent: all.'),
  apply: z.boolean().optional().describe('true: write what a plan has shown. Otherwise the run only plans.'),
  plan: z.string().min(1).max(100).optional().describe('Id of the plan to apply.'),
});

export type BackfillBody = z.infer<typeof backfillSchema>;

/** What a backfill is asked to do. Throws InputError that names the field. */
export function backfillOf(
  { apply = false, plan, ...request }: BackfillBody,
  world: Pick<World, 'settings' | 'controls'>,
): { readonly plan: PlanRequest } | { readonly apply: string } {
  if (apply) return { apply: planToApply(plan, Object.keys(request)) };
  if (plan !== undefined) throw new InputError('plan: is only taken with {"apply": true}');
  return { plan: planRequestOf(request, world) };
}

type Wish = Omit<BackfillBody, 'apply' | 'plan'>;

function planRequestOf(
  { subscriptionIds, managementGroupId, controls }: Wish,
  world: Pick<World, 'settings' | 'controls'>,
): PlanRequest {
  const complaints = [
    ...strangers(subscriptionIds ?? [], world.settings.subscriptionIds).map(
      (index) => `subscriptionIds.${index}: is not a subscription that this app keeps`,
    ),
    ...strangersAmongControls(controls ?? [], world),
    ...(subscriptionIds !== undefined && managementGroupId !== undefined
      ? ['managementGroupId: is not taken together with subscriptionIds']
      : []),
  ];
  if (complaints.length > 0) throw new InputError(complaints.join('; '));
  return {
    ...(subscriptionIds && { subscriptionIds: [...new Set(subscriptionIds.map((id) => id.toLowerCase()))] }),
    ...(managementGroupId !== undefined && { managementGroupId }),
    ...(controls && { controls: [...new Set(controls)] }),
  };
}

function planToApply(plan: string | undefined, others: readonly string[]): string {
  if (plan === undefined)
    throw new InputError('plan: is missing; POST {} first, look at the plan, then {"apply": true, "plan": "<its id>"}');
  if (others.length === 0) return plan;
  throw new InputError(`${others.join(', ')}: is not taken with apply; exactly what the plan has shown is applied`);
}

/** Places of what is not known. */
function strangers(given: readonly string[], known: readonly string[]): readonly number[] {
  return given.flatMap((one, index) => (known.includes(one.toLowerCase()) ? [] : [index]));
}

function strangersAmongControls(given: readonly string[], { controls }: Pick<World, 'controls'>): readonly string[] {
  const ids = controls.map(({ id }) => id);
  const unknown = given.flatMap((one, index) => (ids.includes(one) ? [] : [index]));
  return unknown.map((index) => `controls.${index}: is not a control; known are ${ids.join(', ')}`);
}

import * as z from 'zod';
import { InputError } from './core/errors';
import type { Message } from './core/message';
import type { World } from './core/ports';

/**
 * Turns the body of a backfill request into the scopes to judge. Throws InputError that names the field; then nothing
 * is enqueued.
 */
export function parseBackfill(
  body: string,
  { settings, controls, now }: Pick<World, 'settings' | 'controls' | 'now'>,
): readonly Message[] {
  const ids = controls.map(({ id }) => id);
  const schema = z.strictObject({
    subscriptionIds: z
      .array(
        z
          .string()
          .refine(
            (id) => settings.subscriptionIds.includes(id.toLowerCase()),
            'is not a subscription that this app keeps',
          ),
      )
      .min(1)
      .optional(),
    controls: z
      .array(z.string().refine((id) => ids.includes(id), `is not a control; known are ${ids.join(', ')}`))
      .min(1)
      .optional(),
  });
  const result = schema.safeParse(json(body));
  if (!result.success) throw new InputError(result.error.issues.map(sentence).join('; '));
  const { subscriptionIds = settings.subscriptionIds, controls: chosen } = result.data;
  const distinct = [...new Set(subscriptionIds.map((id) => id.toLowerCase()))];
  return distinct.map((subscriptionId) => ({
    scope: { kind: 'subscription', subscriptionId },
    cause: 'backfill',
    receivedAt: now(),
    ...(chosen && { controls: chosen }),
  }));
}

function sentence({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new InputError('the body has to be JSON, as {} or {"subscriptionIds": ["…"], "controls": ["…"]}');
    throw error;
  }
}

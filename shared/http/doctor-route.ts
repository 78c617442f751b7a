import * as z from 'zod';
import { RefusedError } from '../core/errors';
import { doctor } from '../doctor/doctor';
import { route } from './route';
import { doctorSchema } from './schemas';

export const examine = route({
  name: 'doctor',
  method: 'GET',
  route: 'doctor',
  role: 'read',
  summary: 'What is wrong with the deployment, and what to do about each.',
  query: z.strictObject({
    subscription: z
      .guid('is not the id of a subscription')
      .optional()
      .describe('Only this one, of those that are kept.'),
  }),
  refuses: [404],
  answers: { 200: { description: 'Every check, whatever came of it.', schema: doctorSchema } },
  handle: async (world, { query }) => {
    const kept = world.settings.subscriptionIds;
    const only = query.subscription?.toLowerCase();
    if (only === undefined) return { status: 200, body: await doctor(world) };
    if (!kept.includes(only)) throw new RefusedError('notFound', `subscription ${only} is not kept by this app`);
    return { status: 200, body: await doctor(world, [only]) };
  },
});

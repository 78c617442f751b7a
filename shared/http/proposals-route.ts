import * as z from 'zod';
import { RefusedError } from '../core/errors';
import { propose } from '../propose/propose';
import { route } from './route';

const kinds = { notFound: 'notFound', none: 'conflict', right: 'conflict', unread: 'unread' } as const;

export const proposals = route({
  name: 'proposals',
  method: 'GET',
  route: 'proposals/{findingId}',
  role: 'read',
  summary: 'What a person can apply about a finding, made anew from what is in the cluster now.',
  params: z.strictObject({
    findingId: z
      .string()
      .regex(/^[0-9a-f]{32}$/i, 'is not the id of a finding')
      .describe('Id of a finding about an object, or of the one that sums up those of a cluster.'),
  }),
  refuses: [404, 409, 503],
  answers: {
    200: {
      description: 'YAML for `kubectl apply --server-side`, with comments that say what it changes.',
      schema: z.string(),
      type: 'application/yaml',
    },
  },
  handle: async (world, { params }) => {
    const proposed = await propose(world, params.findingId);
    if (proposed.state === 'proposed') return { status: 200, body: proposed.text };
    throw new RefusedError(kinds[proposed.state], proposed.reason);
  },
});

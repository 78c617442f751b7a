import * as z from 'zod';
import type { Finding } from '../core/finding';
import { eventsMissed } from '../pipeline/gaps';
import { postureOf } from '../pipeline/posture';
import { examine } from './doctor-route';
import { openApi } from './openapi';
import { proposals } from './proposals-route';
import { route, type Route } from './route';
import { backfill, runRoutes } from './run-routes';
import { postureSchema } from './schemas';
import { steeringRoutes } from './steering-routes';

const posture = route({
  name: 'posture',
  method: 'GET',
  route: 'posture',
  role: 'read',
  summary: 'How many resources are in which state, per control.',
  refuses: [],
  answers: { 200: { description: 'The posture.', schema: postureSchema } },
  handle: async (world) => {
    const { subscriptionIds } = world.settings;
    const findings: Finding[] = [];
    for (const subscriptionId of subscriptionIds)
      for await (const finding of world.findings.of(subscriptionId)) findings.push({ ...finding, lookedAt: [] });
    const gaps = await Promise.all(subscriptionIds.map((subscriptionId) => world.receipts.gaps(subscriptionId)));
    const missed = eventsMissed(gaps, world.now());
    return { status: 200, body: postureOf(world.controls, findings, await world.queue.poisoned(), missed) };
  },
});

const description = route({
  name: 'openapi',
  method: 'GET',
  route: 'openapi.json',
  role: 'read',
  summary: 'This description.',
  refuses: [],
  answers: { 200: { description: 'An OpenAPI 3.1 document.', schema: z.looseObject({ openapi: z.string() }) } },
  handle: () => Promise.resolve({ status: 200, body: openApi([backfill, ...routes]) }),
});

/** Every address of the API but the backfill's own. */
export const routes: readonly Route[] = [...runRoutes, ...steeringRoutes, posture, proposals, examine, description];

import { app as functions, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import { InputError } from '../shared/core/errors';
import { parseBackfill } from '../shared/backfill-request';
import { journalOf } from '../shared/journal';
import { app } from '../shared/world';

functions.http('backfill', {
  methods: ['POST'],
  authLevel: 'function',
  handler: async (request: HttpRequest, context): Promise<HttpResponseInit> => {
    const world = app().world(journalOf(context));
    try {
      const messages = parseBackfill(await request.text(), world);
      for (const message of messages) await world.queue.send(message);
      const subscriptions = messages.map(({ scope }) => scope);
      return { status: 202, jsonBody: { enqueued: subscriptions } };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { status: 400, jsonBody: { error: { code: 'BadRequest', message: error.message } } };
    }
  },
});

import { app as functions } from '@azure/functions';
import { InputError } from '../shared/core/errors';
import { journalOf } from '../shared/journal';
import { judge } from '../shared/pipeline/judge';
import { workOnRun } from '../shared/pipeline/run-part';
import { parseMessage, queueName } from '../shared/store/scope-queue';
import { app } from '../shared/world';

functions.storageQueue('judge', {
  queueName,
  connection: 'AzureWebJobsStorage',
  handler: async (body, context) => {
    const world = app().world(journalOf(context));
    try {
      const message = parseMessage(body);
      await (message.run === undefined ? judge(world, message) : workOnRun(world, message));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      await world.queue.poison(body, error.message);
      world.journal({ step: 'failed', text: `set aside: ${error.message}` });
    }
  },
});

import { app as functions } from '@azure/functions';
import { changeOf } from '../shared/azure/events';
import { InputError } from '../shared/core/errors';
import { receive } from '../shared/pipeline/receive';
import { app } from '../shared/world';
import { journalOf } from '../shared/journal';

functions.eventGrid('resource-changed', {
  handler: async (event, context) => {
    const { world: worldWith, ownIds } = app();
    const world = worldWith(journalOf(context));
    try {
      const change = changeOf(event);
      const reception = receive(change, world.now(), { ...world, ownIds });
      if ('ignored' in reception) return world.journal({ step: 'ignored', text: reception.ignored });
      await world.queue.send(reception.message);
      world.journal({ step: 'queued', subject: change.id, text: change.kind });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      world.journal({ step: 'ignored', text: error.message });
    }
  },
});

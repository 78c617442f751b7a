import { app as functions } from '@azure/functions';
import { changeOf } from '../shared/azure/events';
import { InputError } from '../shared/core/errors';
import { hear } from '../shared/pipeline/hear';
import { app } from '../shared/world';
import { journalOf } from '../shared/journal';

functions.eventGrid('resource-changed', {
  handler: async (event, context) => {
    const { world: worldWith, ownIds } = app();
    const world = worldWith(journalOf(context));
    try {
      await hear(world, changeOf(event), ownIds);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      world.journal({ step: 'ignored', text: error.message });
    }
  },
});

import { app as functions } from '@azure/functions';
import { journalOf } from '../shared/journal';
import { reconcile } from '../shared/pipeline/reconcile';
import { app } from '../shared/world';

functions.timer('reconcile', {
  schedule: '0 */15 * * * *',
  handler: (_timer, context) => reconcile(app().world(journalOf(context))),
});

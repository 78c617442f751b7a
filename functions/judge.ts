import { app as functions } from '@azure/functions';
import { journalOf } from '../shared/journal';
import { judgeMessage } from '../shared/judge-message';
import { queueName } from '../shared/store/scope-queue';
import { app } from '../shared/world';

functions.storageQueue('judge', {
  queueName,
  connection: 'AzureWebJobsStorage',
  handler: (body, context) =>
    judgeMessage(app().world(journalOf(context)), body, Number(context.triggerMetadata?.['dequeueCount'])),
});

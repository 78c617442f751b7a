import { app as functions } from '@azure/functions';
import { respond } from '../shared/http/respond';
import { backfill } from '../shared/http/run-routes';
import { journalOf } from '../shared/journal';
import { app } from '../shared/world';

functions.http(backfill.name, {
  methods: [backfill.method],
  route: backfill.route,
  authLevel: 'function',
  handler: (request, context) => respond(backfill, request, app().desk(journalOf(context))),
});

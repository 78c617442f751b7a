import { app as functions } from '@azure/functions';
import { respond } from '../shared/http/respond';
import { routes } from '../shared/http/routes';
import { journalOf } from '../shared/journal';
import { app } from '../shared/world';

/** Each route is a function of its own and has a key of its own: who may look may not act. */
for (const route of routes) {
  functions.http(route.name, {
    methods: [route.method],
    route: route.route,
    authLevel: 'function',
    handler: (request, context) => respond(route, request, app().desk(journalOf(context))),
  });
}

import { raisesEvents } from '../core/change-event';
import type { Inventory } from '../core/inventory';
import { keyOf, nameOf, same, type Resource } from '../core/resource';
import { distinct, on, scopesIn, type Check, type Conclusions, type Context, type Examination } from './check';
import { passes, type AdvancedFilter } from './event-filter';

const topic = {
  id: 'events',
  title: 'Events of the subscription are sent to this app',
  wanted:
    'a system topic of the subscription, and on it an event subscription to the function resource-changed that lets through what the controls wait for',
};

const topicType = 'Microsoft.EventGrid/systemTopics';
const subscriptionType = `${topicType}/eventSubscriptions`;
const functionName = 'resource-changed';

export const events: Examination = (inventory, context) =>
  scopesIn(context).map((scope) => judged(scope, inventory, context));

interface SystemTopic {
  readonly source?: string;
  readonly provisioningState?: string;
}

interface EventSubscription {
  readonly provisioningState?: string;
  readonly destination?: {
    readonly endpointType?: string;
    readonly properties?: { readonly resourceId?: string; readonly endpointBaseUrl?: string };
  };
  readonly filter?: {
    readonly includedEventTypes?: readonly string[] | null;
    readonly subjectBeginsWith?: string;
    readonly subjectEndsWith?: string;
    readonly advancedFilters?: readonly AdvancedFilter[] | null;
  };
}

const deploy =
  'deploy infra/ again; a subscription can have only one system topic, so name an existing one as its parameter';

function judged(scope: string, inventory: Inventory, context: Context): Check {
  const conclude = on(topic, scope);
  const topics = inventory.list<SystemTopic>(topicType, scope);
  if (topics.state === 'unread') return conclude.unknown(topics.reason, `grant ${topicType}/read`);
  const found = topics.value.find(({ properties }) => same(properties?.source, scope));
  if (found === undefined) return conclude.wrong('the subscription has no system topic', deploy);
  const { provisioningState: state = 'missing' } = found.properties ?? {};
  if (!same(state, 'Succeeded')) return conclude.wrong(`the state of system topic ${found.name} is ${state}`, deploy);
  const subscriptions = inventory.list<EventSubscription>(subscriptionType, found.id);
  if (subscriptions.state === 'unread') return conclude.unknown(subscriptions.reason, `grant ${subscriptionType}/read`);
  return judgedTopic(found, subscriptions.value, { conclude, context });
}

interface Situation {
  readonly conclude: Conclusions;
  readonly context: Context;
}

type Ours = 'yes' | 'perhaps' | 'no';

function judgedTopic(
  { name }: Resource,
  all: readonly Resource<EventSubscription>[],
  { conclude, context }: Situation,
): Check {
  const certain = all.filter((one) => isOurs(one, context) === 'yes');
  const perhaps = all.filter((one) => isOurs(one, context) === 'perhaps');
  const [chosen] = [...certain, ...perhaps];
  if (chosen === undefined)
    return conclude.wrong(
      `none of ${all.length} event subscriptions of system topic ${name} points to this app`,
      deploy,
    );
  const { provisioningState: state = 'missing' } = chosen.properties ?? {};
  const again = 'deploy infra/ again, which makes the event subscription anew after the code is there';
  if (!same(state, 'Succeeded'))
    return conclude.wrong(`the state of event subscription ${chosen.name} is ${state}`, again);
  const doubt = certain.length === 0 ? `whether ${targetOf(chosen)} is this app cannot be told from here` : undefined;
  return judgedFilter(chosen, { conclude, context }, doubt);
}

function targetOf({ properties }: Resource<EventSubscription>): string {
  const { resourceId, endpointBaseUrl } = properties?.destination?.properties ?? {};
  return resourceId ?? endpointBaseUrl ?? 'its destination';
}

/** By the name of the function app where the platform tells it, else by Steward's own resource group. */
function isOurs({ properties }: Resource<EventSubscription>, { settings, surroundings: { site } }: Context): Ours {
  const { endpointType, properties: target = {} } = properties?.destination ?? {};
  if (same(endpointType, 'WebHook')) return isOurHook(target.endpointBaseUrl ?? '', site);
  if (!same(endpointType, 'AzureFunction')) return 'no';
  return isOurFunction(target.resourceId ?? '', settings.resourceGroupId, site);
}

function isOurFunction(id: string, ownGroup: string, site: string | undefined): Ours {
  const [app = '', called] = id.split(/\/functions\//i);
  if (!same(called, functionName)) return 'no';
  if (site !== undefined) return same(nameOf(app), site) ? 'yes' : 'no';
  return keyOf(app).startsWith(`${keyOf(ownGroup)}/`) ? 'yes' : 'perhaps';
}

function isOurHook(url: string, site: string | undefined): Ours {
  const hook = URL.parse(url);
  if (hook === null || !/^\/runtime\/webhooks\/eventgrid$/i.test(hook.pathname)) return 'no';
  if (site === undefined) return 'perhaps';
  return hook.hostname.toLowerCase().startsWith(`${site.toLowerCase()}.`) ? 'yes' : 'no';
}

const eventTypes = ['Microsoft.Resources.ResourceWriteSuccess', 'Microsoft.Resources.ResourceDeleteSuccess'];

function judgedFilter(
  { name, properties }: Resource<EventSubscription>,
  { conclude, context }: Situation,
  doubt?: string,
): Check {
  const {
    includedEventTypes,
    advancedFilters,
    subjectBeginsWith = '',
    subjectEndsWith = '',
  } = properties?.filter ?? {};
  const filters = advancedFilters ?? [];
  const types = eventTypes.filter((type) => includedEventTypes?.some((one) => same(one, type)) === false);
  const operations = operationsFor(context);
  const refused = operations.filter((operation) => passes(filters, operation) === false);
  const lacking = [...types, ...refused];
  const widen = `add them to the filter of event subscription ${name}: deploy infra/ again`;
  if (lacking.length > 0) return conclude.wrong(`its filter leaves out ${lacking.join(', ')}`, widen);
  if (subjectBeginsWith !== '' || subjectEndsWith !== '')
    return conclude.wrong(`it only takes subjects like ${subjectBeginsWith}…${subjectEndsWith}`, widen);
  const open = operations.filter((operation) => passes(filters, operation) === undefined);
  const keys = distinct(filters.map(({ key = '', operatorType = '' }) => `${key} (${operatorType})`)).join(', ');
  if (open.length > 0)
    return conclude.unknown(`its filter on ${keys} is not understood here`, 'look whether it is meant');
  if (doubt !== undefined) return conclude.unknown(doubt, 'ask GET /api/doctor of the app, which knows its own name');
  return conclude.ok(`event subscription ${name} lets through all of ${operations.length} operations`);
}

/** Writes of what is judged, and whatever happens to what a remedy writes; the timer finds the rest. */
function operationsFor({ controls, settings }: Context): readonly string[] {
  const written = controls.flatMap(({ remedy }) => remedy?.permissions ?? []).filter((one) => /\/write$/i.test(one));
  return distinct([
    ...controls.flatMap(({ subjects }) => subjects.filter(raisesEvents).map((type) => `${type}/write`)),
    ...written.flatMap((permission) => [permission, permission.replace(/write$/i, 'delete')]),
    ...(settings.canary === 'hourly' ? ['Microsoft.Resources/tags/write'] : []),
  ]);
}

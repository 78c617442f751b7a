import type { ActivityLog, LoggedChange } from '../core/delivery';
import { getJson, type Arm } from './arm-reader';
import { nextOf } from './pages';
import { badAnswer } from './refusal';

interface Named {
  readonly value?: string;
}

/** What is asked for of an entry: nothing that tells of a person (Azure Monitor: activity log event schema). */
interface Entry {
  readonly resourceId?: string;
  readonly operationId?: string;
  readonly eventDataId?: string;
  readonly eventTimestamp?: string;
  readonly operationName?: Named;
  readonly status?: Named;
}

const fields = 'resourceId,operationId,eventDataId,eventTimestamp,operationName,status';
const mostPages = 10_000;

/** Reads a subscription's activity log (Azure Monitor REST API: Activity Logs, 2015-04-01), page by page. */
export function activityLog(arm: Arm): ActivityLog {
  const get = getJson(arm);
  return {
    async *changes(subscriptionId, from, to) {
      const filter = encodeURIComponent(`eventTimestamp ge '${from}' and eventTimestamp le '${to}'`);
      const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Insights/eventtypes/management/values`;
      const first = `${arm.endpoint}${path}?api-version=2015-04-01&$filter=${filter}&$select=${fields}`;
      let url: string | undefined = first;
      for (let page = 0; url !== undefined; page += 1) {
        if (page >= mostPages) throw badAnswer(`more than ${mostPages} pages of the activity log`);
        const { value, nextLink } = (await get(url)) as { readonly value?: unknown; readonly nextLink?: string };
        if (!Array.isArray(value)) throw badAnswer('a page of the activity log without a list of values');
        for (const entry of value as readonly Entry[]) yield* changeIn(entry);
        url = nextOf(nextLink, arm.endpoint);
      }
    },
  };
}

/** A change without a time is no answer: it may be the one that matters. */
function changeIn(entry: Entry): readonly LoggedChange[] {
  const { resourceId = '', operationId, eventDataId = '', eventTimestamp = '' } = entry;
  if (!isChange(entry) || resourceId === '') return [];
  const time = Date.parse(eventTimestamp);
  if (Number.isNaN(time)) throw badAnswer('an entry of the activity log without a time');
  return [{ resourceId, operationId: operationId ?? eventDataId, at: new Date(time).toISOString() }];
}

function isChange({ operationName, status }: Entry): boolean {
  return /\/(write|delete)$/i.test(operationName?.value ?? '') && /^Succeeded$/i.test(status?.value ?? '');
}

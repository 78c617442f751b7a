import { badRequest } from '../answers';
import type { Cloud, ResourceType } from '../cloud';
import { same } from '../ids';
import type { Fields } from '../wire';
import { fieldsOf, textOf } from '../wire';

const onboarding = 'Microsoft.SecurityInsights/onboardingStates';

/**
 * Analytics rules of Microsoft Sentinel, which looks whether the query could run. derived: of a query only its custom tables
 * are looked for, and the codes and texts are Azure's as far as deployments show them.
 */
export const alertRules: ResourceType = {
  hasEtag: true,
  refuse: ({ place, body }, cloud) => {
    if (cloud.read(`${place.scope}/providers/${onboarding}/default`) === undefined)
      return badRequest('BadRequest', 'The workspace is not onboarded to Microsoft Sentinel.');
    const lacking = needed.find((name) => fieldsOf(body, 'properties')[name] === undefined);
    if (same(textOf(body['kind']), 'Scheduled') && lacking !== undefined)
      return badRequest('BadRequest', `Required property '${lacking}' not found in JSON.`);
    const missing = customTables(fieldsOf(body, 'properties')).find((name) => !hasTable(cloud, place.scope, name));
    if (missing === undefined) return undefined;
    return badRequest('BadRequest', 'Failed to run the analytics rule query. One of the tables does not exist.');
  },
  complete: (rule, _existing, { settings }) => ({
    ...rule,
    properties: { ...rule.properties, lastModifiedUtc: new Date(settings.clock()).toISOString() },
  }),
};

const needed = [
  'displayName enabled severity query queryFrequency queryPeriod',
  'triggerOperator triggerThreshold suppressionDuration suppressionEnabled',
].flatMap((names) => names.split(' '));

const customTables = ({ query }: Fields): readonly string[] => textOf(query).match(/\b\w+_CL\b/g) ?? [];

const hasTable = (cloud: Cloud, workspaceId: string, name: string): boolean =>
  cloud.read(`${workspaceId}/tables/${name}`) !== undefined;

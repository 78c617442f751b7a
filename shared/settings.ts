import * as z from 'zod';
import { InputError, SettingsError } from './core/errors';
import { parseId, same, subscriptionOf } from './core/resource';
import { parseScopeFilter } from './core/scope-filter';
import type { Settings } from './core/settings';

const list = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function isIdOf(type: string, id: string): boolean {
  try {
    return same(parseId(id).type, type);
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

const idOf = (type: string, what: string) =>
  z.string().refine((id) => isIdOf(type, id), `the ARM id of ${what} is needed`);

const accounts = (text: string): readonly (readonly [string, string])[] =>
  list(text).map(
    (pair) => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()] as const,
  );

const isDistinct = (names: readonly string[]): boolean => new Set(names).size === names.length;

const isAccountPair = ([region, id]: readonly [string, string]): boolean =>
  /^[a-z0-9]+$/i.test(region) && isIdOf('Microsoft.Storage/storageAccounts', id);

const isWholeNumber = (text: string, least: number, most: number): boolean =>
  /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most;

/** What the app reads from its environment. A description is the setting's line in the README. */
export const settingsSchema = z.object({
  SUBSCRIPTION_IDS: z
    .string()
    .transform(list)
    .refine(
      (ids) => ids.length > 0 && ids.every((id) => guid.test(id)),
      'one or more subscription GUIDs, separated by commas, are needed',
    )
    .describe(
      'Subscriptions that are kept right, separated by commas. Nothing outside is read as a subject or written.',
    ),
  STEWARD_RESOURCE_GROUP_ID: idOf('Microsoft.Resources/resourceGroups', 'a resource group').describe(
    "ARM id of Steward's own resource group: new flow-log storage accounts and Network Watchers are made there.",
  ),
  REMEDIATE: z
    .string()
    .default('')
    .describe('Ids of the controls that may write, separated by commas. Empty: audit only.'),
  REMEDIATE_SUBSCRIPTIONS: z
    .string()
    .default('')
    .describe('Subscriptions in which controls may write, separated by commas. Empty: all that are kept.'),
  REMEDIATE_RESOURCE_GROUPS: z
    .string()
    .default('')
    .describe('Resource groups whose resources may be put right, as `rg-net-*`, separated by commas. Empty: all.'),
  REMEDIATE_TAGS: z
    .string()
    .default('')
    .describe(
      'Tags of the resources that may be put right, or of their resource groups, as `environment=production`, separated by commas; one is enough. Empty: all. Of these three filters, one that cannot be understood or read lets nothing be written.',
    ),
  MOST_WRITES_AN_HOUR: z
    .string()
    .default('1000')
    .refine((count) => /^[1-9]\d{0,5}$/.test(count), 'a whole number from 1 to 999999 is needed')
    .describe('How many writes one control makes in one subscription within any hour, at most. The others wait.'),
  MOST_DRIFTS_AN_HOUR: z
    .string()
    .default('50')
    .refine((count) => /^[1-9]\d{0,5}$/.test(count), 'a whole number from 1 to 999999 is needed')
    .describe(
      'How many resources that were right may become wrong in one subscription within an hour, before the control stops writing there until a person closes its circuit breaker.',
    ),
  MOST_UNDONE_A_DAY: z
    .string()
    .default('3')
    .refine((count) => /^[1-9]\d{0,2}$/.test(count), 'a whole number from 1 to 999 is needed')
    .describe('How often within a day somebody may undo what was put right, before the resource is left to people.'),
  FLOW_LOG_RETENTION_DAYS: z
    .string()
    .default('90')
    .refine((days) => /^\d{1,5}$/.test(days), 'a whole number from 0 to 99999 is needed; 0 is for ever')
    .describe('Days that flow logs have to be kept at least; 0 is for ever.'),
  FLOW_LOG_STORAGE: z
    .string()
    .default('')
    .refine(
      (text) =>
        accounts(text).every(isAccountPair) && isDistinct(accounts(text).map(([region]) => region.toLowerCase())),
      '<region>=<ARM id of a storage account>, separated by commas, is needed',
    )
    .describe(
      'Storage accounts for flow logs, as `eastus2=/subscriptions/…`, separated by commas. Other regions get one of their own.',
    ),
  FLOW_LOG_SILENCE_MINUTES: z
    .string()
    .default('120')
    .refine((text) => isWholeNumber(text, 30, 1_440), 'a whole number from 30 to 1440 is needed')
    .describe('Minutes after which a flow log that writes nothing, though its network is in use, is a finding.'),
  NSG_FLOW_LOGS: z
    .enum(['repair', 'create'])
    .default('repair')
    .describe(
      '`repair` keeps existing flow logs of network security groups right; `create` also tries to make them where a cloud still allows it.',
    ),
  LOG_RETENTION_DAYS: z
    .string()
    .default('90')
    .refine((text) => isWholeNumber(text, 1, 4_383), 'a whole number from 1 to 4383 is needed')
    .describe('Days for which Log Analytics workspaces have to keep the logs of clusters at least, archive included.'),
  TRAFFIC_ANALYTICS_WORKSPACE_ID: idOf('Microsoft.OperationalInsights/workspaces', 'a Log Analytics workspace')
    .optional()
    .describe(
      'ARM id of the workspace that traffic analytics uses. Without it, flow logs are made without traffic analytics and stay open.',
    ),
  CANARY: z
    .enum(['hourly', 'off'])
    .default('off')
    .describe(
      '`hourly` writes the tag `steward-canary` of Steward’s own resource group every hour; when no event tells of it within 30 minutes, that is a finding.',
    ),
  LOGS_INGESTION_ENDPOINT: z
    .url({ protocol: /^https$/, error: 'an https address is needed' })
    .describe('Logs ingestion endpoint of the data collection rule.'),
  LOGS_INGESTION_RULE_ID: z
    .string()
    .regex(/^dcr-[0-9a-z]+$/i, 'the immutable id of a data collection rule (dcr-…) is needed')
    .describe('Immutable id of the data collection rule.'),
  LOGS_INGESTION_AUDIENCE: z
    .url('an address is needed')
    .default('https://monitor.azure.com')
    .describe('Audience of ingestion tokens; another one in other clouds.'),
  AZURE_RESOURCE_MANAGER_ENDPOINT: z
    .url({ protocol: /^https$/, error: 'an https address is needed' })
    .default('https://management.azure.com')
    .describe('Where Azure Resource Manager answers; another address in other clouds.'),
  AZURE_RESOURCE_MANAGER_AUDIENCE: z
    .url('an address is needed')
    .default('https://management.azure.com')
    .describe('Audience of its tokens.'),
  AZURE_CLIENT_ID: z
    .guid('a GUID is needed')
    .optional()
    .describe("Client id of the app's user-assigned identity; events of its own writes are recognised by it."),
});

export interface AppSettings extends Settings {
  readonly ingestion: {
    readonly endpoint: string;
    readonly ruleId: string;
    readonly audience: string;
  };
  readonly arm: { readonly endpoint: string; readonly tokenScope: string };
}

/** Throws SettingsError that names every setting that is wrong, what was found and what is needed. */
export function parseSettings(
  environment: Readonly<Record<string, string | undefined>>,
  controlIds: readonly string[],
): AppSettings {
  const names = Object.keys(settingsSchema.shape);
  const given = Object.fromEntries(
    names.flatMap((name) => (meaningful(environment[name], name) ? [[name, environment[name]?.trim()]] : [])),
  );
  const result = settingsSchema.safeParse(given);
  const complaints = result.success ? [] : result.error.issues.map((issue) => complaint(issue, given));
  const unknown = list(given['REMEDIATE'] ?? '').filter((id) => !controlIds.includes(id));
  const remediate = unknown.map((id) => `setting REMEDIATE names "${id}"; known controls are ${controlIds.join(', ')}`);
  if (!result.success || remediate.length > 0) throw new SettingsError([...complaints, ...remediate].join('\n'));
  const settings = settingsFrom(result.data);
  if (settings.subscriptionIds.includes(subscriptionOf(settings.resourceGroupId))) return settings;
  throw new SettingsError(
    `setting STEWARD_RESOURCE_GROUP_ID is "${settings.resourceGroupId}"; a resource group in one of SUBSCRIPTION_IDS is needed, for nothing outside is written`,
  );
}

/** An empty setting counts as not given, except where empty says something. */
function meaningful(value: string | undefined, name: string): boolean {
  return value !== undefined && (value.trim() !== '' || name === 'REMEDIATE');
}

function complaint({ path, message }: z.core.$ZodIssue, given: Readonly<Record<string, string | undefined>>): string {
  const name = String(path[0]);
  const found = given[name] === undefined ? 'is missing' : `is "${given[name]}"`;
  return `setting ${name} ${found}; ${message.startsWith('Invalid input') ? 'it has no default' : message}`;
}

function settingsFrom(values: z.infer<typeof settingsSchema>): AppSettings {
  return {
    subscriptionIds: [...new Set(values.SUBSCRIPTION_IDS.map((id) => id.toLowerCase()))],
    resourceGroupId: values.STEWARD_RESOURCE_GROUP_ID,
    remediate: list(values.REMEDIATE),
    remediateIn: parseScopeFilter({
      subscriptions: values.REMEDIATE_SUBSCRIPTIONS,
      resourceGroups: values.REMEDIATE_RESOURCE_GROUPS,
      tags: values.REMEDIATE_TAGS,
    }),
    writesAnHour: Number(values.MOST_WRITES_AN_HOUR),
    driftsAnHour: Number(values.MOST_DRIFTS_AN_HOUR),
    undoneADay: Number(values.MOST_UNDONE_A_DAY),
    flowLogRetentionDays: Number(values.FLOW_LOG_RETENTION_DAYS),
    flowLogStorage: Object.fromEntries(accounts(values.FLOW_LOG_STORAGE)),
    flowLogSilenceMinutes: Number(values.FLOW_LOG_SILENCE_MINUTES),
    nsgFlowLogs: values.NSG_FLOW_LOGS,
    logRetentionDays: Number(values.LOG_RETENTION_DAYS),
    canary: values.CANARY,
    workspaceId: values.TRAFFIC_ANALYTICS_WORKSPACE_ID,
    ingestion: {
      endpoint: values.LOGS_INGESTION_ENDPOINT,
      ruleId: values.LOGS_INGESTION_RULE_ID,
      audience: values.LOGS_INGESTION_AUDIENCE,
    },
    arm: {
      endpoint: values.AZURE_RESOURCE_MANAGER_ENDPOINT.replace(/\/$/, ''),
      tokenScope: `${values.AZURE_RESOURCE_MANAGER_AUDIENCE.replace(/\/$/, '')}/.default`,
    },
    clientId: values.AZURE_CLIENT_ID,
  };
}

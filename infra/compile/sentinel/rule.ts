import { parse } from 'yaml';
import * as z from 'zod';

const severity = z.enum(['Informational', 'Low', 'Medium', 'High']);

const entityMapping = z.strictObject({
  entityType: z.string(),
  fieldMappings: z.array(z.strictObject({ identifier: z.string(), columnName: z.string() })),
});

const groupingConfiguration = z.strictObject({
  enabled: z.boolean(),
  reopenClosedIncident: z.boolean(),
  lookbackDuration: z.string(),
  matchingMethod: z.enum(['AllEntities', 'AnyAlert', 'Selected']),
  groupByEntities: z.array(z.string()),
  groupByAlertDetails: z.array(z.string()),
  groupByCustomDetails: z.array(z.string()),
});

/** A file of `Analytic Rules`, in the format of Azure-Sentinel's repository. */
export const ruleSchema = z.strictObject({
  id: z.guid(),
  name: z.string(),
  kind: z.literal('Scheduled'),
  version: z.string(),
  status: z.literal('Available'),
  severity,
  description: z.string(),
  requiredDataConnectors: z.array(z.strictObject({ connectorId: z.string(), dataTypes: z.array(z.string()) })),
  queryFrequency: z.string(),
  queryPeriod: z.string(),
  triggerOperator: z.enum(['gt', 'lt', 'eq', 'ne']),
  triggerThreshold: z.int(),
  tactics: z.array(z.string()),
  relevantTechniques: z.array(z.string()),
  query: z.string(),
  entityMappings: z.array(entityMapping),
  customDetails: z.record(z.string(), z.string()),
  alertDetailsOverride: z.strictObject({ alertDisplayNameFormat: z.string(), alertDescriptionFormat: z.string() }),
  eventGroupingSettings: z.strictObject({ aggregationKind: z.enum(['SingleAlert', 'AlertPerResult']) }),
  incidentConfiguration: z.strictObject({ createIncident: z.boolean(), groupingConfiguration }),
  suppressionEnabled: z.boolean(),
  suppressionDuration: z.string(),
});

export type Rule = z.infer<typeof ruleSchema>;

export const ruleIn = (text: string): Rule => ruleSchema.parse(parse(text));

const operators = { gt: 'GreaterThan', lt: 'LessThan', eq: 'Equal', ne: 'NotEqual' } as const;

/** As Microsoft.SecurityInsights/alertRules has it, without `enabled`, which the deployment decides. */
export function alertRule(rule: Rule): { readonly id: string; readonly kind: string; readonly properties: object } {
  const { groupingConfiguration: grouping, ...incident } = rule.incidentConfiguration;
  return {
    id: rule.id,
    kind: rule.kind,
    properties: {
      displayName: rule.name,
      description: rule.description.trim(),
      severity: rule.severity,
      query: rule.query.trim(),
      queryFrequency: isoDuration(rule.queryFrequency),
      queryPeriod: isoDuration(rule.queryPeriod),
      triggerOperator: operators[rule.triggerOperator],
      triggerThreshold: rule.triggerThreshold,
      suppressionEnabled: rule.suppressionEnabled,
      suppressionDuration: isoDuration(rule.suppressionDuration),
      tactics: rule.tactics,
      techniques: rule.relevantTechniques,
      entityMappings: rule.entityMappings,
      customDetails: rule.customDetails,
      alertDetailsOverride: rule.alertDetailsOverride,
      eventGroupingSettings: rule.eventGroupingSettings,
      incidentConfiguration: {
        ...incident,
        groupingConfiguration: { ...grouping, lookbackDuration: isoDuration(grouping.lookbackDuration) },
      },
    },
  };
}

/** `5m` is PT5M, `7d` is P7D, and `24h` is P1D, as Azure says it when it is asked. Throws on anything else. */
export function isoDuration(text: string): string {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined)
    throw new Error(`duration "${text}"; a number and m, h or d are needed`);
  const days = unit === 'h' && Number(count) % 24 === 0 ? Number(count) / 24 : Number(count);
  const isDays = unit === 'd' || days !== Number(count);
  return isDays ? `P${days}D` : `PT${count}${unit.toUpperCase()}`;
}

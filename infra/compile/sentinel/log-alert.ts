import { parse } from 'yaml';
import * as z from 'zod';
import { isoDuration } from './rule';

/** A file of `infra/alerts`: an alert of Azure Monitor for those without Microsoft Sentinel. */
export const logAlertSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** 0 is critical and 4 verbose. */
  severity: z.int().min(0).max(4),
  evaluationFrequency: z.string(),
  windowSize: z.string(),
  /** Looks further back than the window, at most two days. */
  overrideQueryTimeRange: z.string().optional(),
  /** Each combination of their values is an alert of its own. */
  dimensions: z.array(z.string()),
  query: z.string(),
});

export type LogAlert = z.infer<typeof logAlertSchema>;

export const logAlertIn = (text: string): LogAlert => logAlertSchema.parse(parse(text));

/** As Microsoft.Insights/scheduledQueryRules has it, without scopes, actions and `enabled`. */
export function scheduledQueryRule(alert: LogAlert): { readonly name: string; readonly properties: object } {
  return {
    name: alert.id,
    properties: {
      displayName: alert.name,
      description: alert.description.trim(),
      severity: alert.severity,
      evaluationFrequency: isoDuration(alert.evaluationFrequency),
      windowSize: isoDuration(alert.windowSize),
      ...(alert.overrideQueryTimeRange !== undefined && {
        overrideQueryTimeRange: isoDuration(alert.overrideQueryTimeRange),
      }),
      skipQueryValidation: true,
      autoMitigate: true,
      criteria: {
        allOf: [
          {
            query: alert.query.trim(),
            timeAggregation: 'Count',
            operator: 'GreaterThan',
            threshold: 0,
            dimensions: alert.dimensions.map((name) => ({ name, operator: 'Include', values: ['*'] })),
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
          },
        ],
      },
    },
  };
}

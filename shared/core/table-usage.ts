/**
 * Names of the tables of a workspace that received rows within `usageDays`, each as an item of this type: a query to the
 * workspace, which is put and allowed by the table that it reads («Azure Monitor: manage access to Log Analytics workspaces»).
 */
export const usageType = 'Microsoft.OperationalInsights/workspaces/query/Usage';

/** Days. */
export const usageDays = 14;

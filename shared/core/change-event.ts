/** What Event Grid said, without anything personal. */
export interface ChangeEvent {
  /** Id of the resource that was written or deleted. */
  readonly id: string;
  readonly kind: 'written' | 'deleted' | 'other';
  readonly eventAt: string;
  /** Application and object id of whoever did it, where the event tells. */
  readonly by: readonly string[];
  /** Object id of whoever did it, where the event tells. */
  readonly actor?: string;
}

/** What belongs to the tenant or to Azure itself, as sizes of machines, quotas and features, or is no resource, as rows. */
const quietTypes =
  /^Microsoft\.(Management|PolicyInsights|Features|Graph)\/|^Microsoft\.Resources\/(subscriptions|providers)$|^Microsoft\.Compute\/(skus|locations)\b|^Microsoft\.OperationalInsights\/workspaces\/query\//i;

/** Whether a subscription has events of resources of a type. */
export function raisesEvents(type: string): boolean {
  return !quietTypes.test(type);
}

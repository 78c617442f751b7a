import type { Grant } from './authorization';
import type { ActivityLog } from './activity-log';
import type { Aliases } from './aliases';
import type { Events } from './events';
import type { ActiveFaults } from './faults';
import type { Flows } from './flows';
import type { Rows } from './ingestion';
import type { Usage } from './log-query';
import type { Operations } from './operations';
import type { PolicyStates } from './policy-states';
import type { Relations } from './relations';
import type { Store } from './store';
import type { Answer, Fields, Request, WireResource } from './wire';
import type { ResourcePlace } from './ids';

export interface Settings {
  readonly subscriptionIds: readonly string[];
  readonly tenantId: string;
  readonly identityClientId: string;
  readonly readMs: number;
  readonly writeMs: number;
  readonly operationMs: number;
  readonly limits: boolean;
  readonly pageSize: number;
  readonly eventDelayMs: number;
  readonly eventRetryScale: number;
  readonly activityLogLagMs: number;
  readonly retentionOverwritesLifecycleRules: boolean;
  readonly clock: () => number;
}

/** What all parts of the simulation share. */
export interface Cloud {
  /** What Steward's identity may do; absent: everything. */
  readonly grants?: readonly Grant[];
  readonly settings: Settings;
  /** `https://localhost:<port>`, for the links that answers carry. */
  readonly origin: string;
  readonly store: Store;
  readonly relations: Relations;
  /** The resource as GET shows it. */
  readonly read: (id: string) => WireResource | undefined;
  readonly operations: Operations;
  readonly faults: ActiveFaults;
  readonly events: Events;
  readonly activityLog: ActivityLog;
  readonly policyStates: PolicyStates;
  readonly flows: Flows;
  /** Rows per stream that were ingested. */
  readonly rows: Rows;
  readonly usage: Usage;
  readonly aliases: Aliases;
}

export interface Write {
  readonly place: ResourcePlace;
  readonly body: Fields;
  readonly existing: WireResource | undefined;
  readonly request: Request;
}

/** What a resource provider adds to plain storage for one type. */
export interface ResourceType {
  /** `operation`: 200/201 with `Azure-AsyncOperation`. `accepted`: a creation answers 202 with `Location`. */
  readonly put?: 'at-once' | 'operation' | 'accepted';
  readonly remove?: 'at-once' | 'accepted';
  readonly pendingState?: 'Updating' | 'Creating';
  /** Statuses of a PUT that differ from 201 for a creation and 200 for an update. */
  readonly statuses?: { readonly created: number; readonly updated: number };
  /** A creation must name its region. */
  readonly located?: true;
  readonly hasProvisioningState?: boolean;
  readonly hasEtag?: boolean;
  /** A deletion answers with what was deleted. */
  readonly removalShowsResource?: true;
  /** The list has no `nextLink` in its specification. */
  readonly unpaged?: true;
  readonly refuse?: (write: Write, cloud: Cloud) => Answer | undefined;
  /** The resource as the provider keeps it: defaults filled in, read-only fields of the caller dropped. */
  readonly complete?: (resource: WireResource, existing: WireResource | undefined, cloud: Cloud) => WireResource;
  readonly refuseRemoval?: (resource: WireResource, cloud: Cloud) => Answer | undefined;
  readonly written?: (resource: WireResource, cloud: Cloud) => void;
  readonly removed?: (resource: WireResource, cloud: Cloud) => void;
  /** What GET and lists show beyond what is kept. */
  readonly show?: (resource: WireResource, cloud: Cloud) => WireResource;
}

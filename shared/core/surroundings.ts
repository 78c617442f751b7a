import type { Gaps } from './delivery';
import type { Reading } from './inventory';

/** Where the app runs and what it was told of its deployment; only the doctor looks. */
export interface Surroundings {
  /** As `24.21.0`. */
  readonly nodeVersion: string;
  /** Name of the function app; undefined where the platform does not tell. */
  readonly site: string | undefined;
  readonly ingestion: {
    readonly endpoint: string;
    /** Immutable id of the data collection rule. */
    readonly ruleId: string;
  };
  /** Asks the app's own storage whether it answers; writes nothing. */
  readonly storage: () => Promise<OwnStorage>;
  /** What is known of the events of a subscription; makes nothing where nothing is kept yet. */
  readonly gaps: (subscriptionId: string) => Promise<Gaps | undefined>;
  /** What the work answers, or why the app's own storage refused it. Anything else that goes wrong is thrown. */
  readonly attempt: <T>(work: () => Promise<T>) => Promise<Reading<T>>;
}

/** Whether each service of the app's own storage account answers, or why not. */
export interface OwnStorage {
  readonly tables: Reading<unknown>;
  readonly queues: Reading<unknown>;
  readonly blobs: Reading<unknown>;
}

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
    readonly stream: string;
  };
  /** Asks the app's own storage what is in it; writes nothing. */
  readonly storage: () => Promise<OwnStorage>;
  /** What the work answers, or why the app's own storage refused it. Anything else that goes wrong is thrown. */
  readonly attempt: <T>(work: () => Promise<T>) => Promise<Reading<T>>;
}

/** Names of what is in each service of the app's own storage account. */
export interface OwnStorage {
  readonly tables: Reading<readonly string[]>;
  readonly queues: Reading<readonly string[]>;
  readonly containers: Reading<readonly string[]>;
}

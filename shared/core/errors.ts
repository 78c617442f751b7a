/** What came in is wrong and will be wrong again: HTTP 400, a dropped event, a poison message. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** The app is deployed wrongly. The message names each setting, what was found and what was wanted. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** What is asked for cannot be had, for a reason that the message tells: HTTP 403, 404, 409, or 503 when it could not be read. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly kind: 'forbidden' | 'notFound' | 'conflict' | 'unread';

  constructor(kind: RefusedError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface AzureRefusal {
  /** HTTP status; 0 when Azure did not answer at all. */
  readonly status: number;
  /** ARM's error code, as in `RequestDisallowedByPolicy`. */
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  /** Seconds that Azure asked to wait. */
  readonly retryAfter?: number;
}

/** Azure refused or did not answer. Becomes `unknown` when reading and a failed outcome when writing. */
export class AzureError extends Error {
  override readonly name = 'AzureError';
  readonly status: number;
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfter: number | undefined;

  constructor(refusal: AzureRefusal, cause?: unknown) {
    super(refusal.message, { cause });
    this.status = refusal.status;
    this.code = refusal.code;
    this.retryable = refusal.retryable;
    this.retryAfter = refusal.retryAfter;
  }
}

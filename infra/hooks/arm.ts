/** An answer of Azure Resource Manager: its status, and its body where it has one. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Sends one request; `path` is an ARM id with its api-version. */
export type Arm = (method: 'GET' | 'DELETE', path: string) => Promise<Answer>;

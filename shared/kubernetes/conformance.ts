/** The files of one kind of cases: paths below its folder, and their texts. */
export interface CaseFiles {
  readonly names: readonly string[];
  read(name: string): string;
}

export interface CaseResults {
  readonly passed: number;
  /** Each: which case, what was expected, what was found. */
  readonly failures: readonly string[];
}

/** What runs the cases of a folder, by the folder's name. */
export const conformance: Readonly<Record<string, (files: CaseFiles) => CaseResults>> = {};

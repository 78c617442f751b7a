/** The files of one kind of cases: paths below its folder, and what is in them. */
export interface CaseFiles {
  readonly names: readonly string[];
  text(name: string): string;
  json(name: string): unknown;
}

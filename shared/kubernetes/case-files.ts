/** The files of one kind of cases: paths below its folder, and their texts. */
export interface CaseFiles {
  readonly names: readonly string[];
  read(name: string): string;
}

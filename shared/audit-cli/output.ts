/** What a command prints, and the exit code of the process. */
export interface Output {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export const linesOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

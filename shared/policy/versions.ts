/**
 * The newest of some versions that fits a pattern such as `1.*.*` or `1.2.*-preview`; without a pattern, the newest.
 * A preview comes in only when the pattern asks for it («Azure Policy: definition versions»).
 */
export function newestVersion(versions: readonly string[], pattern?: string): string | undefined {
  const wanted = partsOf(pattern ?? '*.*.*');
  const fitting = versions.filter((version) => fits(partsOf(version), wanted));
  return fitting.toSorted((left, right) => compare(partsOf(right), partsOf(left)))[0];
}

interface Parts {
  readonly numbers: readonly string[];
  readonly suffix: string;
}

function partsOf(version: string): Parts {
  const [numbers = '', ...suffix] = version.split('-');
  return { numbers: numbers.split('.'), suffix: suffix.join('-').toLowerCase() };
}

const fits = (version: Parts, wanted: Parts): boolean =>
  version.suffix === wanted.suffix &&
  wanted.numbers.every((number, index) => number === '*' || number === version.numbers[index]);

function compare(left: Parts, right: Parts): number {
  const different = left.numbers.findIndex((number, index) => number !== right.numbers[index]);
  return different < 0 ? 0 : Number(left.numbers[different]) - Number(right.numbers[different] ?? 0);
}

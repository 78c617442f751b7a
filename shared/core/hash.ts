const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * Thirteen characters of a-z and 2-7 that depend on nothing but the text, without regard to case: for names that have
 * to be the same on every run. FNV-1a, 64 bits, with its bits mixed
 * so that similar texts get different beginnings; not for secrets.
 */
export function shortHash(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const character of text.toLowerCase()) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(character.codePointAt(0) ?? 0)) * 0x100000001b3n);
  }
  hash = mixed(mixed(hash));
  return Array.from({ length: 13 }, (_, index) => alphabet[Number((hash >> BigInt(index * 5)) & 31n)]).join('');
}

function mixed(hash: bigint): bigint {
  return BigInt.asUintN(64, (hash ^ (hash >> 33n)) * 0xff51afd7ed558ccdn);
}

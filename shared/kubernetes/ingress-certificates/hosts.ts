/** A name of a certificate or a tls entry covers a host when it is the same, or a wildcard for exactly its first label. */
export function covers(name: string, host: string): boolean {
  const [wanted, given] = [host.toLowerCase(), name.toLowerCase()];
  if (given === wanted) return true;
  const dot = wanted.indexOf('.');
  return given.startsWith('*.') && dot > 0 && wanted.slice(dot) === given.slice(1);
}

/** Whether any of these names covers a host, however many there are. */
export function anyCovers(names: readonly string[]): (host: string) => boolean {
  const known = new Set(names.map((name) => name.toLowerCase()));
  return (host) => {
    const wanted = host.toLowerCase();
    const dot = wanted.indexOf('.');
    return known.has(wanted) || (dot > 0 && known.has(`*${wanted.slice(dot)}`));
  };
}

export const isWildcard = (host: string): boolean => host.startsWith('*');

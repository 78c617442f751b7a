/** A name of a certificate or a tls entry covers a host when it is the same, or a wildcard for exactly its first label. */
export function covers(name: string, host: string): boolean {
  const [wanted, given] = [host.toLowerCase(), name.toLowerCase()];
  if (given === wanted) return true;
  const dot = wanted.indexOf('.');
  return given.startsWith('*.') && dot > 0 && wanted.slice(dot) === given.slice(1);
}

export const isWildcard = (host: string): boolean => host.startsWith('*');

/**
 * The operators `like` and `match`. Neither backtracks: `like` looks for each piece between asterisks once, from left
 * to right, and `match` walks both texts in step.
 */

/** A test of folded texts against a folded pattern, where `*` is any run of characters and nothing else is special. */
export function likeTest(pattern: string): (text: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  if (rest.length === 0) {
    const least = first.length + last.length;
    return (text) => text.length >= least && text.startsWith(first) && text.endsWith(last);
  }
  return (text) => text.startsWith(first) && text.endsWith(last) && holdsInOrder(text, first.length, rest, last.length);
}

function holdsInOrder(text: string, start: number, pieces: readonly string[], tail: number): boolean {
  let from = start;
  for (const piece of pieces) {
    const found = text.indexOf(piece, from);
    if (found < 0) return false;
    from = found + piece.length;
  }
  return from <= text.length - tail;
}

/** A test of whole texts: `#` a digit, `?` a letter, `.` any character, everything else itself. */
export function matchTest(pattern: string): (text: string) => boolean {
  const symbols = [...pattern];
  return (text) => {
    if (text.length < symbols.length || text.length > 2 * symbols.length) return false;
    let at = 0;
    for (const character of text) {
      if (!fits(character, symbols[at] ?? '')) return false;
      at++;
    }
    return at === symbols.length;
  };
}

function fits(character: string, symbol: string): boolean {
  if (symbol === '#') return (character >= '0' && character <= '9') || /^\p{Nd}$/u.test(character);
  if (symbol === '?') return (character >= 'a' && character <= 'z') || /^\p{L}$/u.test(character);
  return symbol === '.' || symbol === character;
}

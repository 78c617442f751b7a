/** A UUID of version 5 (RFC 9562) in the namespace of Azure's template function `guid`. */
export function guidOf(name: string): string {
  const hash = sha1([...NAMESPACE, ...new TextEncoder().encode(name)]).slice(0, 16);
  const marked = hash.map((byte, at) => {
    if (at === 6) return (byte & 0x0f) | 0x50;
    return at === 8 ? (byte & 0x3f) | 0x80 : byte;
  });
  const digits = marked.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  );
}

const NAMESPACE: readonly number[] = [
  0x11, 0xfb, 0x06, 0xfb, 0x71, 0x2d, 0x4d, 0xdd, 0x98, 0xc7, 0xe7, 0x1b, 0xbd, 0x58, 0x88, 0x30,
];

/** SHA-1 (RFC 3174), written out because this folder has no dependency. It names things; it protects nothing. */
function sha1(message: readonly number[]): readonly number[] {
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const bytes = padded(message);
  for (let start = 0; start < bytes.length; start += 64) {
    state = afterBlock(state, bytes.slice(start, start + 64));
  }
  return state.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

function padded(message: readonly number[]): readonly number[] {
  const zeros = (119 - (message.length % 64)) % 64;
  const bits = message.length * 8;
  const length = [
    0,
    0,
    0,
    Math.floor(bits / 2 ** 32),
    bits >>> 24,
    (bits >>> 16) & 255,
    (bits >>> 8) & 255,
    bits & 255,
  ];
  return [...message, 0x80, ...Array.from({ length: zeros }, () => 0), ...length];
}

function afterBlock(state: readonly number[], block: readonly number[]): number[] {
  const words = Array.from({ length: 16 }, (_, at) => wordAt(block, at * 4));
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let round = 0; round < 80; round++) {
    const word = words[round] ?? rotated(word3(words, round), 1);
    words[round] = word;
    const next = (rotated(a, 5) + mixed(round, b, c, d) + e + (CONSTANTS[Math.floor(round / 20)] ?? 0) + word) | 0;
    [a, b, c, d, e] = [next, a, rotated(b, 30), c, d];
  }
  return [a, b, c, d, e].map((word, at) => (word + (state[at] ?? 0)) | 0);
}

const CONSTANTS = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

const wordAt = (bytes: readonly number[], at: number): number =>
  ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);

const word3 = (words: readonly number[], at: number): number =>
  (words[at - 3] ?? 0) ^ (words[at - 8] ?? 0) ^ (words[at - 14] ?? 0) ^ (words[at - 16] ?? 0);

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

function mixed(round: number, b: number, c: number, d: number): number {
  if (round < 20) return (b & c) | (~b & d);
  return round >= 40 && round < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
}

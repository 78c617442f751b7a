import fc from 'fast-check';
import { checkChain, lastLinkIn, type ChainReport } from '../../shared/store/ledger-chain';
import { chainsOf, linesIn } from '../../shared/store/stored-chains';
import { subscriptionId } from '../given';
import { begun, changeIn, ended, linesOf } from './given-changes';

const changes = [1, 2, 3, 4].map((number) => changeIn(subscriptionId, number));
const records = changes.flatMap((change) => [begun(change), ended(change)]);
const lines = linesOf(records);

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
}

interface Checked extends ChainReport {
  readonly faults: readonly string[];
}

/** Checks texts of segments `000001.jsonl`, `000002.jsonl` …, which come in pieces of so many bytes. */
async function checked(segments: readonly (string | Buffer)[], length = 1_000): Promise<Checked> {
  const faults: string[] = [];
  const found = segments.map((text, index) => ({
    name: `${subscriptionId}/00000${index + 1}.jsonl`,
    open: () => inPieces(Buffer.from(text), length),
  }));
  const [chain] = chainsOf(found).chains;
  const report = await checkChain(subscriptionId, linesIn(chain!), { fault: (text) => faults.push(text) });
  return { ...report, faults };
}

test('a chain that is as it was written has no fault, however it is read and cut into segments', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5_000 }), fc.nat(lines.length), async (length, cut) => {
      const report = await checked([lines.slice(0, cut).join(''), lines.slice(cut).join('')], length);
      expect(report).toMatchObject({ faults: [], lines: lines.length });
      expect([...report.changes]).toEqual(changes.map(({ changeId }) => [changeId, 'proved']));
    }),
  );
});

test('of several ends of a change the last one counts', async () => {
  const [one, two] = [changeIn(subscriptionId, 1), changeIn(subscriptionId, 2)];
  const { changes: states } = await checked([
    linesOf([begun(one), ended(one, 'unproved'), begun(two), ended(one, 'interrupted')]).join(''),
  ]);
  expect([...states.values()]).toEqual(['interrupted', 'no end']);
});

describe('it is noticed', () => {
  const text = Buffer.from(lines.join(''));
  const place = fc.nat(text.length - 1);
  const line = fc.nat(lines.length - 2);
  const isNoticed = async (changed: readonly string[] | Buffer): Promise<void> => {
    const { faults } = await checked([Buffer.isBuffer(changed) ? changed : changed.join('')]);
    expect(faults).not.toEqual([]);
  };

  test('when any byte is changed, to whatever', () =>
    fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(text);
        changed[at] = (changed[at]! + by) % 256;
        return isNoticed(changed);
      }),
      { numRuns: 1_000 },
    ));

  test('when anything is put in, also what JSON does not mind', () =>
    fc.assert(
      fc.asyncProperty(place, fc.constantFrom(' ', '\n', '\t', '0', '{}', '"a":1,', '\u0000'), (at, more) =>
        isNoticed(Buffer.concat([text.subarray(0, at), Buffer.from(more), text.subarray(at)])),
      ),
      { numRuns: 500 },
    ));

  test('when a line is missing that is not at the end', () =>
    fc.assert(fc.asyncProperty(line, (at) => isNoticed(lines.toSpliced(at, 1)))));

  test('when two lines are swapped', () =>
    fc.assert(
      fc.asyncProperty(line, fc.nat(lines.length - 1), (a, b) => {
        fc.pre(a !== b);
        return isNoticed(lines.with(a, lines[b]!).with(b, lines[a]!));
      }),
    ));

  test('when a line is there twice', () =>
    fc.assert(fc.asyncProperty(line, line, (at, which) => isNoticed(lines.toSpliced(at, 0, lines[which]!)))));

  test('when the end is cut off within a line', () =>
    fc.assert(
      fc.asyncProperty(place, async (at) => {
        fc.pre(at > 0 && text[at - 1] !== 0x0a);
        const { faults } = await checked([text.subarray(0, at)]);
        expect(faults.at(-1)).toMatch(/it is cut off$/);
      }),
    ));

  test('when a line was written anew with a hash that fits, by the line after it', async () => {
    const [first, ...rest] = lines;
    const [forged] = linesOf([begun(changeIn(subscriptionId, 1, { summary: 'nothing happened' }))]);
    expect(forged).not.toBe(first);
    expect((await checked([[forged, ...rest].join('')])).faults).toEqual([
      `${subscriptionId}/000001.jsonl, line 2: it does not follow from the line before it`,
    ]);
  });

  test('when the chain is that of another subscription', async () => {
    const other = subscriptionId.replace(/^1/, '2');
    const foreign = linesOf([begun(changeIn(other, 1))]);
    expect((await checked(foreign)).faults).toEqual([expect.stringMatching(/line 1: .* of another subscription/)]);
  });

  test('when a change ends that never began', async () => {
    expect((await checked(linesOf([ended(changes[0]!)]))).faults).toEqual([
      expect.stringMatching(/line 1: it ends change .*, which never began/),
    ]);
  });

  test('where: by the segment and the line in it', async () => {
    const { faults } = await checked([lines.slice(0, 3).join(''), lines.slice(4).join('')]);
    expect(faults).toEqual([
      `${subscriptionId}/000002.jsonl, line 1: it is number 5 after number 3: lines are missing or out of order`,
    ]);
  });
});

describe('segments', () => {
  const of = (...names: readonly string[]) =>
    chainsOf(names.map((name) => ({ name, open: () => inPieces(Buffer.from(''), 1) })));

  test('come in their order, chain by chain', () => {
    const other = subscriptionId.replace(/^1/, '2');
    const { chains, faults } = of(
      ...[`${other}/000001.jsonl`, `${subscriptionId}/000002.jsonl`, `${subscriptionId}/000001.jsonl`],
    );
    expect(faults).toEqual([]);
    expect(chains.map((chain) => [chain.subscriptionId, chain.segments.map(({ name }) => name.slice(-8, -6))])).toEqual(
      [
        [subscriptionId, ['01', '02']],
        [other, ['01']],
      ],
    );
  });

  test.each([
    ['the first', ['000002'], /000001\.jsonl is missing$/],
    ['one between', ['000001', '000003'], /000002\.jsonl is missing$/],
    ['many', ['000001', '900000'], /000002\.jsonl to .*899999\.jsonl are missing$/],
    ['a number that none has', ['000000', '000001'], /000000\.jsonl is not the name of a segment$/],
    ['another name', ['000001', '2'], /2\.jsonl is not the name of a segment$/],
  ])('are not all there: %s', (_, numbers, text) => {
    expect(of(...numbers.map((number) => `${subscriptionId}/${number}.jsonl`)).faults).toEqual([
      expect.stringMatching(text),
    ]);
  });

  test('and other files beside them are nothing', () => {
    expect(of('.DS_Store', subscriptionId, `${subscriptionId}/notes.txt`)).toEqual({ chains: [], faults: [] });
  });
});

describe('the last line of a chain', () => {
  test('is found wherever a text begins', () =>
    fc.assert(
      fc.property(fc.nat(lines.slice(0, -1).join('').length), (start) => {
        expect(lastLinkIn(lines.join('').slice(start))?.sequence).toBe(lines.length);
      }),
    ));

  test.each([
    ['nothing', ''],
    ['a line without its end', lines[0]!.trimEnd()],
    ['a line that is cut off', `${lines[0]}${lines[1]!.slice(0, -20)}`],
    ['the rest of a line', lines[0]!.slice(10)],
    ['something else', '{"sequence":1}\n'],
  ])('is not taken from %s', (_, text) => {
    expect(lastLinkIn(text)).toBeUndefined();
  });
});

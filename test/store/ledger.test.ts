import { spawnSync } from 'node:child_process';
import { sourceFor } from '../../shared/ledger-cli/source';
import { verifyCommand } from '../../shared/ledger-cli/verify-command';
import type { LedgerChange, LedgerEntry } from '../../shared/core/ledger';
import type { Ledger } from '../../shared/core/ports';
import { appendChain } from '../../shared/store/append-chain';
import { containerIn } from '../../shared/store/blobs';
import { ledgerContainer, ledgerStore } from '../../shared/store/ledger';
import { chainsIn, linesIn } from '../../shared/store/stored-chains';
import { subscriptionId } from '../given';
import { startAzurite, type Azurite } from '../sandbox/azurite';
import { gateTo, type Gate } from './gate';
import { begun, changeIn, endOf } from './given-changes';

jest.setTimeout(60_000);

let azurite: Azurite;
let tables: Gate;
let blobs: Gate;
/** Two instances; what the first one sends to its chain passes a gate. */
let ledger: Ledger;
let other: Ledger;

beforeAll(async () => {
  azurite = await startAzurite();
  [tables, blobs] = await Promise.all([gateTo(azurite), gateTo(azurite, 'Blob')]);
  ledger = ledgerStore(blobs);
  other = ledgerStore(azurite);
});
afterAll(async () => {
  await Promise.all([tables.close(), blobs.close()]);
  await azurite.stop();
});

let serial = 0;
/** A subscription of its own for each test. */
function freshSubscription(): string {
  serial += 1;
  return subscriptionId.replace(/^.{8}/, String(serial).padStart(8, '0'));
}

const all = (entries: AsyncIterable<LedgerEntry>): Promise<readonly LedgerEntry[]> => Array.fromAsync(entries);

/** What `npm run ledger -- verify` says of a subscription, in the app's own storage. */
async function verified(id: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const source = await sourceFor({ subscriptionId: id }, () => azurite);
  await verifyCommand(source, (line) => lines.push(line));
  return lines;
}

async function linesOf(id: string): Promise<readonly string[]> {
  const chain = (await chainsIn(azurite)).chains.find((one) => one.subscriptionId === id);
  return (await Array.fromAsync(linesIn(chain!))).map(({ bytes }) => bytes.toString('utf8'));
}

const isSound = (text: RegExp): readonly unknown[] => [
  expect.stringMatching(text),
  expect.stringMatching(/every hash follows from the one before$/),
];

const isAppend = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method === 'PUT' && path.includes('comp=appendblock');

describe('a change', () => {
  test('is unsettled from its beginning to its end, and read as it was written', async () => {
    const id = freshSubscription();
    const change = changeIn(id, 1);
    await ledger.begin(change);
    expect(await other.unsettled(id)).toEqual([change]);
    expect(await other.find(change.changeId)).toEqual({ change });
    const end = endOf(change);
    await ledger.end(change, end);
    expect(await other.unsettled(id)).toEqual([]);
    expect(await other.find(change.changeId)).toEqual({ change, end });
    expect(await verified(id)).toEqual(isSound(/2 lines, 1 change: 1 proved/));
  });

  test('that ends unproved stays unsettled until somebody has found out', async () => {
    const id = freshSubscription();
    const change = changeIn(id, 1);
    await ledger.begin(change);
    await ledger.end(change, endOf(change, 'unproved'));
    expect(await other.unsettled(id)).toEqual([change]);
    await other.end(change, endOf(change, 'interrupted'));
    expect(await ledger.unsettled(id)).toEqual([]);
    expect((await ledger.find(change.changeId))?.end?.state).toBe('interrupted');
    expect(await verified(id)).toEqual(isSound(/3 lines, 1 change: .* 1 interrupted/));
  });

  test('may end twice, and the last end counts', async () => {
    const id = freshSubscription();
    const change = changeIn(id, 1);
    await ledger.begin(change);
    await ledger.end(change, endOf(change));
    await other.end(change, endOf(change, 'interrupted'));
    expect((await ledger.find(change.changeId))?.end?.state).toBe('interrupted');
  });

  test('that another one takes back tells by which, once that is proved', async () => {
    const id = freshSubscription();
    const change = changeIn(id, 1);
    const back = changeIn(id, 2, { why: { ...change.why, cause: 'revert', by: 'ada', reverts: change.changeId } });
    for (const one of [change, back]) await ledger.begin(one);
    await ledger.end(change, endOf(change));
    await ledger.end(back, endOf(back, 'refused'));
    expect((await ledger.find(change.changeId))?.revertedBy).toBeUndefined();
    await ledger.end(back, endOf(back));
    expect(await ledger.find(change.changeId)).toEqual({ change, end: endOf(change), revertedBy: back.changeId });
  });

  test('with a large resource, in whatever letters, is read as it was written', async () => {
    const id = freshSubscription();
    const change = changeIn(id, 1, { body: { properties: { text: '😀«»'.repeat(20_000) } } });
    await ledger.begin(change);
    expect(await other.unsettled(id)).toEqual([change]);
    await ledger.end(change, endOf(change));
    await other.begin(changeIn(id, 2));
    expect(await verified(id)).toEqual(isSound(/3 lines, 2 changes/));
  });

  test('is not found by what is no change id', async () => {
    const id = freshSubscription();
    await ledger.begin(changeIn(id, 1));
    for (const changeId of ['', id, `${id}-x`, `x' or RowKey ne '`, changeIn(id, 2).changeId])
      expect(await ledger.find(changeId)).toBeUndefined();
  });
});

test('entries come oldest first, of one subscription, from a time on', async () => {
  const [id, neighbour] = [freshSubscription(), freshSubscription()];
  const changes = [3, 1, 2, 4].map((number) => changeIn(id, number));
  for (const change of [...changes, changeIn(neighbour, 2)]) await ledger.begin(change);
  const found = async (since: string): Promise<readonly string[]> =>
    (await all(other.entries(id, since))).map(({ change }) => change.summary.slice(-1));
  expect(await found('')).toEqual(['1', '2', '3', '4']);
  expect(await found('2026-03-01T08:00:00.003Z')).toEqual(['3', '4']);
  expect(await found('2027-03-01T08:00:00.000Z')).toEqual([]);
});

describe('the chain holds', () => {
  test('when two instances append to it at the same moment', async () => {
    const id = freshSubscription();
    const changes = Array.from({ length: 100 }, (_, number) => changeIn(id, number));
    await Promise.all(changes.map((change, index) => (index % 2 === 0 ? ledger : other).begin(change)));
    expect(await verified(id)).toEqual(isSound(/100 lines, 100 changes: .* 100 no end/));
    expect((await all(ledger.entries(id, ''))).map(({ change }) => change.changeId)).toEqual(
      changes.map(({ changeId }) => changeId),
    );
  });

  test('when an answer is lost: the line is not there twice', async () => {
    const id = freshSubscription();
    await ledger.begin(changeIn(id, 1));
    blobs.loseAnswer(isAppend);
    await ledger.begin(changeIn(id, 2));
    await ledger.begin(changeIn(id, 3));
    expect(await linesOf(id)).toHaveLength(3);
    expect(await verified(id)).toEqual(isSound(/3 lines, 3 changes/));
  });

  test('when an answer is lost and another instance has appended since', async () => {
    const id = freshSubscription();
    await ledger.begin(changeIn(id, 1));
    const holding = blobs.holdAnswer(isAppend);
    const mine = ledger.begin(changeIn(id, 2));
    const held = await holding;
    await other.begin(changeIn(id, 3));
    held.go();
    await mine;
    await ledger.begin(changeIn(id, 4));
    expect(await verified(id)).toEqual(isSound(/4 lines, 4 changes/));
  });

  test('when the storage refuses a line: it is not there, nor in the index, and the next one follows', async () => {
    const id = freshSubscription();
    await ledger.begin(changeIn(id, 1));
    blobs.refuse(isAppend, 403);
    await expect(ledger.begin(changeIn(id, 2))).rejects.toThrow();
    await ledger.begin(changeIn(id, 3));
    expect((await ledger.unsettled(id)).map(({ summary }) => summary.slice(-1))).toEqual(['1', '3']);
    expect(await verified(id)).toEqual(isSound(/2 lines, 2 changes/));
  });

  test('when the index refuses a beginning: the write is not sent, and the chain tells that it was meant', async () => {
    const id = freshSubscription();
    const unlucky = ledgerStore(tables);
    await unlucky.begin(changeIn(id, 1));
    tables.refuse(({ method, path }) => method === 'POST' && path.includes('$batch'), 403);
    await expect(unlucky.begin(changeIn(id, 2))).rejects.toThrow();
    expect(await unlucky.unsettled(id)).toHaveLength(1);
    expect(await verified(id)).toEqual(isSound(/2 lines, 2 changes: .* 2 no end/));
  });

  test('when an end is entered again after its answer was lost', async () => {
    const id = freshSubscription();
    const unlucky = ledgerStore(tables);
    const change = changeIn(id, 1);
    await unlucky.begin(change);
    tables.loseAnswer(({ method, path }) => method === 'POST' && path.includes('$batch'));
    await unlucky.end(change, endOf(change));
    expect(await unlucky.unsettled(id)).toEqual([]);
    expect((await unlucky.find(change.changeId))?.end?.state).toBe('proved');
  });

  test('over several segments, whoever begins the next one', async () => {
    const id = freshSubscription();
    const container = containerIn(azurite, ledgerContainer);
    const append = [1, 2].map(() => appendChain(async () => container, id, 3));
    const changes: readonly LedgerChange[] = Array.from({ length: 20 }, (_, number) => changeIn(id, number));
    await container.createIfNotExists();
    await Promise.all(changes.map((change, index) => append[index % 2]!(begun(change))));
    const [chain] = (await chainsIn(azurite)).chains.filter((one) => one.subscriptionId === id);
    expect(chain?.segments).toHaveLength(7);
    expect(await verified(id)).toEqual(isSound(/20 lines, 20 changes/));
  });

  test('and goes on in a segment that was begun and left empty', async () => {
    const id = freshSubscription();
    const container = containerIn(azurite, ledgerContainer);
    await container.createIfNotExists();
    for (const number of [1, 2]) await appendChain(async () => container, id, 2)(begun(changeIn(id, number)));
    await container.getAppendBlobClient(`${id}/000002.jsonl`).create();
    await appendChain(async () => container, id, 2)(begun(changeIn(id, 3)));
    expect((await linesOf(id)).map((line) => (JSON.parse(line) as { sequence: number }).sequence)).toEqual([1, 2, 3]);
    expect(await verified(id)).toEqual(isSound(/3 lines, 3 changes/));
  });

  test('and nothing is appended to what does not end with a line', async () => {
    const id = freshSubscription();
    await other.begin(changeIn(id, 1));
    await containerIn(azurite, ledgerContainer).getAppendBlobClient(`${id}/000001.jsonl`).appendBlock('{"seq', 5);
    await expect(ledger.begin(changeIn(id, 2))).rejects.toThrow(/does not end with a line of the ledger/);
    expect(await verified(id)).toContainEqual(expect.stringMatching(/000001\.jsonl, line 2: it is cut off$/));
  });
});

test('the built program verifies what lies in the app’s own storage, by the app’s own setting', async () => {
  const id = freshSubscription();
  await ledger.begin(changeIn(id, 1));
  const env = { AzureWebJobsStorage: azurite.connectionString };
  const verify = ['dist/ledger.js', 'verify', '--subscription', id];
  expect(spawnSync(process.execPath, verify, { encoding: 'utf8', env })).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/1 line in 1 chain, every hash follows from the one before\n$/) as string,
    stderr: '',
  });
});

test('a storage without a ledger is told', async () => {
  const empty = await startAzurite();
  await expect(sourceFor({}, () => empty)).rejects.toThrow(/has no ledger: nothing was ever written, or/);
  await empty.stop();
});

test('lines that are missing at the end of a chain are noticed by the index', async () => {
  const id = freshSubscription();
  const [one, two] = [changeIn(id, 1), changeIn(id, 2)];
  await ledger.begin(one);
  const [first = ''] = await linesOf(id);
  await ledger.end(one, endOf(one));
  await ledger.begin(two);
  const blob = containerIn(azurite, ledgerContainer).getAppendBlobClient(`${id}/000001.jsonl`);
  await blob.delete();
  await blob.create();
  await blob.appendBlock(first, Buffer.byteLength(first));
  expect(await verified(id)).toEqual([
    expect.stringMatching(/the end of change .*080000001Z-.* is in the index and not in the chain$/),
    expect.stringMatching(/the begin of change .*080000002Z-.* is in the index and not in the chain$/),
    expect.stringMatching(/1 line, 1 change/),
    '1 line in 1 chain, 2 faults',
  ]);
});

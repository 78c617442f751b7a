import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerEntry } from '../../shared/core/ledger';
import { run } from '../../shared/ledger-cli/run';
import { ledgerStore } from '../../shared/store/ledger';
import { downloadLedger } from './ledger-files';
import { startSandbox, type Sandbox } from './sandbox';
import { loadEstate } from './subscription/index';

jest.setTimeout(90_000);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function played(
  settings: Readonly<Record<string, string>>,
  look: (sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandbox({ estate: await loadEstate(join(__dirname, 'estate')), settings });
  try {
    await sandbox.createEstate();
    await sandbox.settle();
    await sandbox.host.run('reconcile');
    await sandbox.settle();
    await look(sandbox);
  } finally {
    await sandbox.close();
  }
}

async function entriesIn(sandbox: Sandbox): Promise<readonly LedgerEntry[]> {
  const { subscriptionId } = await loadEstate(join(__dirname, 'estate'));
  return Array.fromAsync(ledgerStore(sandbox.azurite).entries(subscriptionId.toLowerCase(), ''));
}

/** What was written to each resource, in its order. */
function byResource(writes: readonly (readonly [string, unknown])[]): Readonly<Record<string, readonly unknown[]>> {
  const ids = new Set(writes.map(([id]) => id.toLowerCase()));
  return Object.fromEntries(
    [...ids].map((id) => [id, writes.filter(([other]) => other.toLowerCase() === id).map(([, body]) => body)]),
  );
}

async function ledger(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const lines: string[] = [];
  const own = (): never => {
    throw new Error('the own storage was asked for');
  };
  const keep = (line: string): void => void lines.push(line);
  return { code: await run(args, own, { print: keep, complain: keep }), lines };
}

test('the ledger is what the simulated subscription saw, write by write, and its chain holds', () =>
  played({}, async (sandbox) => {
    const entries = await entriesIn(sandbox);
    const seen = sandbox.writes().map(({ path, requestBody }) => [path, requestBody] as const);
    expect(seen.length).toBeGreaterThan(5);
    expect(byResource(entries.map(({ change }) => [change.resourceId, change.body] as const))).toEqual(
      byResource(seen),
    );
    for (const { change, end } of entries) {
      expect(end).toMatchObject({
        state: 'proved',
        after: { id: expect.stringMatching(new RegExp(`^${change.resourceId}$`, 'i')) as string },
      });
      expect(change.differences).not.toEqual([]);
    }
    await downloadLedger(sandbox.azurite, folder);
    const { code, lines } = await ledger('verify', '--folder', folder);
    expect(code).toBe(0);
    expect(lines).toEqual([
      expect.stringMatching(
        `: ${entries.length * 2} lines, ${entries.length} changes: ${entries.length} proved, 0 refused`,
      ),
      `${entries.length * 2} lines in 1 chain, every hash follows from the one before`,
    ]);
  }));

test('without consent the ledger is empty', () =>
  played({ REMEDIATE: '' }, async (sandbox) => {
    expect(await entriesIn(sandbox)).toEqual([]);
    await downloadLedger(sandbox.azurite, folder);
    expect(await ledger('verify', '--folder', folder)).toEqual({
      code: 2,
      lines: [expect.stringMatching(/there is no chain in it/)],
    });
  }));

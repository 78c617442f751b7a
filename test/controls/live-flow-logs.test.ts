import { flowLogs } from '../../shared/controls/flow-logs';
import type { FlowLog } from '../../shared/flow-logging/types';
import { having, idIn } from '../given';
import { refusal } from '../memory-world';
import {
  blob,
  blobQueries,
  endpoint,
  flowingZone,
  folder,
  look,
  nicId,
  silence,
  storage,
  used,
  watching,
  writes,
} from './flowing-zone';
import { account, accountId, groupId, interfaceId, log, logOn, subnetId, zoneWith, zoneWithout } from './landing-zone';

describe('a log that writes', () => {
  test('is compliant, and one question for one hour was enough', async () => {
    const world = watching();
    const at = writes(world);
    expect(await look(world)).toMatchObject([{ state: 'compliant', reason: expect.stringContaining(at) }]);
    expect(blobQueries(world)).toEqual([`${folder()}y=2026/m=03/d=01/h=08/`]);
  });

  test('is compliant at the beginning of an hour, when its blob is one of the hour before', async () => {
    const world = watching();
    world.azure.blobs = [blob('2026-03-01T07:59:40.000Z')];
    expect(await look(world)).toMatchObject([{ state: 'compliant' }]);
  });

  test('is compliant until the setting has passed since its last blob, and then a violation', async () => {
    const world = watching(flowingZone, { remediate: [] });
    const at = writes(world);
    await look(world);
    expect(await look(world, 119)).toMatchObject([{ state: 'compliant' }]);
    expect(await look(world, 2)).toMatchObject([
      {
        state: 'open',
        severity: 'high',
        reason: expect.stringMatching(
          new RegExp(
            `spoke-flowlog of vnet-spoke has written nothing to stlogs for 120 minutes, last at ${at}, though 1 interface is attached`,
          ),
        ),
      },
    ]);
  });

  test.each([
    ['the whole id in capitals', `flowLogResourceID=${log.id}/`.replace(/\/.*/, (id) => id.toUpperCase())],
    [
      'the case of the id',
      folder().replace(
        /\/.*/,
        () => `/${log.id.split('/')[2]}_NetworkWatcherRG/NetworkWatcher_westeurope_spoke-flowlog/`,
      ),
    ],
  ])('is found in a folder with %s, before it is called silent', async (_, below) => {
    const world = watching();
    await look(world);
    world.pass(121 * 60_000);
    writes(world, below);
    expect(await look(world)).toMatchObject([{ state: 'compliant' }]);
  });

  test('is found as the log of a security group, which has a container of its own', async () => {
    const world = watching(zoneWith(storage, used(), logOn(groupId, 'nsg-flowlog'), having(log, { enabled: false })));
    world.azure.blobs = [
      blob(
        '2026-03-01T07:59:40.000Z',
        `resourceId=${groupId.toUpperCase()}/`,
        'insights-logs-networksecuritygroupflowevent',
      ),
    ];
    const findings = await look(world);
    expect(findings.find(({ title }) => title.includes('nsg-flowlog'))).toMatchObject({ state: 'compliant' });
  });

  test('is never looked for in a whole container, however long it was silent', async () => {
    const world = watching(flowingZone, { flowLogSilenceMinutes: 1_440, remediate: [] });
    await look(world);
    expect(await look(world, 1_441)).toMatchObject([{ state: 'open' }]);
    for (const prefix of blobQueries(world)) expect(prefix).toMatch(/\/y=\d{4}\/m=\d\d\/d=\d\d\/h=\d\d\/$/);
  });
});

describe('a log that has not written yet', () => {
  test('is waited for, and Sentinel hears nothing of it, until the setting has passed', async () => {
    const world = watching(flowingZone, { remediate: [] });
    const waiting = {
      state: 'notApplicable',
      reason: expect.stringMatching(/first blob .* is waited for since 2026-/),
    };
    expect(await look(world)).toMatchObject([waiting]);
    expect(await look(world, 119)).toMatchObject([waiting]);
    expect(world.rows).toEqual([]);
    expect(await look(world, 2)).toMatchObject([{ state: 'open', severity: 'high' }]);
    expect(world.rows).toMatchObject([{ FindingState: 'open', ControlId: 'live-flow-logs' }]);
  });

  test('costs two questions to Storage at each look while it is waited for', async () => {
    const world = watching();
    await look(world);
    expect(blobQueries(world)).toHaveLength(2);
  });

  test.each([
    ['30 minutes', 30],
    ['1440 minutes', 1_440],
  ])('has %s when the setting says so', async (_, flowLogSilenceMinutes) => {
    const world = watching(flowingZone, { flowLogSilenceMinutes, remediate: [] });
    await look(world);
    expect(await look(world, flowLogSilenceMinutes - 1)).toMatchObject([{ state: 'notApplicable' }]);
    expect(await look(world, 2)).toMatchObject([{ state: 'open' }]);
  });

  test('begins to wait anew in another account', async () => {
    const world = watching();
    await silence(world);
    const other = idIn('rg-logs', 'Microsoft.Storage/storageAccounts/stother');
    const moved = [{ ...storage, id: other, name: 'stother' }, having(log, { storageId: other })];
    world.azure.resources = zoneWith(storage, used(), ...moved);
    expect(await look(world, 2)).toMatchObject([
      { state: 'notApplicable', reason: expect.stringContaining('waited for') },
      { state: 'resolved' },
    ]);
  });

  test.each([
    ['nothing was attached', used({ ipConfigurations: [] }), log],
    ['it was off', used(), having(log, { enabled: false })],
  ])('begins to wait when it can: before, %s', async (_, network, before) => {
    const world = watching(zoneWith(storage, network, before));
    await look(world);
    world.azure.resources = flowingZone;
    expect(await look(world, 500)).toMatchObject([
      { state: 'notApplicable', reason: expect.stringContaining('waited for') },
    ]);
    expect(world.azure.written).toEqual([]);
  });
});

describe('a log of which nothing can be known', () => {
  test.each([
    ['AuthorizationPermissionMismatch', /Storage Blob Data Reader/],
    ['AuthorizationFailure', /firewall of the storage account/],
  ])('is unknown when Storage answers %s, and the reason says what to do', async (code, advice) => {
    const world = watching();
    world.azure.refuse = ({ query }) => (query?.kind === 'blobs' ? refusal(code) : undefined);
    expect(await silence(world)).toMatchObject([{ state: 'unknown', reason: expect.stringMatching(advice) }]);
    expect(world.azure.written).toEqual([]);
  });

  test('is unknown when its account cannot be read', async () => {
    const world = watching();
    world.azure.refuse = ({ query }) =>
      query?.kind === 'get' && query.id === accountId ? refusal('AuthorizationFailed') : undefined;
    expect(await silence(world)).toMatchObject([{ state: 'unknown', reason: expect.stringContaining('stlogs') }]);
  });

  test.each([
    ['tells no address of its blobs', account],
    ['tells "http://stlogs.example/"', having(account, { primaryEndpoints: { blob: 'http://stlogs.example/' } })],
  ])('is unknown when its account %s', async (reason, place) => {
    const world = watching(zoneWith(place, used()));
    expect(await silence(world)).toMatchObject([{ state: 'unknown', reason: expect.stringContaining(reason) }]);
    expect(blobQueries(world)).toEqual([]);
  });

  test('is unknown when flow logs cannot be listed, and is not forgotten over it', async () => {
    const world = watching(flowingZone, { remediate: [] });
    await look(world);
    world.azure.refuse = ({ query }) => (query?.kind === 'list' ? refusal('AuthorizationFailed') : undefined);
    expect(await look(world, 60)).toMatchObject([{ state: 'unknown' }]);
    world.azure.refuse = () => undefined;
    expect(await look(world, 61)).toMatchObject([{ state: 'open' }]);
  });

  test('was watched all the while when Storage answers again', async () => {
    const world = watching(flowingZone, { remediate: [] });
    world.azure.refuse = ({ query }) => (query?.kind === 'blobs' ? refusal('AuthorizationFailure') : undefined);
    await look(world);
    world.azure.refuse = () => undefined;
    expect(await look(world, 121)).toMatchObject([{ state: 'open' }]);
  });
});

describe('a log that nothing is to be asked of', () => {
  const ownLog = logOn(nicId, 'nic-flowlog');
  test.each<[string, ReturnType<typeof zoneWith>, string]>([
    ['nothing is attached', zoneWith(storage, used({ ipConfigurations: [] })), 'is attached'],
    [
      'only private endpoints are attached',
      zoneWith(
        storage,
        used({ ipConfigurations: [{ id: `${nicId}/ipConfigurations/a` }], privateEndpoints: [{ id: 'pe' }] }),
      ),
      'is attached',
    ],
    ['it is off', zoneWith(storage, used(), having(log, { enabled: false })), 'switched off, which flow-logs judges'],
    [
      'its account does not exist',
      zoneWithout(accountId).map((one) => (one.id === used().id ? used() : one)),
      'does not exist',
    ],
    ['it names no account', zoneWith(storage, used(), having(log, { storageId: '' })), 'names no storage account'],
  ])('is not applicable: %s', async (_, resources, reason) => {
    const world = watching(resources);
    expect(await silence(world)).toMatchObject([{ state: 'notApplicable', reason: expect.stringContaining(reason) }]);
    expect(world.rows).toEqual([]);
    expect(world.azure.written).toEqual([]);
  });

  test('is not applicable where every interface has a log of its own, which is watched instead', async () => {
    const world = watching(zoneWith(storage, used(), ownLog));
    const findings = await silence(world);
    expect(findings.find(({ title }) => title.includes('spoke-flowlog'))).toMatchObject({ state: 'notApplicable' });
    expect(findings.find(({ title }) => title.includes('nic-flowlog'))).toMatchObject({
      state: 'unknown',
      hops: { renewed: expect.any(String) },
    });
  });

  test('does not exist: the network is not applicable', async () => {
    const world = watching(zoneWithout(log.id));
    await look(world);
    expect([...world.stored.values()]).toMatchObject([{ state: 'notApplicable' }]);
  });
});

test('each log of a network is a finding of its own', async () => {
  const addresses = [nicId, interfaceId].map((id) => ({ id: `${id}/ipConfigurations/ip1` }));
  const resources = zoneWith(storage, used({ ipConfigurations: addresses }), logOn(interfaceId, 'jump-flowlog'));
  const world = watching(resources, { remediate: [] });
  await look(world);
  world.pass(121 * 60_000);
  writes(world, folder('JUMP-FLOWLOG'));
  const states = (await look(world)).map(({ title, state }) => [title, state]);
  expect(states).toEqual([
    ['Flow log spoke-flowlog writes what it logs', 'open'],
    ['Flow log jump-flowlog writes what it logs', 'compliant'],
  ]);
});

test('a subnet’s own log is watched instead of its network’s', async () => {
  const world = watching(zoneWith(storage, used(), logOn(subnetId, 'subnet-flowlog')), { remediate: [] });
  const findings = await silence(world);
  expect(findings.map(({ title, state }) => [title.split(' ')[2], state]).toSorted()).toEqual([
    ['spoke-flowlog', 'notApplicable'],
    ['subnet-flowlog', 'open'],
  ]);
});

describe('the finding', () => {
  test('keeps when the log was applied, when that was confirmed, and when it was first seen to flow', async () => {
    const resources = zoneWith(storage, used(), having<FlowLog>(log, { enabled: false }));
    const world = watching(resources, { remediate: ['flow-logs'] }, [flowLogs, ...watching().controls]);
    await look(world);
    expect(world.azure.written).toHaveLength(1);
    const first = writes(world);
    await look(world, 5);
    writes(world);
    const [finding] = await look(world, 5);
    const { written = '', confirmed = '', flowing = '' } = finding?.hops ?? {};
    expect(flowing).toBe(first);
    expect([written, confirmed, flowing].toSorted()).toEqual([written, confirmed, flowing]);
    expect(written).not.toBe('');
  });

  test('says by which blob the log was seen to flow again after a silence', async () => {
    const world = watching(flowingZone, { remediate: [] });
    writes(world);
    await look(world);
    await look(world, 121);
    const again = writes(world);
    expect(await look(world, 2)).toMatchObject([{ state: 'resolved', hops: { flowing: again } }]);
    expect(world.rows).toMatchObject([{ FindingState: 'open' }, { FindingState: 'resolved', FlowingAt: again }]);
  });

  test('names the address where blobs are looked for by no more than its container', async () => {
    const world = watching();
    await look(world);
    const asked = world.azure.asked.flatMap((query) => (query.kind === 'blobs' ? [query.endpoint] : []));
    expect(new Set(asked)).toEqual(new Set([endpoint]));
  });
});

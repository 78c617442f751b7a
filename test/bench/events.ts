import { readFileSync } from 'node:fs';
import type { JournalEntry } from '../../shared/core/ports';
import type { HostRecord } from '../sandbox/host/index';
import { startSandbox } from '../sandbox/sandbox';
import { azureBusy, estate, isArm, networkNamed, percentiles, prepared } from './figures';

/**
 * One network after the other in a region that is prepared (its account was made for an earlier network): the bundled
 * app in the stand-in of its host, Azurite, simulated Azure without latency of its own. How long a message waits for the
 * host to poll its queue is the host's setting (`maxPollingInterval`) and is shown apart.
 */
export async function benchEvents(count: number): Promise<object> {
  const steps = new Map<string, number>();
  const sandbox = await startSandbox({
    estate: { ...estate, resources: prepared },
    simulation: { limits: false },
    onLine: (record) => note(steps, record),
  });
  try {
    await sandbox.createEstate();
    await sandbox.subscription.put(networkNamed('first'));
    await sandbox.settle();
    const already = sandbox.subscription.requests.length;
    for (let index = 0; index < count; index += 1) {
      await sandbox.subscription.put(networkNamed(`network-${index}`));
      await sandbox.settle();
    }
    const requests = sandbox.subscription.requests
      .slice(already)
      .filter((request) => request.caller === 'steward' && isArm(request));
    const findings = (await sandbox.findings()).filter(
      ({ controlId, resourceId }) => controlId === 'flow-logs' && /network-\d+$/.test(resourceId),
    );
    const spans = findings.map(({ hops, resourceId }) => {
      const [from, to] = [Date.parse(hops.event ?? ''), Date.parse(hops.confirmed ?? '')];
      const polled =
        (steps.get(`seen ${resourceId.toLowerCase()}`) ?? NaN) -
        (steps.get(`queued ${resourceId.toLowerCase()}`) ?? NaN);
      return { total: to - from, polled, azure: azureBusy(requests, from, to) };
    });
    return {
      bench: 'events',
      networks: findings.length,
      resolved: findings.filter(({ state }) => state === 'resolved').length,
      eventToConfirmedMs: percentiles(spans.map(({ total }) => total)),
      waitingForQueuePollMs: percentiles(spans.map(({ polled }) => polled)),
      beyondAzureAndPollingMs: percentiles(spans.map(({ total, polled, azure }) => total - polled - azure)),
      armCallsPerNetwork: requests.length / count,
      hostRssMb: residentMb(sandbox.host.pid),
    };
  } finally {
    await sandbox.close();
  }
}

/** When the journal first told of a step on a resource, by the host's clock. */
function note(steps: Map<string, number>, record: HostRecord): void {
  if (record.kind !== 'log' || !record.message.startsWith('{"step":')) return;
  const { step, subject = '' } = JSON.parse(record.message) as JournalEntry;
  const key = `${step} ${subject.toLowerCase()}`;
  if (!steps.has(key)) steps.set(key, Date.parse(record.at));
}

function residentMb(pid: number): number | undefined {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024;
}

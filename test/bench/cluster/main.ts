import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { listed } from '../../../shared/azure/kubernetes/list';
import { askAt } from '../../../shared/azure/kubernetes/request';
import { judgements } from '../../../shared/kubernetes/judgements';
import { print } from '../print';

const wanted = 10_000;
const pods = { group: '', version: 'v1', plural: 'pods' };

/** Reads the pods of a large cluster as the app does, and judges them with every judgement there is. */
async function main(): Promise<void> {
  const server = spawn(process.execPath, [join(__dirname, 'cluster-server.js'), String(wanted)]);
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const { port, ca } = JSON.parse(line.toString()) as { readonly port: number; readonly ca: string };
  const token = { getToken: async () => ({ token: 'bench', expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const ask = askAt({ server: `https://localhost:${port}`, ca }, token);
  const read = measured();
  const objects = await listed({ ask, azureRbac: true, pause: async () => undefined }, pods);
  const reading = read();
  const judge = measured();
  const facts = { kubernetesVersion: '1.36', today: '2026-11-24', isWhole: true };
  const findings = judgements.flatMap((one) => one.judge(objects, facts)).length;
  const judging = judge();
  server.kill();
  print({
    bench: 'cluster',
    pods: objects.length,
    findings,
    readMs: reading.ms,
    judgeMs: judging.ms,
    cpuMs: reading.cpuMs + judging.cpuMs,
    maxRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  });
}

function measured(): () => { readonly ms: number; readonly cpuMs: number } {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { ms: Math.round(performance.now() - start), cpuMs: Math.round((user + system) / 1_000) };
  };
}

void main();

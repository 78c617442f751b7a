import { readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startConsole } from './console';
import { downloadLedger } from './ledger-files';
import { reportOf, writeReport } from './reports';
import { startSandbox, type Sandbox } from './sandbox';
import { loadEstate } from './subscription/index';
import { openWindow, portOr } from './window';

const usage = `npm start                      the sample estate, then stay up
npm start -- --once            … and exit when everything is judged
npm start -- --estate DIR      another estate: a folder with an estate.json
npm start -- --variant NAME    … with one of its variants
npm start -- --aliases FILE    what resource providers tell of their policy aliases, as JSON
npm start -- --exemptions FILE a file of exemptions, put into the app's own storage
npm start -- --findings FILE   write all findings as JSON
npm start -- --writes FILE     write what Steward wrote to the simulated Azure as JSON
npm start -- --ledger DIR      copy Steward's ledger there, for npm run ledger -- verify --folder DIR
npm start -- --verbose         also show events that were ignored
Settings come from the environment: REMEDIATE= npm start only audits.`;

const settingNames = [
  'REMEDIATE',
  'REMEDIATE_SUBSCRIPTIONS',
  'REMEDIATE_RESOURCE_GROUPS',
  'REMEDIATE_TAGS',
  'MOST_UNDONE_A_DAY',
  'FLOW_LOG_RETENTION_DAYS',
  'FLOW_LOG_STORAGE',
  'FLOW_LOG_SILENCE_MINUTES',
  'NSG_FLOW_LOGS',
  'LOG_RETENTION_DAYS',
  'TRAFFIC_ANALYTICS_WORKSPACE_ID',
  'CANARY',
];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      estate: { type: 'string', default: 'test/sandbox/estate' },
      variant: { type: 'string', multiple: true, default: [] },
      aliases: { type: 'string' },
      exemptions: { type: 'string' },
      findings: { type: 'string' },
      writes: { type: 'string' },
      ledger: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const estate = await loadEstate(values.estate, values.variant);
  const screen = startConsole({ verbose: values.verbose });
  screen.title(`Estate ${estate.name}: ${estate.resources.length} resources in a simulated subscription`);
  const sandbox = await startSandbox({
    estate,
    settings: Object.fromEntries(
      settingNames.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    simulation: {
      latency: { readMs: 5, writeMs: 20, operationMs: 400 },
      eventDelayMs: 200,
      ...(values.aliases && { aliases: values.aliases }),
    },
    ...(values.exemptions && { exemptions: await readFile(values.exemptions) }),
    ...(!values.once && { port: await portOr(7071) }),
    onLine: screen.line,
  });
  try {
    return await play(sandbox, values);
  } finally {
    await sandbox.close();
  }
}

interface Wishes {
  readonly once: boolean;
  readonly findings?: string | undefined;
  readonly writes?: string | undefined;
  readonly ledger?: string | undefined;
}

async function play(sandbox: Sandbox, wishes: Wishes): Promise<number> {
  await sandbox.createEstate();
  await sandbox.settle();
  await sandbox.host.run('reconcile');
  await sandbox.settle();
  console.log(await reportOf(sandbox));
  await writeFiles(sandbox, wishes);
  if (wishes.once) return 0;
  const window = await openWindow(sandbox);
  console.log(window.help);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await writeFiles(sandbox, wishes);
  await window.close();
  return 0;
}

async function writeFiles(sandbox: Sandbox, { findings, writes, ledger }: Wishes): Promise<void> {
  const report = await writeReport(sandbox);
  if (findings !== undefined) await writeFile(findings, `${JSON.stringify(report.findings, null, 2)}\n`);
  if (writes !== undefined) await writeFile(writes, `${JSON.stringify(report.writes, null, 2)}\n`);
  if (ledger !== undefined) await downloadLedger(sandbox.azurite, ledger);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);

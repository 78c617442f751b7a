import type { Binding, Registration, TypedData } from '../../functions-core';
import type { HostSettings } from './host-json';
import type { Invocations, Started } from './invocations';
import { triggerOf } from './invoke';
import { listenToQueue } from './queue-listener';
import type { QueueListener } from './queue-listener';
import type { Emit } from './records';
import { partsOf } from './routes';
import type { Route } from './routes';
import { startTimer } from './timer';

/** All that makes functions run. */
export interface Listeners {
  readonly routes: readonly Route[];
  /** Names of the functions with an Event Grid trigger. */
  readonly eventGrid: readonly string[];
  readonly queues: readonly QueueListener[];
  /** Runs a function that has no HTTP trigger by hand; `input` is the message or event, and unused by a timer. */
  readonly byHand: ReadonlyMap<string, (input: string) => Started>;
  stop(): Promise<void>;
}

export interface Surroundings {
  readonly settings: HostSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly invocations: Invocations;
  readonly emit: Emit;
}

const known = ['httpTrigger', 'http', 'eventGridTrigger', 'queueTrigger', 'timerTrigger'];

/** Throws before anything runs when a function has a binding or an option that the stand-in does not know. */
export function check(registrations: readonly Registration[]): void {
  for (const { name, bindings, metadata } of registrations) {
    for (const { type } of Object.values(bindings))
      if (!known.some((one) => one.toLowerCase() === type.toLowerCase()))
        throw new Error(
          `function "${name}" has a binding of type "${type}"; the stand-in knows ${known.join(', ')}. ` +
            'Azure Functions Core Tools ("func start") knows all.',
        );
    if (metadata.retryOptions)
      throw new Error(`function "${name}" has a retry policy, which the stand-in does not carry out`);
  }
}

export async function listen(registrations: readonly Registration[], around: Surroundings): Promise<Listeners> {
  const { invocations, settings } = around;
  const byHand = new Map<string, (input: string) => Started>();
  const queues: QueueListener[] = [];
  const timers: { stop(): void }[] = [];
  const ofType = (type: string): readonly (readonly [string, Binding])[] =>
    registrations
      .map((registration) => [registration.name, triggerOf(registration)] as const)
      .filter(([, trigger]) => trigger.type.toLowerCase() === type.toLowerCase());

  const isOn = ([name]: readonly [string, unknown]): boolean => !isDisabled(name, around.env);

  const routes = ofType('httpTrigger')
    .filter(isOn)
    .map(([name, trigger]) => routeOfTrigger(name, trigger, settings.routePrefix));
  for (const [name] of ofType('eventGridTrigger')) byHand.set(name, (json) => invocations.start(name, { json }));
  for (const [name, trigger] of ofType('queueTrigger')) {
    byHand.set(name, (message) => invocations.start(name, { string: message }));
    if (isOn([name, trigger])) queues.push(await queueOf(name, trigger, around));
  }
  for (const [name, trigger] of ofType('timerTrigger')) {
    const run = (argument: TypedData): Started => invocations.start(name, argument);
    const schedule = withSettings(String(trigger['schedule']), around.env);
    const timer = startTimer(schedule, (argument) => run(argument).outcome);
    timers.push(timer);
    byHand.set(name, () => run(timer.argument()));
    if (!isOn([name, trigger])) timer.stop();
    else if (trigger['runOnStartup'] === true) run(timer.argument());
  }

  return {
    routes,
    eventGrid: ofType('eventGridTrigger')
      .filter(isOn)
      .map(([name]) => name),
    queues,
    byHand,
    stop: async () => {
      for (const timer of timers) timer.stop();
      await Promise.all(queues.map((queue) => queue.stop()));
    },
  };
}

/** Then nothing triggers it, and it can still be run by hand (Azure Functions: how to disable functions). */
function isDisabled(name: string, env: Surroundings['env']): boolean {
  return /^(true|1)$/i.test(env[`AzureWebJobs.${name}.Disabled`] ?? '');
}

function routeOfTrigger(functionName: string, trigger: Binding, prefix: string): Route {
  const route = typeof trigger['route'] === 'string' ? trigger['route'] : functionName;
  const template = `${prefix}/${route}`;
  partsOf(template);
  return {
    functionName,
    template,
    methods: (trigger['methods'] as readonly string[]).map((method) => method.toUpperCase()),
    authLevel: String(trigger['authLevel'] ?? 'function').toLowerCase(),
  };
}

async function queueOf(functionName: string, trigger: Binding, around: Surroundings): Promise<QueueListener> {
  const setting = String(trigger['connection'] || 'AzureWebJobsStorage');
  const connectionString = around.env[`AzureWebJobs${setting}`] ?? around.env[setting];
  if (!connectionString?.includes('='))
    throw new Error(
      `function "${functionName}": setting ${setting} is ${connectionString === undefined ? 'missing' : 'not one'}; ` +
        'the connection string of a storage account is needed',
    );
  return listenToQueue({
    connectionString,
    queueName: withSettings(String(trigger['queueName']), around.env),
    settings: around.settings.queues,
    run: async (input, metadata) => (await around.invocations.start(functionName, input, metadata).outcome).ok,
    warn: (message) => around.emit({ kind: 'log', level: 'warning', functionName, message }),
  });
}

/** Replaces `%NAME%` by the setting of that name. */
function withSettings(text: string, env: Surroundings['env']): string {
  return text.replace(/%([^%\s]+)%/g, (_, name: string) => {
    const value = env[name];
    if (value === undefined) throw new Error(`setting ${name}, which "${text}" names, is missing`);
    return value;
  });
}

import { fieldsOf, textOf, type Fields } from '../fields';
import type { KubernetesObject } from '../object';
import { parseToml } from './toml';
import { TomlError, type TomlTable, type TomlValue } from './toml-values';

/** What the agent takes of one stream of the containers' output. */
export type Stream =
  | { readonly collected: false }
  | {
      readonly collected: true;
      readonly excluded: readonly string[];
      /** Of system namespaces only these, as `kube-system:coredns`; absent: it is not asked for. */
      readonly onlySystemPods?: readonly string[];
    };

/** What the agent collects, as it understands its ConfigMap: not always what the ConfigMap seems to say. */
export interface Collected {
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** Namespaces whose files are not even read; `*`: all. */
  readonly notTailed: readonly string[];
  readonly environment: boolean;
  /** `v1`, `v2` or nothing, which leaves it to the data collection rule. */
  readonly schemaVersion: string;
  /** Names and images go into each line, which makes each line longer. */
  readonly enriched: boolean;
  readonly allEvents: boolean;
  /** Why the agent leaves out the ConfigMap, or its part about logs, and takes its defaults. */
  readonly ignored?: string;
}

/** The ConfigMap of the agent's settings. */
export const agentConfigName = 'container-azm-ms-agentconfig';
export const logSettingsKey = 'log-data-collection-settings';

const BY_DEFAULT = ['kube-system', 'gatekeeper-system'];

const defaults: Collected = {
  stdout: { collected: true, excluded: BY_DEFAULT },
  stderr: { collected: true, excluded: BY_DEFAULT },
  notTailed: ['kube-system'],
  environment: true,
  schemaVersion: '',
  enriched: false,
  allEvents: false,
};

/**
 * What the agent makes of its ConfigMap; of none, the defaults.
 * @see https://github.com/microsoft/Docker-Provider/blob/ci_prod/build/common/installer/scripts/tomlparser.rb
 */
export function collectedBy(configMap: KubernetesObject | undefined): Collected {
  if (configMap === undefined) return defaults;
  const data = fieldsOf(configMap['data']);
  if (!isVersionOne(data))
    return {
      ...defaults,
      ignored: `schema-version is "${textOf(data['schema-version'])}", and the agent knows v1 alone`,
    };
  const settings = data[logSettingsKey];
  if (typeof settings !== 'string') return defaults;
  try {
    return collectedOf(parseToml(settings));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { ...defaults, ignored: `${logSettingsKey} does not parse as TOML (${error.message})` };
  }
}

/** The agent takes the version in either case. */
export function isVersionOne(data: Fields): boolean {
  return textOf(data['schema-version']).trim().toLowerCase() === 'v1';
}

function collectedOf(settings: TomlTable): Collected {
  const section = tableOf(settings.get('log_collection_settings'));
  const stdout = streamOf(section.get('stdout'));
  const stderr = streamOf(section.get('stderr'));
  const isOn = (name: string, otherwise: boolean): boolean =>
    isTrue(tableOf(section.get(name)).get('enabled') ?? otherwise);
  return {
    stdout,
    stderr,
    notTailed: notTailed(stdout, stderr, tableOf(section.get('stderr'))),
    environment: isOn('env_var', true),
    schemaVersion: textOf(tableOf(section.get('schema')).get('containerlog_schema_version')),
    enriched: isOn('enrich_container_logs', false),
    allEvents: isOn('collect_all_kube_events', false),
  };
}

const tableOf = (value: TomlValue | undefined): TomlTable =>
  value instanceof Map ? value : new Map<string, TomlValue>();

/** As Ruby sees it: everything that is said and is not false. */
const isTrue = (value: TomlValue): boolean => value !== false;

/** Without `enabled` a section says nothing; with it, nothing is left of the defaults. */
function streamOf(section: TomlValue | undefined): Stream {
  const table = tableOf(section);
  const enabled = table.get('enabled');
  if (enabled === undefined) return { collected: true, excluded: BY_DEFAULT };
  if (!isTrue(enabled)) return { collected: false };
  const excluded = namesIn(table.get('exclude_namespaces'));
  const pods = table.get('collect_system_pod_logs');
  if (!Array.isArray(pods) || pods.length === 0) return { collected: true, excluded };
  return { collected: true, excluded, onlySystemPods: namesIn(pods).filter((pod) => isSystemPod(pod, excluded)) };
}

/** What is not a list that begins with a text counts as empty. */
function namesIn(value: TomlValue | undefined): readonly string[] {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return [];
  return (value as readonly TomlValue[]).filter((name) => typeof name === 'string');
}

const SYSTEM = ['kube-system', 'gatekeeper-system', 'calico-system', 'azure-arc', 'kube-public', 'kube-node-lease'];

/** The agent looks for the namespace anywhere in the text of the excluded ones, so `my-kube-system` excludes it, too. */
function isSystemPod(pod: string, excluded: readonly string[]): boolean {
  const [namespace = '', controller = ''] = pod.split(':');
  return SYSTEM.includes(namespace) && controller !== '' && !excluded.join(',').includes(namespace);
}

/** What stderr leaves out by its own list, where stdout leaves it out in any way. */
function notTailed(stdout: Stream, stderr: Stream, section: TomlTable): readonly string[] {
  if (!stdout.collected && !stderr.collected) return ['*'];
  if (!stdout.collected || !stderr.collected || section.get('enabled') === undefined) return [];
  return stderr.excluded.filter((namespace) => stdout.excluded.includes(namespace));
}

import { fieldsOf, textOf, type Fields } from '../fields';
import type { ClusterFacts, Proposal } from '../judgement';
import type { KubernetesObject } from '../object';
import { agentConfigName, collectedBy, isVersionOne, logSettingsKey, type Collected, type Stream } from './collected';
import { hasSetting, withSetting } from './edit';
import { volumeEffects } from './volume';

const SECTION = 'log_collection_settings';

/** The ConfigMap with the least change that takes effect: what has to be collected is, and environment variables are not. */
export function proposalFor(
  configMap: KubernetesObject | undefined,
  collected: Collected,
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
): Proposal {
  const data = fieldsOf(configMap?.['data']);
  const isTaken = configMap !== undefined && collected.ignored === undefined;
  const before = isTaken ? textOf(data[logSettingsKey]) : '';
  const text = settingsFor(before, collected, facts);
  const wanted: Fields = {
    ...(configMap === undefined && { 'config-version': 'ver1' }),
    ...(isVersionOne(data) ? {} : { 'schema-version': 'v1' }),
    ...(text === data[logSettingsKey] ? {} : { [logSettingsKey]: text }),
  };
  const after = collectedBy(withData({ ...data, ...wanted }));
  return {
    objects: [withData(wanted)],
    effects: [
      ...volumeEffects(collected, after, objects, facts),
      ...(configMap?.['immutable'] === true ? [immutable] : []),
      restart,
    ],
  };
}

const withData = (data: Fields): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: agentConfigName, namespace: 'kube-system' },
  data,
});

const immutable =
  'the ConfigMap is immutable, so an API server takes no change of it: delete it and create it anew with the change';

const restart =
  'the agent takes a new ConfigMap by restarting its pods, a few at a time; errors show in the table KubeMonAgentEvents';

function settingsFor(before: string, { stdout, stderr, schemaVersion }: Collected, facts: ClusterFacts): string {
  const wanted: readonly (readonly [section: string, key: string, value: string])[] = [
    ...streamSettings('stdout', stdout, facts),
    ...streamSettings('stderr', stderr, facts),
    ['env_var', 'enabled', 'false'],
    ...(schemaVersion === 'v2' ? [] : [['schema', 'containerlog_schema_version', '"v2"'] as const]),
  ];
  const within = (text: string): string => {
    let edited = text;
    for (const [section, key, value] of wanted) edited = withSetting(edited, `${SECTION}.${section}`, key, value);
    return edited;
  };
  const edited = within(before);
  const isWanted = wanted.every(([section, key, value]) => hasSetting(edited, `${SECTION}.${section}`, key, value));
  return isWanted ? edited : within(`[${SECTION}]\n`);
}

function streamSettings(name: string, stream: Stream, { collectedNamespaces = [] }: ClusterFacts) {
  const excluded = stream.collected ? stream.excluded : [];
  const kept = excluded.filter((namespace) => !collectedNamespaces.includes(namespace));
  return [
    [name, 'enabled', 'true'],
    [name, 'exclude_namespaces', `[${kept.map((namespace) => JSON.stringify(namespace)).join(', ')}]`],
  ] as const;
}

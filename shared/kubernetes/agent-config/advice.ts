import { at, textOf } from '../fields';
import type { KubernetesObject } from '../object';
import type { Collected, Stream } from './collected';

/** What it means, and what looks like something else than it is. */
export function adviceOn(configMap: KubernetesObject | undefined, collected: Collected): readonly string[] {
  const { environment, schemaVersion, enriched, allEvents } = collected;
  const version = textOf(at(configMap, 'data', 'config-version')).trim();
  const scrapes = /^\s*monitor_kubernetes_pods\s*=\s*true/m.test(
    textOf(at(configMap, 'data', 'prometheus-data-collection-settings')),
  );
  return [
    describe('stdout', collected.stdout),
    describe('stderr', collected.stderr),
    ...(environment
      ? [
          'environment variables of all containers are collected; set enabled of env_var to false unless somebody needs them',
        ]
      : []),
    ...(schemaVersion === 'v2' || configMap === undefined
      ? []
      : [
          'containerlog_schema_version is not v2: without a data collection rule that says so, the deprecated table ContainerLog is filled',
        ]),
    ...(enriched ? ['enrich_container_logs makes every line longer; schema v2 has the names already'] : []),
    ...(allEvents ? ['collect_all_kube_events takes normal events, too, which are most of them'] : []),
    ...(version.length > 10 ? [`config-version "${version}" is cut to 10 characters`] : []),
    ...(scrapes ? ['the agent scrapes pods (monitor_kubernetes_pods): their network policies have to let it in'] : []),
  ];
}

function describe(name: string, stream: Stream): string {
  if (!stream.collected) return `${name} is not collected at all`;
  const { excluded, onlySystemPods = [] } = stream;
  const from = excluded.length === 0 ? 'all namespaces, kube-system too' : `all namespaces but ${excluded.join(', ')}`;
  return `${name} is collected from ${from}${onlySystemPods.length > 0 ? `, of system namespaces from ${onlySystemPods.join(', ')} alone` : ''}`;
}

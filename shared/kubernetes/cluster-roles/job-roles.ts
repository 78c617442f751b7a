import type { KubernetesObject } from '../object';
import type { Subject } from '../permissions/subject';
import { duties, jobs, type Duty, type JobId } from './duties';
import { writtenBinding, writtenRole } from './written';

/** Who has a job, and in which namespaces. */
export interface JobHolder {
  readonly job: JobId;
  /** What the names of the bindings begin with; absent: the job. */
  readonly name?: string;
  readonly subjects: readonly Subject[];
  /** Of its applications; a job of the whole cluster needs none. */
  readonly namespaces: readonly string[];
}

/** One ClusterRole for each duty that the jobs are made of, and the bindings that compose the jobs from them. */
export function jobRoles(holders: readonly JobHolder[]): readonly KubernetesObject[] {
  const needed = holders.flatMap(({ job }) => [...jobs[job].inNamespaces, ...jobs[job].everywhere]);
  return [
    ...[...new Set<Duty>(needed)].map((duty) => writtenRole(duty, undefined, duties[duty])),
    ...holders.flatMap(bindingsOf),
  ];
}

function bindingsOf({ job, name: start = job, subjects, namespaces }: JobHolder): readonly KubernetesObject[] {
  const { inNamespaces, everywhere } = jobs[job];
  const name = (duty: Duty): string => `${start}-${duty}`;
  const role = (duty: Duty) => ({ kind: 'ClusterRole', name: duty }) as const;
  return [
    ...everywhere.map((duty) => writtenBinding(name(duty), undefined, role(duty), subjects)),
    ...namespaces.flatMap((namespace) =>
      inNamespaces.map((duty) => writtenBinding(name(duty), namespace, role(duty), subjects)),
    ),
  ];
}

import { inClusterControl } from '../kubernetes/in-cluster-control';
import { podSecurity as judgement } from '../kubernetes/pod-security';

export const podSecurity = inClusterControl(
  {
    title: 'Containers may do no more than they need, and say so',
    judges: [
      'Each workload by what it runs and by its template: containers, init containers and ephemeral containers, at the Pod Security Standard «restricted» of the version that the cluster runs.',
      'Besides the standard, users, groups, the group of volumes, capabilities and SELinux options are stated, each where it takes effect; what is only not stated is of low severity.',
      'Pods are judged with the workload that owns them, and the reason names container and field. What Windows and user namespaces leave out is not asked for.',
      'What AKS runs in its own namespaces is not judged.',
    ],
    severity: 'high',
    requirement: '4',
  },
  judgement,
);

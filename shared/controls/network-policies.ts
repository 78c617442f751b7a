import { inClusterControl } from '../kubernetes/in-cluster-control';
import { networkPolicies as judgement } from '../kubernetes/network-policies/findings';

export const networkPolicies = inClusterControl(
  {
    title: 'Every namespace is closed by default, and its policies allow what is needed and no more',
    judges: [
      'The cluster has an engine that enforces network policies; without one no policy has an effect.',
      'Each namespace except those of AKS: every pod is selected for ingress and for egress, there is a default deny, and how much is left open is graded. Pods in the network of their node are named, for no policy reaches them.',
      'Each policy: peers that are everything, addresses that are the world, wide ranges of ports, and selectors that select nothing.',
      'Policies of Cilium count where Cilium enforces them; what cannot be told of them is unknown.',
    ],
    severity: 'high',
    requirement: '10',
  },
  judgement,
);

import type { Control } from '../core/control';
import { parseId, same, subscriptionScope, typeOf } from '../core/resource';
import type { Aspect, Verdict } from '../core/verdict';
import { judgedAssignment } from './policy-initiatives/assignment';
import { types } from './policy-initiatives/in-force';
import { assigning } from './policy-initiatives/remedy';
import { judgedSubscription } from './policy-initiatives/subscription';

export const policyInitiatives = {
  id: 'policy-initiatives',
  title: 'Policies for clusters are tuned to the workload, and do what they say',
  judges: [
    'The effect of every assigned definition is worked out: the value of the assignment, else the default of the initiative or definition, else the constant of the rule; then overrides, enforcement mode and excluded scopes.',
    'What audits in clusters (mode `Microsoft.Kubernetes.Data`) sees the system namespaces `kube-system`, `gatekeeper-system`, `azure-arc` and `azure-extensions-usage-system`; a parameter that the assignment does not give has the definition’s default. One that is limited to named namespaces is right.',
    'What denies leaves `kube-system` and `gatekeeper-system` alone; the rules for internal load balancers, for HTTPS and for the namespace `default` are advice only.',
    'The built-in restricted initiative is tuned, or an initiative of one’s own is in its place. The effect and the namespaces are no tuning.',
    'A subscription with clusters has one custom initiative for what denies and one for what audits; what is assigned besides them is advice only.',
    'The policy add-on is on in every cluster, in either spelling.',
    'An assignment that says that it denies, or allows only something, has an effect that refuses, and is enforced.',
    'Expressions of allowed images begin with `^`, escape their dots, and allow no public registry as a whole.',
    'Assignments that deploy or modify have an identity with a role; `DoNotEnforce` lasts 30 days at most.',
    'As advice: the Microsoft cloud security benchmark, PCI DSS 4.0.1, allowed locations and network interfaces without public addresses are assigned to the subscription or above it.',
    'Assignments of management groups are judged with the subscription that has them from above.',
  ],
  severity: 'high',
  requirement: '5',
  subjects: [types.assignment, types.subscription],
  reads: [types.definition, types.initiative, types.role, types.cluster],
  evaluate: (subject, inventory): Verdict | readonly Aspect[] => {
    if (parseId(subject.id).subscriptionId === '')
      return { state: 'notApplicable', reason: 'it is judged with the subscriptions below its management group' };
    const scope = subscriptionScope(subject.id);
    const isAssignment = same(typeOf(subject.id), types.assignment);
    return isAssignment ? judgedAssignment(subject, scope, inventory) : judgedSubscription(scope, inventory);
  },
  concerns: ({ id }) => (same(typeOf(id), types.assignment) ? [subscriptionScope(id)] : []),
  remedy: assigning,
} satisfies Control;

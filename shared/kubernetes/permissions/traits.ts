import { allows, type Rule } from './rule';

/** What a rule has that changes how bad a risk is, without being one. */
interface Trait {
  readonly id: string;
  readonly fits: (rule: Rule) => boolean;
}

const rbac = 'rbac.authorization.k8s.io';
const certificates = 'certificates.k8s.io';

const gives =
  (verbs: readonly string[], group: string, resources: readonly string[]) =>
  (rule: Rule): boolean =>
    verbs.some((verb) => resources.some((resource) => allows(rule, { verb, group, resource })));

export const traits = [
  { id: 'exec-by-create', fits: gives(['create'], '', ['pods/exec', 'pods/attach']) },
  { id: 'portforward-by-create', fits: gives(['create'], '', ['pods/portforward']) },
  { id: 'stronger-than-itself', fits: gives(['bind', 'escalate'], rbac, ['roles', 'clusterroles']) },
  { id: 'csr-approval', fits: gives(['update', 'patch'], certificates, ['certificatesigningrequests/approval']) },
  { id: 'some-signer', fits: ({ resources }) => resources.some((one) => one === '*' || one === 'signers') },
  { id: 'constrained-impersonation', fits: ({ verbs }) => verbs.some((verb) => /^impersonate(-on)?:/.test(verb)) },
] as const satisfies readonly Trait[];

export type TraitId = (typeof traits)[number]['id'];

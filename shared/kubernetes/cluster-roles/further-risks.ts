import type { Grade } from '../permissions/risk';
import { allows, type Rule } from '../permissions/rule';

/** What only some clusters know, or what is no risk before something is added. */
interface FurtherRisk {
  readonly id: string;
  readonly may: string;
  readonly grade: Grade;
  readonly instead: string;
  readonly source: string;
  readonly fits: (rules: readonly Rule[]) => boolean;
}

const group = 'certificates.k8s.io';
const approval = { verb: 'update', group, resource: 'certificatesigningrequests/approval' };

export const furtherRisks: readonly FurtherRisk[] = [
  {
    id: 'constrained-impersonation',
    may: 'act as somebody else within limits (impersonate:… verbs)',
    grade: 'high',
    instead: 'name in resourceNames who may be impersonated',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/',
    fits: (rules) => rules.some(({ verbs }) => verbs.some((verb) => /^impersonate(-on)?:/.test(verb))),
  },
  {
    id: 'csr-approval-alone',
    may: 'approve client certificates as soon as it may speak for a signer',
    grade: 'medium',
    instead: 'take certificatesigningrequests/approval away',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/',
    fits: (rules) =>
      rules.some((rule) => allows(rule, approval)) &&
      !rules.some((rule) => rule.resources.some((one) => one === '*' || one === 'signers')),
  },
];

export const furtherIn = (rules: readonly Rule[]): readonly FurtherRisk[] =>
  furtherRisks.filter(({ fits }) => fits(rules));

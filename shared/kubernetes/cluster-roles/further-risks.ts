import type { Grade } from '../permissions/risk';
import type { TraitId } from '../permissions/traits';

/** What only some clusters know, or what is no risk before something is added. */
interface FurtherRisk {
  readonly id: string;
  readonly may: string;
  readonly grade: Grade;
  readonly instead: string;
  readonly source: string;
  readonly fits: (traits: readonly TraitId[]) => boolean;
}

export const furtherRisks: readonly FurtherRisk[] = [
  {
    id: 'constrained-impersonation',
    may: 'act as somebody else within limits (impersonate:… verbs)',
    grade: 'high',
    instead: 'name in resourceNames who may be impersonated',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/',
    fits: (traits) => traits.includes('constrained-impersonation'),
  },
  {
    id: 'csr-approval-alone',
    may: 'approve client certificates as soon as it may speak for a signer',
    grade: 'medium',
    instead: 'take certificatesigningrequests/approval away',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/',
    fits: (traits) => traits.includes('csr-approval') && !traits.includes('some-signer'),
  },
];

export const furtherIn = (traits: readonly TraitId[]): readonly FurtherRisk[] =>
  furtherRisks.filter(({ fits }) => fits(traits));

import { docs, practices, rbacDocs, write, change, writeOrDelete, namespaced, clusterWide, both } from './grants';
import type { Risk } from './risk';

const authorization = 'rbac.authorization.k8s.io';

/** By which somebody becomes somebody else, or stronger. */
export const identityRisks: readonly Risk[] = [
  {
    id: 'escalate',
    may: 'write roles that are stronger than itself (escalate)',
    grade: 'critical',
    grants: [
      ...namespaced(authorization, ['roles'], ['escalate']),
      ...clusterWide(authorization, ['clusterroles'], ['escalate']),
    ],
    instead: 'take the verb escalate away',
    source: `${practices}#escalate-verb`,
  },
  {
    id: 'bind',
    may: 'bind roles that it does not hold (bind)',
    grade: 'critical',
    grants: [...namespaced(authorization, ['roles'], ['bind']), ...both(authorization, ['clusterroles'], ['bind'])],
    instead: 'name the roles that may be bound in resourceNames',
    source: `${practices}#bind-verb`,
  },
  {
    id: 'impersonate',
    may: 'act as another user, group or ServiceAccount (impersonate)',
    grade: 'critical',
    grants: [
      ...clusterWide('', ['users', 'groups'], ['impersonate']),
      ...namespaced('', ['serviceaccounts'], ['impersonate']),
    ],
    instead: 'take the verb impersonate away, or name in resourceNames who may be impersonated',
    source: `${practices}#impersonate-verb`,
  },
  {
    id: 'impersonate-extra',
    may: 'add attributes to the identity that it impersonates',
    grade: 'critical',
    grants: clusterWide('authentication.k8s.io', ['userextras/scopes', 'uids'], ['impersonate']),
    instead: 'take the verb impersonate away',
    source: `${docs}/reference/access-authn-authz/user-impersonation/`,
  },
  {
    id: 'write-rbac',
    may: 'change roles or bindings',
    grade: 'critical',
    grants: [
      ...namespaced(authorization, ['roles', 'rolebindings'], writeOrDelete),
      ...clusterWide(authorization, ['clusterroles', 'clusterrolebindings'], writeOrDelete),
    ],
    instead: 'leave roles and bindings to the identity that deploys them',
    source: `${rbacDocs}#privilege-escalation-prevention-and-bootstrapping`,
  },
  {
    id: 'token-request',
    may: 'issue tokens of ServiceAccounts',
    grade: 'critical',
    grants: namespaced('', ['serviceaccounts/token'], ['create']),
    instead: 'name in resourceNames the ServiceAccounts whose tokens may be issued',
    source: `${practices}#token-request`,
  },
  {
    id: 'csr-approve',
    may: 'approve client certificates',
    grade: 'critical',
    all: true,
    grants: [
      ...clusterWide('certificates.k8s.io', ['certificatesigningrequests/approval'], change),
      ...clusterWide('certificates.k8s.io', ['signers'], ['approve']),
    ],
    instead: 'name the signers in resourceNames',
    source: `${practices}#csrs-and-certificate-issuing`,
  },
  {
    id: 'secrets-read',
    may: 'read secrets',
    grade: 'high',
    inKubeSystem: 'critical',
    grants: namespaced('', ['secrets'], ['get', 'list', 'watch']),
    instead: 'name in resourceNames the secrets that it needs, with get only',
    source: `${practices}#listing-secrets`,
  },
  {
    id: 'secrets-write',
    may: 'write secrets',
    grade: 'critical',
    grants: namespaced('', ['secrets'], write),
    instead: 'take the writes away: a secret of the token type is filled with a token by the control plane',
    source: `${practices}#token-request`,
  },
];

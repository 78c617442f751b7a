const manifests = `npm run audit -- manifests DIR [--kubernetes-version V] [--output table|json|sarif]

Judges the objects in the YAML and JSON files of a folder (or of one file) by the controls that live inside a cluster, as if
they were all applied and nothing else were there. What the API server would fill in is filled in; what it would refuse is
told. Where a folder has a kustomization, only the files that it lists as resources count, without its patches: better build
kustomizations and charts first.

  --kubernetes-version V   judge for this version, as 1.36; without it, for the newest that Steward knows
  --output table           lines for people (this is what you get without the option)
  --output json            one JSON object: findings with proposals, and what could not be read
  --output sarif           SARIF 2.1.0, each result at its line of the file

Exit code: 0 nothing is open, 2 something is open, 1 wrong use, or something could not be read and nothing else is open.
`;

const connections = `npm run audit -- connections DIR [--from X] [--to Y] [--namespace N] [--output table|json|dot]

Shows who can talk to whom, as the network policies in the YAML and JSON files of a folder (or of one file) leave it: between
workloads, with addresses outside, with pods that policies speak of and that need not be there, and from Ingress objects and
Services for the outside. What no policy selects comes first. Workloads that may do the same stand in one line, where
one on both sides means its pods among themselves; very many lines are counted by namespace instead. It judges nothing: manifests does.

  --from X, --to Y   only connections that begin at X or end at Y: a workload (web, shop/web, shop/web[Deployment]), the
                     workloads of a namespace (shop/*), an address or CIDR, or outside
  --namespace N      only connections with an end in that namespace
  --output table     lines for people (this is what you get without the option)
  --output json      one JSON object that leaves nothing out; each workload of a "from" may send to each of its "to"
  --output dot       a graph for Graphviz: dot -Tsvg

Exit code: 0 shown, 1 wrong use, or something could not be read.
`;

const permissions = `npm run audit -- permissions DIR [--subject S] [--verb V] [--resource R] [--namespace N] [--output table|json]

Shows who can do what, by the roles and bindings in the YAML and JSON files of a folder (or of one file), aggregated roles
included: for each subject where, which verbs on which resources, and by which role and binding. Whoever can do everything, or
can get there, comes first. What a group has that everybody is in, as system:authenticated, is told once, at the group. It
judges nothing: manifests does.

  --subject S      only this one, and what it has as one of everybody: a name, or "User NAME", "Group NAME" or
                   "ServiceAccount NAMESPACE/NAME"
  --verb V         who can do this, as get or create
  --resource R     who can do something with it: pods, pods/exec, deployments.apps, or a path as /metrics
  --namespace N    only what is granted in that namespace, or everywhere
  --output table   lines for people (this is what you get without the option)
  --output json    one JSON object that leaves nothing out: roles with their rules, and who has which of them where;
                   a subject also has what is told of those that it "inherits" from, among the subjects or the groups

Exit code: 0 shown, 1 wrong use, or something could not be read.
`;

const conformance = `npm run audit -- conformance DIR

Runs the cases of a folder, which holds one folder for each kind (ingress, agentconfig, pss, networkpolicy, rbac, …), and
prints for each kind how many passed, and every case that failed with what was expected and what was found.

Exit code: 0 every case passed, 2 one failed, 1 wrong use, or there is no case.
`;

const all = `npm run audit -- COMMAND …

  manifests     judge the objects in files, as in a pull request
  connections   show who can talk to whom, by the objects in files
  permissions   show who can do what, by the objects in files
  conformance   run conformance cases

COMMAND --help tells more.
`;

export const usage = { all, manifests, connections, permissions, conformance } as const;

const manifests = `npm run audit -- manifests DIR [--kubernetes-version V] [--output table|json|sarif]

Judges the objects in the YAML and JSON files of a folder (or of one file) by the controls that live inside a cluster, as if
they were all applied and nothing else were there. What the API server would fill in is filled in; what it would refuse is
told. Build kustomizations and charts first: a patch alone is no object.

  --kubernetes-version V   judge for this version, as 1.36; without it, for the newest that Steward knows
  --output table           lines for people (this is what you get without the option)
  --output json            one JSON object: findings with proposals, and what could not be read
  --output sarif           SARIF 2.1.0, each result at its line of the file

Exit code: 0 nothing is open, 2 something is open, 1 wrong use, or something could not be read and nothing else is open.
`;

const conformance = `npm run audit -- conformance DIR

Runs the cases of a folder, which holds one folder for each kind (ingress, agentconfig, pss, networkpolicy, rbac, …), and
prints for each kind how many passed, and every case that failed with what was expected and what was found.

Exit code: 0 every case passed, 2 one failed, 1 wrong use, or there is no case.
`;

const all = `npm run audit -- COMMAND …

  manifests     judge the objects in files, as in a pull request
  conformance   run conformance cases

COMMAND --help tells more.
`;

export const usage = { all, manifests, conformance } as const;

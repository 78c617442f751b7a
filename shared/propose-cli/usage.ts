export const usage = `npm run propose -- FINDING [--subscription ID]
npm run propose -- --manifests DIR [OBJECT] [--kubernetes-version V]

Prints what a person can apply about a finding: complete YAML for kubectl apply --server-side, with comments that say what
it changes, what to look at first and how to apply it. It is made anew from what is in the cluster now, and nothing is
written. (npm run --silent propose leaves out what npm says itself.)

FINDING is the id of a finding, of the finding that sums up those of a cluster, or the resource id of an object or of a
cluster. The settings are those of the app, from the environment; the rights are those of whoever runs it (az login). A
cluster that only the app reaches it reads itself: GET /api/proposals/FINDING of the app.

  --subscription ID        look for the finding only there, of the subscriptions that are kept
  --manifests DIR          for the objects in the YAML and JSON files of a folder (or of one file) instead, without a cluster
  OBJECT                   only for this one: namespace/kind/name, kind/name, or as npm run audit -- manifests names it
  --kubernetes-version V   judge the files for this version, as 1.36

Exit code: 0 printed, 1 wrong use, or it cannot run, 2 there is no such finding or object, 3 there is nothing to apply: nothing is
wrong any more, or a person has to decide, 4 the cluster could not be read.
`;

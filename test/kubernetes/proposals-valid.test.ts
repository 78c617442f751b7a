import { severities } from '../../shared/core/verdict';
import { at } from '../../shared/kubernetes/fields';
import { outcomeOf, type InClusterJudgement, type ObjectFinding } from '../../shared/kubernetes/judgement';
import { judgements } from '../../shared/kubernetes/judgements';
import { isClusterScoped, objectIdOf, referenceOf } from '../../shared/kubernetes/ids';
import { readManifests } from '../../shared/kubernetes/manifests/read';
import { refusalOf } from '../../shared/kubernetes/manifests/refusals';
import { asStored } from '../../shared/kubernetes/manifests/stored';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { proposalText } from '../../shared/kubernetes/proposal-text';
import { patchOf, proposalsAmong } from '../../shared/kubernetes/proposals';
import { testWith } from '../policy/shared-files';
import {
  agentConfigWorlds,
  caseWorlds,
  ingressWorld,
  ingressWorlds,
  landingZone,
  meshWorld,
  sampleWorlds,
  type World,
} from './proposals-given';
import { applied, idle } from './server-side-apply';

jest.setTimeout(120_000);

const idOf = (object: KubernetesObject): string => objectIdOf('', referenceOf(object));
const keyOf = ({ object, aspect = '' }: ObjectFinding): string => `${objectIdOf('', object)}#${aspect}`;
/** Each rule that something breaks. A rule that is broken in several places tells them one after the other. */
const brokenIn = (findings: readonly ObjectFinding[]): readonly string[] =>
  findings.flatMap((one) => one.problems.map(({ rule }) => `${keyOf(one)} ${rule}`));
const reasonsIn = (finding: ObjectFinding | undefined) => (finding?.problems ?? []).map(({ reason }) => reason);

/** The objects that a proposal's text has in it, read as anybody reads it. */
function readBack(world: World, judgement: InClusterJudgement, finding: ObjectFinding) {
  const [told] = proposalsAmong('/clusters/one', [finding], world.objects, judgement.controlId);
  const text = proposalText([told!], { kind: 'cluster', cluster: '/clusters/one' });
  const { manifests, problems } = readManifests(text, 'proposal.yaml');
  return { objects: manifests.map(({ object }) => object), problems };
}

/** Everything that is not as it should be about one proposal; empty: it is valid, complete, the least, and mends. */
function faultsOf(world: World, judgement: InClusterJudgement, finding: ObjectFinding): readonly string[] {
  const patches = patchOf({ finding }) as unknown as readonly KubernetesObject[];
  const { objects, problems } = readBack(world, judgement, finding);
  return [
    ...problems.map(({ message }) => `does not parse: ${message}`),
    ...(JSON.stringify(objects) === JSON.stringify(patches) ? [] : ['does not parse back to the same']),
    ...objects.flatMap(incomplete),
    ...objects.flatMap((one) => needlessIn(world, one)),
    ...effectsOn(world, judgement, { finding, objects }),
  ];
}

/** What is wrong after the objects of a proposal were applied. */
function effectsOn(
  { objects: before, facts }: World,
  { judge, controlId }: InClusterJudgement,
  { finding, objects }: { readonly finding: ObjectFinding; readonly objects: readonly KubernetesObject[] },
): readonly string[] {
  // A binding goes when the roles that replace it have proved themselves.
  const isReplaced = controlId === 'cluster-roles';
  const after = applied(before, objects)
    .map(asStored)
    .filter((one) => !isReplaced || idOf(one) !== objectIdOf('', finding.object));
  const found = judge(after, facts);
  const again = found.find((one) => keyOf(one) === keyOf(finding));
  const repeated = (again === undefined ? [] : patchOf({ finding: again })) as unknown as readonly KubernetesObject[];
  const broken = brokenIn(judge(before, facts));
  return [
    ...after.flatMap((one) => refusalOf(one) ?? []).map((reason) => `is refused: ${reason}`),
    ...(isUnchanged(after, objects) ? [] : ['is not idempotent']),
    ...(isUnchanged(after, repeated) ? [] : [`is proposed again: ${JSON.stringify(repeated)}`]),
    ...(reasonsIn(finding).every((reason) => reasonsIn(again).includes(reason)) ? ['mends nothing'] : []),
    ...brokenIn(found.filter((one) => !isReplaced || isAsGrave(one, finding, before))).flatMap((one) =>
      broken.includes(one) ? [] : [`brings ${one}`],
    ),
  ];
}

/** A role that replaces another may be less than right, as one for a person by name; and the old one serves nobody then. */
function isAsGrave(one: ObjectFinding, binding: ObjectFinding, before: readonly KubernetesObject[]): boolean {
  const old = before.find((object) => idOf(object) === objectIdOf('', binding.object));
  const isOldRole = at(old, 'roleRef', 'name') === one.object.name && at(old, 'roleRef', 'kind') === one.object.kind;
  return !isOldRole && severities.indexOf(one.severity) >= severities.indexOf(binding.severity);
}

const isUnchanged = (objects: readonly KubernetesObject[], patches: readonly KubernetesObject[]): boolean =>
  JSON.stringify(applied(objects, patches).map(asStored)) === JSON.stringify(objects);

/** Fields that are named although they are so already. */
function needlessIn({ objects }: World, patch: KubernetesObject): readonly string[] {
  const current = objects.find((one) => idOf(one) === idOf(patch));
  if (current === undefined) return [];
  return idle({ ...current, ...identity }, { ...patch, ...identity })
    .filter((path) => !Object.hasOwn(identity, path))
    .map((path) => `${path} is so already`);
}

/** What names the object is no change. */
const identity = { apiVersion: undefined, kind: undefined, metadata: undefined };

function incomplete(object: KubernetesObject): readonly string[] {
  const { apiVersion, kind, metadata } = object;
  const isNamed = /^([a-z0-9.-]+\/)?v\d\w*$/.test(apiVersion) && kind !== '' && (metadata.name ?? '') !== '';
  const isPlaced = isClusterScoped(object) === (metadata.namespace === undefined);
  return isNamed && isPlaced ? [] : [`${kind} ${metadata.name} is not complete`];
}

function faultsIn(worlds: readonly World[]) {
  const told = worlds.flatMap((world) =>
    judgements.flatMap((judgement) =>
      judgement
        .judge(world.objects, world.facts)
        .filter((finding) => patchOf({ finding }).length > 0)
        .map((finding) => ({
          about: `${world.name}: ${judgement.controlId} ${keyOf(finding)}`,
          controlId: judgement.controlId,
          faults: faultsOf(world, judgement, finding),
        })),
    ),
  );
  const faulty = told.flatMap(({ about, faults }) => faults.map((fault) => `${about}: ${fault}`));
  return { faulty, controls: [...new Set(told.map(({ controlId }) => controlId))].toSorted(), count: told.length };
}

test('proposals for the sample estate are valid YAML, the least change, and mend what they say', () => {
  const { faulty, controls } = faultsIn(sampleWorlds());
  expect(faulty).toEqual([]);
  expect(controls).toEqual(expect.arrayContaining(['ingress-certificates', 'network-policies', 'pod-security']));
});

test('so are those for meshes and controllers that are half right', () => {
  const { faulty, controls } = faultsIn([meshWorld]);
  expect(faulty).toEqual([]);
  expect(controls).toEqual(expect.arrayContaining(['ingress-certificates', 'mesh-certificates']));
});

test('so are those for an Ingress of which some hosts have a certificate', () => {
  const { faulty, count } = faultsIn([ingressWorld]);
  expect(faulty).toEqual([]);
  expect(count).toBe(2);
});

testWith('estate/kubernetes')('so are those for the landing zone', () => {
  const { faulty, controls } = faultsIn([landingZone()]);
  expect(faulty).toEqual([]);
  expect(controls).toEqual(expect.arrayContaining(['ingress-certificates', 'network-policies', 'pod-security']));
});

testWith('kubernetes').each([
  ['pss', () => caseWorlds('pss')],
  ['networkpolicy', () => caseWorlds('networkpolicy')],
  ['rbac', () => caseWorlds('rbac')],
  ['ingress', ingressWorlds],
  ['agentconfig', agentConfigWorlds],
] as const)('so are those for the cases of %s', (_, worldsOf) => {
  const { faulty, count } = faultsIn(worldsOf());
  expect(faulty).toEqual([]);
  expect(count).toBeGreaterThan(5);
});

test('what is right is proposed nothing for', () => {
  const rights = sampleWorlds().flatMap(({ objects, facts }) =>
    judgements.flatMap((one) => one.judge(objects, facts)).filter((finding) => outcomeOf(finding) !== 'open'),
  );
  expect(rights.length).toBeGreaterThan(0);
  expect(rights.filter((finding) => patchOf({ finding }).length > 0)).toEqual([]);
});

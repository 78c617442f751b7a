import { aggregationOf, type Aggregation } from './aggregation';
import { bindingOf, roleTitleOf, type Binding } from './binding';
import { flattened, isRbac } from './names';
import { marksOfRules, risksInside, shapesIn, traitsIn, type Marks } from './marks';
import { grantedAt, placer, union, type Marked, type RisksByPlace } from './places';
import { clusterAdmin, roleOf, type Role } from './role';
import { allows, type Request, type Rule } from './rule';
import { shapesOfBinding, widensBuiltIn } from './binding-shapes';
import { meantAs, subjectTitle, type Subject } from './subject';
import { tokenUses, type TokenUse } from './token';
import type { TraitId } from './traits';

/**
 * Who can do what where, from the roles and bindings among some objects: as the API server decides it, aggregation
 * included. What the API server would refuse to store grants nothing. Of Kubernetes' own roles only cluster-admin is
 * added when it is missing.
 */
export class Permissions {
  readonly roles: readonly Role[];
  readonly bindings: readonly Binding[];
  /** Workloads, and the ServiceAccounts that they can sign in as. */
  readonly tokens: readonly TokenUse[];
  readonly #byTitle: ReadonlyMap<string, Role>;
  readonly #aggregation: Aggregation;
  readonly #mounted: ReadonlySet<string>;
  readonly #bySubject: ReadonlyMap<string, readonly Binding[]>;
  readonly #markedBySubject = new Map<string, Marked>();
  readonly #placed = placer();

  constructor(objects: readonly unknown[]) {
    const all = flattened(objects);
    const ofRbac = all.filter(isRbac);
    this.roles = lastOfEach(ofRbac.flatMap((object) => roleOf(object) ?? []));
    this.bindings = lastOfEach(ofRbac.flatMap((object) => bindingOf(object) ?? []));
    this.tokens = tokenUses(all);
    const mounting = this.tokens.filter(({ mountsToken }) => mountsToken);
    this.#mounted = new Set(mounting.map(({ account }) => `${account.namespace}/${account.name}`));
    const sound = this.roles.filter(({ complaints }) => complaints.length === 0);
    const known = new Map(sound.map((role) => [role.title, role]));
    this.#byTitle = known.has(clusterAdmin.title) ? known : known.set(clusterAdmin.title, clusterAdmin);
    this.#aggregation = aggregationOf([...this.#byTitle.values()]);
    this.#bySubject = bindingsBySubject(this.bindings.filter(({ complaints }) => complaints.length === 0));
  }

  /** Everybody whom a binding names. */
  get subjects(): readonly Subject[] {
    const named = this.bindings.flatMap(({ subjects }) => subjects);
    return [...new Map(named.map((subject) => [subjectTitle(subject), subject])).values()];
  }

  /** The role that a binding refers to; undefined where there is none. */
  roleOf(binding: Binding): Role | undefined {
    return this.#byTitle.get(roleTitleOf(binding));
  }

  /** Bindings that refer to a role which does not exist: whoever may create it fills them. */
  get dangling(): readonly Binding[] {
    return this.bindings.filter((binding) => binding.complaints.length === 0 && this.roleOf(binding) === undefined);
  }

  /** Every rule of a role, with those that an aggregation adds. */
  rulesOf(role: Role): readonly Rule[] {
    return this.#aggregation.rulesOf(role);
  }

  /** The roles that an aggregated role takes over, however far. */
  takenOverBy(role: Role): readonly Role[] {
    return this.#aggregation.takenOverBy(role);
  }

  /** What a role would grant when bound: a ClusterRole everywhere, a Role in its namespace. */
  risksOfRole(role: Role): readonly string[] {
    const marks = this.#marksOf(role);
    const granted =
      role.namespace === undefined
        ? Object.values(this.#placed(grantedAt(undefined, marks))).flat()
        : risksInside(role.namespace, marks, 0n);
    return [...new Set([...shapesIn(marks), ...(widensBuiltIn(role) ? ['aggregate-capture'] : []), ...granted])];
  }

  /** What a role has that changes how bad its risks are. */
  traitsOf(role: Role): readonly TraitId[] {
    return traitsIn(this.#marksOf(role));
  }

  /** What a binding looks like; what it grants is said of its role. */
  shapesOf(binding: Binding): readonly string[] {
    return shapesOfBinding(binding);
  }

  /** What one binding grants each of its subjects. */
  risksOfBinding(binding: Binding): RisksByPlace {
    const role = binding.complaints.length === 0 ? this.roleOf(binding) : undefined;
    if (role === undefined) return {};
    return this.#placed(grantedAt(binding.namespace, this.#marksOf(role)));
  }

  /** What a subject has by all bindings that mean it, those to groups of everybody of its kind included. */
  risksOf(subject: Subject): RisksByPlace {
    return this.#placed(union(meantAs(subject).map((title) => this.#markedOf(title))));
  }

  /** Whether pods of some workload can sign in as the ServiceAccount. */
  mounts({ namespace, name }: Extract<Subject, { kind: 'ServiceAccount' }>): boolean {
    return this.#mounted.has(`${namespace}/${name}`);
  }

  /** Every binding that means the subject, those to groups of everybody of its kind included. */
  bindingsOf(subject: Subject): readonly Binding[] {
    return this.bindingsNaming(meantAs(subject));
  }

  /** The bindings that name one of these titles. */
  bindingsNaming(titles: readonly string[]): readonly Binding[] {
    return titles.flatMap((title) => this.#bySubject.get(title) ?? []);
  }

  /** The rules that a subject has everywhere, or with a namespace those that it has there besides. */
  rulesFor(subject: Subject, namespace?: string): readonly Rule[] {
    return this.bindingsOf(subject)
      .filter((binding) => binding.namespace === namespace)
      .flatMap((binding) => {
        const role = this.roleOf(binding);
        return role === undefined ? [] : this.rulesOf(role);
      });
  }

  /** Whether the API server lets the subject do it. It asks nobody about members of system:masters. */
  can(subject: Subject, request: Request): boolean {
    if (subject.kind === 'Group' && subject.name === 'system:masters') return true;
    const namespace = 'url' in request ? undefined : request.namespace;
    return this.bindingsOf(subject)
      .filter((binding) => binding.namespace === undefined || binding.namespace === namespace)
      .some((binding) => {
        const role = this.roleOf(binding);
        return role !== undefined && this.rulesOf(role).some((rule) => allows(rule, request));
      });
  }

  /** Every subject that a binding lets do it. Whoever belongs to a group among them may do it, too. */
  whoCan(request: Request): readonly Subject[] {
    const namespace = 'url' in request ? undefined : request.namespace;
    const allowing = new Map<Role, boolean>();
    const found = this.bindings.filter((binding) => {
      const role = binding.complaints.length === 0 ? this.roleOf(binding) : undefined;
      if (role === undefined || (binding.namespace !== undefined && binding.namespace !== namespace)) return false;
      const known = allowing.get(role) ?? this.rulesOf(role).some((rule) => allows(rule, request));
      allowing.set(role, known);
      return known;
    });
    return [...new Map(found.flatMap(({ subjects }) => subjects.map((one) => [subjectTitle(one), one]))).values()];
  }

  /** What the bindings give that name a title; worked out once, for everybody of a kind belongs to the same groups. */
  #markedOf(title: string): Marked {
    const known = this.#markedBySubject.get(title);
    if (known !== undefined) return known;
    const marked = union(
      this.bindingsNaming([title]).map((binding) => {
        const role = this.roleOf(binding);
        return grantedAt(binding.namespace, role === undefined ? 0n : this.#marksOf(role));
      }),
    );
    this.#markedBySubject.set(title, marked);
    return marked;
  }

  #marksOf(role: Role): Marks {
    return this.#aggregation.marksOf(role);
  }
}

/** What a member of system:masters has. */
export const everything: RisksByPlace = placer()(grantedAt(undefined, marksOfRules(clusterAdmin.rules)));

/** Of objects with one name the later one counts, as when they are applied in turn. */
function lastOfEach<T extends { readonly title: string }>(objects: readonly T[]): readonly T[] {
  return [...new Map(objects.map((object) => [object.title, object])).values()];
}

function bindingsBySubject(bindings: readonly Binding[]): ReadonlyMap<string, readonly Binding[]> {
  const found = new Map<string, Set<Binding>>();
  for (const binding of bindings) {
    for (const title of binding.subjects.map(subjectTitle)) {
      found.set(title, (found.get(title) ?? new Set()).add(binding));
    }
  }
  return new Map([...found].map(([title, set]) => [title, [...set]]));
}

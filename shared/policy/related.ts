import { compileTemplate } from './compile-expression';
import { valueOf, type Frame, type Operand, type Scope } from './compile-scope';
import type { RelatedDetails } from './parse-definition';
import { shown, type Json } from './json';
import { idOf, propertyOfText, splitLast, SUBSCRIPTION, type Subject } from './subject';
import { sameText } from './text';
import { failed, Unknown } from './unknown';

/** A read that an existence check needs. Equal keys are equal reads. */
export interface RelatedQuery {
  readonly key: string;
  readonly type: string;
  /**
   * Where the resources are: the evaluated resource itself, an extension of it, its children, or anything in a resource
   * group or subscription.
   */
  readonly where: 'self' | 'extension' | 'children' | 'resourceGroup' | 'subscription';
  /** The ARM id that they are under: of the resource, the resource group or the subscription. */
  readonly scope: string;
  /** With a name, one resource: `parent/child`; a last part `?` is every child. Without, all of the type. */
  readonly name: string | undefined;
  /** The ARM id of that one resource. */
  readonly id: string | undefined;
  /** The name is made by a function that only Azure can compute: any resource of the type stands for it. */
  readonly isGuess: boolean;
}

/** What was read: resources, or why they could not be read. Undefined: not read yet. */
export type RelatedAnswer = readonly Json[] | { readonly unreadable: string } | undefined;

/** The compiled `then.details` of an existence check. */
export interface CompiledQuery {
  readonly type: Operand;
  readonly queryFor: (frame: Frame) => RelatedQuery | Unknown;
}

export function compileQuery(details: RelatedDetails, scope: Scope): CompiledQuery {
  const operand = (name: 'name' | 'resourceGroupName' | 'existenceScope'): Operand | undefined => {
    const template = details[name];
    return template === undefined ? undefined : compileTemplate(template, `then.details.${name}`, scope);
  };
  const type = compileTemplate(details.type, 'then.details.type', scope);
  const [name, group, existence] = [operand('name'), operand('resourceGroupName'), operand('existenceScope')];
  return {
    type,
    queryFor: (frame) => {
      const texts = [type, name, group, existence].map((each) =>
        each === undefined ? undefined : textOf(each, frame),
      );
      const [wanted, named, inGroup, inScope] = texts;
      const isGuess = named instanceof Unknown && named.kind === 'unpredictable';
      if (wanted instanceof Unknown || inGroup instanceof Unknown || inScope instanceof Unknown) {
        return [wanted, inGroup, inScope].find((each) => each instanceof Unknown) ?? failed('');
      }
      if (named instanceof Unknown && !isGuess) return named;
      const nameText = named instanceof Unknown ? undefined : named;
      return queryOf({ type: wanted ?? '', name: nameText, group: inGroup, existence: inScope, isGuess }, frame.origin);
    },
  };
}

function textOf(operand: Operand, frame: Frame): string | Unknown {
  const value = valueOf(operand, frame);
  if (typeof value === 'string' || value instanceof Unknown) return value;
  return failed(`a text is needed, not ${shown(value)}`).at('then.details');
}

interface Wanted {
  readonly type: string;
  readonly name: string | undefined;
  readonly group: string | undefined;
  readonly existence: string | undefined;
  readonly isGuess: boolean;
}

function queryOf(wanted: Wanted, subject: Subject): RelatedQuery {
  const { type, name, isGuess } = wanted;
  const [where, scope] = placeOf(wanted, subject);
  const id = name === undefined ? undefined : idIn(where, scope, { type, name, subject });
  const key = [type, where, scope, name ?? ''].join('|').toLowerCase();
  return { key, type, where, scope, name, id, isGuess };
}

type Where = RelatedQuery['where'];

function placeOf(wanted: Wanted, subject: Subject): readonly [Where, string] {
  const own = idOf(subject.resource);
  const [subscription = '', group = subscription] = containersOf(own);
  if (sameText(subject.type, SUBSCRIPTION) || sameText(wanted.existence ?? '', 'subscription')) {
    return ['subscription', subscription];
  }
  if (wanted.group !== undefined && wanted.group !== '') {
    return ['resourceGroup', `${subscription}/resourceGroups/${wanted.group}`];
  }
  if (isItself(wanted, subject)) return ['self', own];
  if (wanted.type.toLowerCase().startsWith(`${subject.type.toLowerCase()}/`)) return ['children', own];
  return isExtension(wanted.type) ? ['extension', own] : ['resourceGroup', group];
}

/** The ids of the subscription and, below it, of the resource group that an id lies in. */
function containersOf(id: string): readonly string[] {
  const found = /^(\/subscriptions\/[^/]+)(?:\/resourceGroups\/[^/]+)?/i.exec(id);
  return found === null ? [] : [found[1] ?? '', found[0]];
}

const isItself = ({ type, name }: Wanted, { type: own, resource }: Subject): boolean =>
  sameText(type, own) && name !== undefined && sameText(name, propertyOfText(resource, 'name'));

/** The id of the named resource; undefined when the name has not a part for every part of the type, or ends in `?`. */
function idIn(
  where: Where,
  scope: string,
  { type, name, subject }: { type: string; name: string; subject: Subject },
): string | undefined {
  if (where === 'self') return scope;
  const [namespace = '', ...types] = type.split('/');
  const given = name.split('/');
  const parents = where === 'children' && given.length < types.length ? namesOf(idOf(subject.resource)) : [];
  const names = [...parents, ...given];
  if (scope === '' || names.length !== types.length || names.includes('?')) return undefined;
  const base = where === 'children' ? splitLast(scope, '/providers/')[0] : scope;
  return `${base}/providers/${namespace}/${types.map((each, index) => `${each}/${names[index] ?? ''}`).join('/')}`;
}

function namesOf(id: string): readonly string[] {
  const [, below = ''] = splitLast(id, '/providers/');
  return below.split('/').filter((_, index) => index > 0 && index % 2 === 0);
}

/** Types whose resources hang on the resource that they are about («ARM: extension resources»). */
const isExtension = (type: string): boolean => EXTENSIONS.has(type.toLowerCase());

const EXTENSIONS: ReadonlySet<string> = new Set(
  [
    'Microsoft.AdvancedThreatProtection/advancedThreatProtectionSettings',
    'Microsoft.Authorization/locks',
    'Microsoft.Authorization/policyAssignments',
    'Microsoft.Authorization/policyExemptions',
    'Microsoft.Authorization/roleAssignments',
    'Microsoft.Automanage/configurationProfileAssignments',
    'Microsoft.Chaos/targets',
    'Microsoft.Chaos/targets/capabilities',
    'Microsoft.EventGrid/eventSubscriptions',
    'Microsoft.GuestConfiguration/guestConfigurationAssignments',
    'Microsoft.Insights/dataCollectionRuleAssociations',
    'Microsoft.Insights/diagnosticSettings',
    'Microsoft.Insights/vmInsightsOnboardingStatuses',
    'Microsoft.KubernetesConfiguration/extensions',
    'Microsoft.KubernetesConfiguration/fluxConfigurations',
    'Microsoft.KubernetesConfiguration/sourceControlConfigurations',
    'Microsoft.Maintenance/configurationAssignments',
    'Microsoft.PolicyInsights/attestations',
    'Microsoft.PolicyInsights/remediations',
    'Microsoft.RecoveryServices/backupProtectedItems',
    'Microsoft.Resources/links',
    'Microsoft.Resources/tags',
    'Microsoft.Security/advancedThreatProtectionSettings',
    'Microsoft.Security/assessments',
    'Microsoft.Security/assessments/subAssessments',
    'Microsoft.Security/defenderForStorageSettings',
    'Microsoft.Security/deviceSecurityGroups',
    'Microsoft.Security/informationProtectionPolicies',
    'Microsoft.Security/pricings',
    'Microsoft.Security/serverVulnerabilityAssessments',
    'Microsoft.Security/sqlVulnerabilityAssessments',
    'Microsoft.ServiceLinker/linkers',
  ].map((type) => type.toLowerCase()),
);

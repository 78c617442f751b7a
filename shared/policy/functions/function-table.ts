import { define, MANY, textAt, type TemplateFunction } from './arguments';
import { collectionFunctions } from './collection-functions';
import { dateFunctions } from './date-functions';
import { encodingFunctions } from './encoding-functions';
import { guidOf } from './guid';
import { ipRangeContains } from './ip-range';
import { logicFunctions } from './logic-functions';
import { numberFunctions } from './number-functions';
import { textFunctions } from './text-functions';

/** The functions that depend on nothing but their arguments («ARM template functions», «Azure Policy: policy functions»). */
const FUNCTIONS: readonly TemplateFunction[] = [
  ...collectionFunctions,
  ...dateFunctions,
  ...encodingFunctions,
  ...logicFunctions,
  ...numberFunctions,
  ...textFunctions,
  define('guid', [1, MANY], (args) => guidOf(args.map((_, at) => textAt(args, at)).join('-'))),
  define('ipRangeContains', 2, (args) => ipRangeContains(textAt(args, 0), textAt(args, 1))),
];

const TABLE: ReadonlyMap<string, TemplateFunction> = new Map(FUNCTIONS.map((each) => [each.name.toLowerCase(), each]));

/** A function by its name, without regard to case. */
export const functionNamed = (name: string): TemplateFunction | undefined => TABLE.get(name.toLowerCase());

/** The functions whose value depends on the definition, the resource or the evaluation, and the one that cannot be predicted. */
export const contextFunctions: ReadonlySet<string> = new Set([
  'current',
  'field',
  'parameters',
  'policy',
  'requestcontext',
  'resourcegroup',
  'subscription',
  'uniquestring',
  'utcnow',
]);

/** What templates may call and rules may not («Azure Policy: policy functions»); so are all that begin with `list`. */
export const forbiddenFunctions: ReadonlySet<string> = new Set(
  (
    'copyIndex dateTimeAdd dateTimeFromEpoch dateTimeToEpoch deployment environment extensionResourceId filter lambda ' +
    'lambdaVariables managementGroup managementGroupResourceId map mapValues groupBy newGuid objectKeys pickZones ' +
    'providers reduce reference references resourceId shallowMerge sort subscriptionResourceId tenant ' +
    'tenantResourceId toLogicalZone toObject variables'
  )
    .toLowerCase()
    .split(' '),
);

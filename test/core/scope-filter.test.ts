import fc from 'fast-check';
import type { Resource } from '../../shared/core/resource';
import {
  asksForGroup,
  outsideBecause,
  parseScopeFilter,
  type ScopeFilter,
  type ScopeFilterTexts,
} from '../../shared/core/scope-filter';
import { idIn, resource, subscription, subscriptionId } from '../given';

const none: ScopeFilterTexts = { subscriptions: '', resourceGroups: '', tags: '' };

function filterOf(texts: Partial<ScopeFilterTexts>): ScopeFilter {
  const filter = parseScopeFilter({ ...none, ...texts });
  if ('unreadable' in filter) throw new Error(filter.unreadable);
  return filter;
}

const network = resource(idIn('rg-Net-prod', 'Microsoft.Network/virtualNetworks/vnet'), { tags: { Env: 'prod' } });
const group = resource(`${subscription}/resourceGroups/rg-Net-prod`, { tags: { CostCenter: '42' } });
const bare: Resource = { ...network, tags: {} };

const isInside = (texts: Partial<ScopeFilterTexts>, subject = network, its: Resource | undefined = group): boolean =>
  outsideBecause(filterOf(texts), subject, its) === undefined;

test('without a filter everything is inside', () => {
  expect(filterOf({})).toEqual({ subscriptions: [], resourceGroups: [], tags: [] });
  expect(filterOf({ subscriptions: '  ', tags: '\t' })).toEqual({ subscriptions: [], resourceGroups: [], tags: [] });
  expect(isInside({})).toBe(true);
});

describe('subscriptions', () => {
  const other = '99999999-2222-4333-8444-555555555555';
  test.each<[string, string, boolean]>([
    ['its own', subscriptionId, true],
    ['its own in other letters', `${other}, ${subscriptionId.toUpperCase()}`, true],
    ['another one', other, false],
  ])('%s', (_, subscriptions, inside) => {
    expect(isInside({ subscriptions })).toBe(inside);
  });

  test('tell why one is outside', () => {
    expect(outsideBecause(filterOf({ subscriptions: other }), network, group)).toBe(
      `setting REMEDIATE_SUBSCRIPTIONS does not name ${subscriptionId}`,
    );
  });
});

describe('resource groups', () => {
  test.each<[string, boolean]>([
    ['rg-net-prod', true],
    ['RG-NET-*', true],
    ['*', true],
    ['*prod', true],
    ['*net*', true],
    ['rg-*-*-prod', false],
    ['rg-*-prod', true],
    ['rg*net*prod', true],
    ['rg-net', false],
    ['net-prod', false],
    ['rg-net-prod-*', false],
    ['*prod*prod', false],
    ['rg-net-prodprod', false],
    ['rg-net-pr*od', true],
    ['rg-net-pro*od', false],
    ['rg.net.prod', false],
    ['other,rg-net-prod', true],
  ])('%s', (resourceGroups, inside) => {
    expect(isInside({ resourceGroups })).toBe(inside);
  });

  test('take no name for a pattern, however odd', () => {
    const odd = resource(idIn('rg(a).b-c_d', 'Microsoft.Network/virtualNetworks/vnet'), {});
    expect(isInside({ resourceGroups: 'rg(a).b-c_d' }, odd)).toBe(true);
    expect(isInside({ resourceGroups: 'rg(a)xb-c_d' }, odd)).toBe(false);
  });

  test('are found fast in names that were made to be slow', () => {
    const slow = resource(idIn('a'.repeat(90), 'Microsoft.Network/virtualNetworks/vnet'), {});
    const started = performance.now();
    expect(isInside({ resourceGroups: `${'*a'.repeat(44)}*b` }, slow)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('leave a subscription itself outside', () => {
    const itself = resource(subscription, {});
    expect(isInside({ resourceGroups: 'rg-*' }, itself)).toBe(false);
  });
});

describe('tags', () => {
  test.each<[string, string, boolean]>([
    ['of the resource', 'Env=prod', true],
    ['with a name in other letters', 'ENV=prod', true],
    ['with a value in other letters', 'Env=Prod', false],
    ['with any value', 'env', true],
    ['with an empty value', 'Env=', false],
    ['of the resource group', 'costcenter=42', true],
    ['one of several', 'team=a, CostCenter = 42', true],
    ['with another value', 'Env=test', false],
    ['that nothing has', 'team', false],
  ])('%s', (_, tags, inside) => {
    expect(isInside({ tags })).toBe(inside);
  });

  test('hold a value with an equals sign', () => {
    expect(isInside({ tags: 'q=a=b' }, { ...network, tags: { q: 'a=b' } })).toBe(true);
  });

  test('of a group that is not there are none', () => {
    expect(outsideBecause(filterOf({ tags: 'CostCenter=42' }), bare, undefined)).toBe(
      'neither vnet nor its resource group has a tag of setting REMEDIATE_TAGS',
    );
  });

  test('ask for the group only where the resource does not tell', () => {
    expect(asksForGroup(filterOf({ tags: 'Env=prod' }), network)).toBe(false);
    expect(asksForGroup(filterOf({ tags: 'Env=prod' }), bare)).toBe(true);
    expect(asksForGroup(filterOf({ resourceGroups: 'rg-*' }), bare)).toBe(false);
  });
});

test('of several filters all have to let a subject through', () => {
  const texts = { subscriptions: subscriptionId, resourceGroups: 'rg-net-*', tags: 'env=prod' };
  expect(isInside(texts)).toBe(true);
  expect(isInside({ ...texts, subscriptions: '99999999-2222-4333-8444-555555555555' })).toBe(false);
  expect(isInside({ ...texts, resourceGroups: 'rg-app-*' })).toBe(false);
  expect(isInside({ ...texts, tags: 'env=test' })).toBe(false);
});

describe('what cannot be understood lets nothing through, and says which setting and what is needed', () => {
  test.each<[keyof ScopeFilterTexts, string, RegExp]>([
    ['subscriptions', 'production', /REMEDIATE_SUBSCRIPTIONS has "production"; the GUID of a subscription is needed/],
    ['subscriptions', `${subscriptionId},`, /REMEDIATE_SUBSCRIPTIONS has ""; the GUID/],
    ['subscriptions', `/subscriptions/${subscriptionId}`, /the GUID of a subscription is needed/],
    ['subscriptions', `${subscriptionId} ${subscriptionId}`, /the GUID of a subscription is needed/],
    ['resourceGroups', 'rg a', /REMEDIATE_RESOURCE_GROUPS has "rg a"; the name of a resource group/],
    ['resourceGroups', 'rg-a;rg-b', /REMEDIATE_RESOURCE_GROUPS/],
    ['resourceGroups', '^rg-[ab]$', /REMEDIATE_RESOURCE_GROUPS/],
    ['resourceGroups', 'rg-?', /REMEDIATE_RESOURCE_GROUPS/],
    ['resourceGroups', ',', /REMEDIATE_RESOURCE_GROUPS has ""/],
    ['resourceGroups', 'a'.repeat(91), /REMEDIATE_RESOURCE_GROUPS/],
    ['tags', '=prod', /REMEDIATE_TAGS has "=prod"; <name> or <name>=<value> is needed/],
    ['tags', 'env=prod,,team=a', /REMEDIATE_TAGS has ""/],
    ['tags', 'a/b=c', /REMEDIATE_TAGS/],
    ['tags', 'env%3Dprod', /REMEDIATE_TAGS/],
  ])('%s: %s', (setting, text, said) => {
    expect(parseScopeFilter({ ...none, [setting]: text })).toEqual({ unreadable: expect.stringMatching(said) });
  });

  test('and all mistakes are told at once', () => {
    const filter = parseScopeFilter({ subscriptions: 'a', resourceGroups: 'b c', tags: '=' });
    expect(filter).toEqual({ unreadable: expect.stringMatching(/SUBSCRIPTIONS.*; .*RESOURCE_GROUPS.*; .*TAGS/) });
  });
});

describe('whatever the text', () => {
  const guids = fc.uuid();
  const broken = fc.oneof(
    guids.chain((id) => fc.nat(35).map((at) => `${id.slice(0, at)}${id.slice(at + 1)}`)),
    guids.map((id) => `${id},`),
    guids.map((id) => `{${id}}`),
    fc.string({ minLength: 1 }).filter((text) => text.trim() !== ''),
  );
  const wrongGroups = fc
    .tuple(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(' x', '/', '?', '[a]', '+', ',,', '"', '\n.', '|', '\\'),
      fc.string(),
    )
    .map((parts) => `rg${parts.join('')}rg`);
  const wrongTags = fc
    .tuple(fc.constantFrom('', 'a<', '%', 'x&', '\\', 'a?', '/'), fc.constantFrom('=', '=b'), fc.string())
    .map((parts) => parts.join(''));

  test.each<[keyof ScopeFilterTexts, fc.Arbitrary<string>]>([
    ['subscriptions', broken],
    ['resourceGroups', wrongGroups],
    ['tags', wrongTags],
  ])('%s that are malformed let nothing through', (setting, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const filter = parseScopeFilter({ ...none, [setting]: text });
        expect(filter).toEqual({ unreadable: expect.stringMatching(/is needed/) });
      }),
      { numRuns: 500 },
    );
  });

  test('that is not empty, a filter is unreadable or restricts something', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('a', ',', '=', '*', ' ', '-', '1') }));
    fc.assert(
      fc.property(
        fc.constantFrom<keyof ScopeFilterTexts>('subscriptions', 'resourceGroups', 'tags'),
        text,
        (setting, some) => {
          fc.pre(some.trim() !== '');
          const filter = parseScopeFilter({ ...none, [setting]: some });
          if (!('unreadable' in filter)) expect(filter[setting].length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('a pattern matches a name exactly when the stars can be filled', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pattern, letters, (resourceGroups, name) => {
        const subject = resource(idIn(`x${name}`, 'Microsoft.Network/virtualNetworks/vnet'), {});
        expect(isInside({ resourceGroups: `x${resourceGroups}` }, subject)).toBe(fills(resourceGroups, name));
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The plainest way to say it: a star is nothing, or one more letter. */
function fills(pattern: string, name: string): boolean {
  if (pattern === '') return name === '';
  if (pattern.startsWith('*')) return fills(pattern.slice(1), name) || (name !== '' && fills(pattern, name.slice(1)));
  return name.startsWith(pattern.slice(0, 1)) && fills(pattern.slice(1), name.slice(1));
}

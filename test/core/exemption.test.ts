import fc from 'fast-check';
import { complaintsAbout, exemptionFor, type Exemption } from '../../shared/core/exemption';
import { groupId, network, networkId } from '../controls/landing-zone';
import { exempting, exemption } from '../exemptions-given';
import { stewardGroup, subscription } from '../given';

const now = '2026-03-01T08:00:00.000Z';
const group = `${subscription}/resourceGroups/rg-network`;
const managementGroup = '/providers/Microsoft.Management/managementGroups/mg-platform';

const isExempt = (one: Exemption, id = networkId, controlId = 'flow-logs', at = now): boolean =>
  exemptionFor(exempting(one), controlId, { id, resource: network }, at) !== undefined;

describe('an exemption covers', () => {
  test.each<[string, string, boolean]>([
    ['its resource', networkId, true],
    ['the resource, in other letters', networkId.toUpperCase(), true],
    ['everything in its resource group', group, true],
    ['everything in its subscription', subscription, true],
    ['everything below a management group that the subscription inherits from', managementGroup, true],
    ['nothing beside it', groupId, false],
    ['nothing in another group', stewardGroup, false],
    ['nothing in a group whose name is longer', `${group}-old`, false],
    ['nothing in a group whose name is shorter', group.slice(0, -1), false],
    ['nothing in another subscription', subscription.replace('1111', '2222'), false],
    ['nothing above it: a subnet does not exempt its network', `${networkId}/subnets/snet-nodes`, false],
  ])('%s', (_, scope, expected) => {
    expect(isExempt(exemption({ scope }))).toBe(expected);
  });

  test('only its controls', () => {
    expect(isExempt(exemption({ controls: ['Flow-Logs'] }))).toBe(true);
    expect(isExempt(exemption({ controls: ['assigned-policies'] }))).toBe(false);
  });

  test('until the moment at which it expires', () => {
    const one = exemption({ expires: now });
    expect(isExempt(one, networkId, 'flow-logs', '2026-03-01T07:59:59.999Z')).toBe(true);
    expect(isExempt(one)).toBe(false);
  });

  test('what it selects, and never what could not be read', () => {
    const inEurope = exemption({ selects: ({ location }) => location === 'westeurope' });
    expect(isExempt(inEurope)).toBe(true);
    expect(isExempt(exemption({ selects: () => false }))).toBe(false);
    const everything = exempting(exemption({ selects: () => true }));
    expect(exemptionFor(everything, 'flow-logs', { id: networkId }, now)).toBeUndefined();
  });
});

test('of several exemptions the one counts that lasts longest', () => {
  const sources = exempting(exemption(), exemption({ key: 'long', scope: group, expires: '2026-12-31T00:00:00.000Z' }));
  expect(exemptionFor(sources, 'flow-logs', { id: networkId }, now)?.key).toBe('long');
});

describe('scopes of any kind', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9._()-]{1,12}$/);
  const path = fc.array(name, { minLength: 1, maxLength: 6 }).map((names) => `${subscription}/${names.join('/')}`);

  test('cover whatever is below them, in any letters', () => {
    fc.assert(
      fc.property(path, fc.array(name, { maxLength: 4 }), fc.boolean(), (scope, below, loud) => {
        const id = [scope, ...below].join('/');
        return isExempt(exemption({ scope: loud ? scope.toUpperCase() : scope.toLowerCase() }), id);
      }),
    );
  });

  test('cover nothing of which only a part of a name begins as they do', () => {
    fc.assert(fc.property(path, name, (scope, more) => !isExempt(exemption({ scope }), `${scope}${more}`)));
  });

  test('cover nothing else', () => {
    fc.assert(
      fc.property(path, path, (scope, id) => {
        const isBelow = `${id.toLowerCase()}/`.startsWith(`${scope.toLowerCase()}/`);
        return isExempt(exemption({ scope }), id) === isBelow;
      }),
    );
  });
});

describe('an exemption is refused', () => {
  const rules = { now, controlIds: ['flow-logs', 'assigned-policies'] };

  test.each<[string, Partial<Exemption>, RegExp | undefined]>([
    ['not when all is right', {}, undefined],
    ['not when it has expired: that is said of it elsewhere', { expires: '2025-01-01T00:00:00.000Z' }, undefined],
    ['not when it ends in a year', { expires: '2027-03-01T23:59:59.999Z' }, undefined],
    ['for more than a year from now', { expires: '2027-03-04T23:59:59.999Z' }, /expires 2027-03-04 .* a year from now/],
    [
      'for more than a year after it was granted',
      { createdAt: '2025-06-01T00:00:00.000Z' },
      /expires 2026-06-30 is more than a year after it was granted, 2025-06-01/,
    ],
    ['not for a year after it was granted', { createdAt: '2025-07-01T00:00:00.000Z' }, undefined],
    ['without a date', { expires: '' }, /expires "" is no date/],
    ['with a grant that is no date', { createdAt: 'lately' }, /"lately", is no date/],
    [
      'of a control that is not known',
      { controls: ['flow-log'] },
      /control "flow-log" is not known; known are flow-logs/,
    ],
    ['of no id', { scope: 'vnet-spoke' }, /scope: "vnet-spoke" is not an ARM id/],
    ['of an empty scope', { scope: '' }, /scope: "" is not an ARM id/],
    ['of everything', { scope: '/' }, /is not an ARM id/],
    ['of a path that climbs', { scope: `${group}/../rg-prod` }, /is not allowed/],
    ['of a group with a slash behind it', { scope: `${group}/` }, /is not allowed/],
    ['of a management group, by the file', { scope: managementGroup }, /is not the ARM id of a subscription/],
    ['not of a management group, by a policy', { scope: managementGroup, source: 'policy' }, undefined],
    ['of something of the tenant, by a policy', { scope: `${managementGroup}/x/y`, source: 'policy' }, /scope/],
  ])('%s', (_, changed, complaint) => {
    const complaints = complaintsAbout(exemption(changed), rules);
    expect(complaints).toEqual(complaint === undefined ? [] : [expect.stringMatching(complaint)]);
  });
});

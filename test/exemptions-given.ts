import type { Exemption, ExemptionSources } from '../shared/core/exemption';
import { networkId } from './controls/landing-zone';

/** In force on the day of the tests, on one network. */
export function exemption(changed: Partial<Exemption> = {}): Exemption {
  return {
    key: 'file|one',
    title: 'Exemption of vnet-spoke from flow-logs',
    source: 'file',
    scope: networkId,
    controls: ['flow-logs'],
    owner: 'network team',
    reason: 'it moves in June',
    expires: '2026-06-30T23:59:59.999Z',
    ...changed,
  };
}

export function exempting(...exemptions: readonly Exemption[]): ExemptionSources {
  return { exemptions, invalid: [], unreadable: [] };
}

export const unreadable: ExemptionSources = {
  exemptions: [],
  invalid: [],
  unreadable: [{ source: 'file', key: 'file', title: 'The file of exemptions', reason: 'the file is no JSON object' }],
};

import { outcomeOf, proposalOf } from '../kubernetes/judgement';
import { nameOf } from './found';
import type { Report } from './report';

/** One JSON object: every finding, whatever its outcome, with its proposal, and what could not be read. */
export function renderJson({ found, problems }: Report): string {
  const findings = found.map(({ controlId, finding, place }) => ({
    controlId,
    outcome: outcomeOf(finding),
    resource: nameOf(finding.object),
    ...place,
    ...finding,
    proposal: proposalOf(finding),
  }));
  return `${JSON.stringify({ findings, problems }, null, 2)}\n`;
}

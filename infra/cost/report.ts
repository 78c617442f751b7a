import { asSentences } from './assumptions';
import type { Cost, Estate, Line } from './model';
import type { Prices } from './prices';

/** The cost of a month, for a person. */
export function reportOf(estate: Estate, cost: Cost, prices: Prices): string {
  return [
    headOf(estate),
    '',
    ...cost.lines.map(rowOf),
    row('Steward', '', cost.total),
    '',
    'Flow logs are the customer’s own, with Steward or without:',
    ...cost.flowLogs.map(rowOf),
    row('Flow logs', '', cost.flowLogsTotal),
    '',
    sourceOf(prices),
    ...asSentences,
    '',
  ].join('\n');
}

function headOf({ subscriptions, networks, clusters, eventsPerDay }: Estate): string {
  const counted = [
    counting(subscriptions, 'subscription'),
    counting(networks, 'network'),
    counting(clusters, 'cluster'),
    `${counting(eventsPerDay, 'event')} a day`,
  ];
  return `A month of ${counted.join(', ')}`;
}

const counting = (count: number, what: string): string => `${whole(count)} ${what}${count === 1 ? '' : 's'}`;

export function sourceOf({ currency, region, asOf, page }: Prices): string {
  return `${currency}, list prices of ${region} as of ${asOf}: inputs, to be checked at ${page}`;
}

function rowOf({ what, amount, unit, cost }: Line): string {
  return row(what, `${amountOf(amount)} ${unit}`, cost);
}

function row(what: string, amount: string, cost: number): string {
  return `  ${what.padEnd(28)}${amount.padStart(24)}${money(cost).padStart(12)}`;
}

function amountOf(amount: number): string {
  return amount >= 100 || Number.isInteger(amount) ? whole(amount) : amount.toPrecision(2);
}

/** With commas, whatever the machine's language is. */
export function whole(amount: number): string {
  return String(Math.round(amount)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function money(cost: number): string {
  const [units = '', cents = ''] = cost.toFixed(2).split('.');
  return `${whole(Number(units))}.${cents}`;
}

export interface Size {
  readonly name: string;
  readonly estate: Estate;
  readonly cost: Cost;
}

/** The table of README. */
export function tableOf(sizes: readonly Size[], prices: Prices): string {
  const rows = sizes.map(({ name, estate, cost }) => {
    const { subscriptions, networks, clusters, eventsPerDay } = estate;
    const { gbSeconds, logGb } = cost.quantities;
    const cells = [
      ...[subscriptions, networks, clusters, eventsPerDay, gbSeconds].map(whole),
      logGb.toFixed(3),
      money(cost.total),
      money(cost.flowLogsTotal),
    ];
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  const head = ['', 'subscriptions', 'networks', 'clusters', 'events a day', 'GB-s', 'log GB', 'Steward', 'flow logs'];
  return [
    `| ${head.join(' | ')} |`,
    `|${' --- |'.repeat(head.length)}`,
    ...rows,
    '',
    `Per month in ${sourceOf(prices)}.`,
    '',
  ].join('\n');
}

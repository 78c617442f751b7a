import { controls } from '../../shared/controls/index';
import { costOf, type Cost, type Estate, type Version } from './model';
import { optionsOf } from './options';
import { prices } from './prices';
import type { Size } from './report';
import { rowSizes } from './row-sizes';

const version: Version = {
  controls: controls.length,
  findingBytes: rowSizes.finding,
  postureBytes: rowSizes.posture,
};

/** With the prices, rows and controls of this version. */
export const costNow = (estate: Estate): Cost => costOf(estate, version, prices);

const sized = (name: string, options: string): Size => {
  const { estate } = optionsOf(options.split(' '));
  return { name, estate, cost: costNow(estate) };
};

/** Those that README shows. */
export const sizes: readonly Size[] = [
  sized('small', '--subscriptions 1 --networks 5 --clusters 1 --events-per-day 100'),
  sized('medium', '--subscriptions 10 --networks 100 --clusters 20 --events-per-day 3000'),
  sized('large', '--subscriptions 100 --networks 1000 --clusters 200 --events-per-day 30000'),
];

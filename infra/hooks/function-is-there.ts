import type { Arm } from './arm';

export interface Patience {
  readonly arm: Arm;
  readonly pause: (ms: number) => Promise<void>;
  readonly say: (text: string) => void;
  /** How often it is asked for, at most, every ten seconds. */
  readonly tries: number;
}

const tenSeconds = 10_000;

/** Waits until the function that takes events is listed: Event Grid refuses a subscription for one that is not. Throws when it never is. */
export async function functionIsThere(appId: string, { arm, pause, say, tries }: Patience): Promise<void> {
  for (let count = 1; count <= tries; count += 1) {
    const { status } = await arm('GET', `${appId}/functions/resource-changed?api-version=2025-03-01`);
    if (status === 200) return say('The function resource-changed is there.');
    if (status !== 404 && status < 500) throw new Error(`the app's functions cannot be read: status ${status}`);
    say(`Waiting for the function resource-changed (${count} of ${tries})`);
    await pause(tenSeconds);
  }
  throw new Error(
    'the app shows no function resource-changed after its deployment; look at its log stream, then run azd deploy again',
  );
}

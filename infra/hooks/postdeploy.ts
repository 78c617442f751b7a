import { setTimeout as sleep } from 'node:timers/promises';
import { functionIsThere } from './function-is-there';
import { inCommand, signedIn, valueOf } from './signed-in';

inCommand(async () =>
  functionIsThere(valueOf(process.env, 'STEWARD_APP_ID'), {
    arm: signedIn(process.env),
    pause: async (ms) => sleep(ms),
    say: console.log,
    tries: 60,
  }),
);

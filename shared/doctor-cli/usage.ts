export const usage = `npm run doctor -- [--json] [--subscription ID]

Says what is wrong with the deployment before anything fails, and what to do about each. It reads alone and writes
nothing. The settings are those of the app, from the environment; the rights are those of whoever runs it (az login).
What the app itself may do, GET /api/doctor of the app tells.

  --json               print the report as JSON
  --subscription ID    only this one, of those that are kept

  ✔ right   ! right, and something has to be done soon   ✖ wrong   ? could not be looked at   - does not apply

Exit code: 0 all right, 1 it cannot run, 2 something is wrong or unknown.
`;

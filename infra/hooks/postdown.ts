import { outside } from './outside';
import { inCommand, signedIn, valueOf } from './signed-in';

inCommand(async () => {
  const arm = signedIn(process.env);
  const subscriptionId = valueOf(process.env, 'AZURE_SUBSCRIPTION_ID');
  const principalId = valueOf(process.env, 'STEWARD_PRINCIPAL_ID');
  for (const id of await outside({ subscriptionId, principalId }, arm)) {
    const version = /\/role(Assignments|Definitions)\//i.test(id) ? '2022-04-01' : '2025-03-01';
    const { status } = await arm('DELETE', `${id}?api-version=${version}`);
    if (status >= 400 && status !== 404) throw new Error(`${id} cannot be removed: status ${status}`);
    console.log(`Removed ${id}`);
  }
});

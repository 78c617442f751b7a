/**
 * Does work of the same key one batch after the other: what is asked for while a batch is under way is the next batch.
 * Resolves when the batch is done; rejects with everybody else's in it.
 */
export function inBatches<T>(
  work: (key: string, batch: readonly T[]) => Promise<void>,
): (key: string, one: T) => Promise<void> {
  const next = new Map<string, { readonly batch: T[]; readonly done: Promise<void> }>();
  const running = new Map<string, Promise<void>>();

  return (key, one) => {
    const open = next.get(key);
    if (open !== undefined) {
      open.batch.push(one);
      return open.done;
    }
    const batch = [one];
    const done = (running.get(key) ?? Promise.resolve()).then(() => {
      next.delete(key);
      return work(key, batch);
    });
    next.set(key, { batch, done });
    const ended = done.then(
      () => undefined,
      () => undefined,
    );
    running.set(key, ended);
    void ended.then(() => running.get(key) === ended && running.delete(key));
    return done;
  };
}

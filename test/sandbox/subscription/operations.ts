import { randomUUID } from 'node:crypto';
import type { FaultAnswer } from './faults';
import type { Answer } from './wire';

export interface OperationError {
  readonly code: string;
  readonly message: string;
}

export interface OperationState {
  readonly status: 'InProgress' | 'Succeeded' | 'Failed';
  readonly error?: OperationError;
  /** What a `Location` answers once the operation has ended well. */
  readonly result?: Answer;
}

export interface StartedOperation {
  readonly id: string;
  /** Ends with the error of a failed operation, with undefined when it went well; rejects when the cloud closes first. */
  readonly settled: Promise<OperationError | undefined>;
}

export interface OperationStart {
  readonly ms: number;
  readonly fault: FaultAnswer | undefined;
  readonly finish: (error: OperationError | undefined) => Answer;
}

/** The long-running operations of the cloud: they end by themselves, whether or not anyone polls. */
export interface Operations {
  start(work: OperationStart): StartedOperation;
  state(id: string): OperationState | undefined;
  /** How many will still end; those that a fault hangs are not counted. */
  running(): number;
  close(): void;
}

interface Running {
  state: OperationState;
  end?: () => void;
  readonly abandon: (reason: Error) => void;
}

export function createOperations(): Operations {
  const all = new Map<string, Running>();
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  return {
    start({ ms, fault, finish }) {
      const id = randomUUID();
      const settled = new Promise<OperationError | undefined>((resolve, reject) => {
        const running: Running = { state: { status: 'InProgress' }, abandon: reject };
        all.set(id, running);
        if (fault?.kind === 'operationHangs') return;
        const error = fault?.kind === 'operationFails' ? { code: fault.code, message: fault.message } : undefined;
        const end = (): void => {
          clearTimeout(timer);
          if (!timers.delete(timer) || closed) return;
          running.state = endState(error, finish(error));
          resolve(error);
        };
        const timer = setTimeout(end, ms);
        timers.add(timer);
        if (ms === 0) running.end = end;
      });
      settled.catch(() => undefined);
      return { id, settled };
    },
    state(id) {
      const running = all.get(id);
      running?.end?.();
      return running?.state;
    },
    running: () => timers.size,
    close() {
      closed = true;
      timers.forEach((timer) => {
        clearTimeout(timer);
      });
      timers.clear();
      for (const { state, abandon } of all.values()) {
        if (state.status === 'InProgress') abandon(new Error('the simulated subscription was closed'));
      }
    },
  };
}

const endState = (error: OperationError | undefined, result: Answer): OperationState =>
  error === undefined ? { status: 'Succeeded', result } : { status: 'Failed', error };

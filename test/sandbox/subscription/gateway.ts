import { setTimeout as wait } from 'node:timers/promises';
import { arm } from './arm';
import type { Authorization } from './authorization';
import { answerBlobs, isBlobService } from './blob-service';
import type { Cloud } from './cloud';
import { isClusterApi } from './clusters/index';
import type { Clusters } from './clusters/index';
import type { FaultAnswer } from './faults';
import { ingest, isIngestion } from './ingestion';
import type { Limits } from './limits';
import type { Answer, RecordedRequest, Request } from './wire';
import type { WriteResult } from './writes';

/** What became of a request; without an answer a fault cut the connection. */
export type Handled = { readonly answer?: Answer } & Omit<WriteResult, 'answer'>;

export interface Gateway {
  /** `bytes`: size of the body, for log ingestion. */
  handle(request: Request, bytes: number): Promise<Handled>;
  /** Notes a request that was refused before it came this far. */
  record(request: Request, answer: Answer, started: number): void;
  readonly requests: readonly RecordedRequest[];
}

/** What a request has to pass before it is answered. */
export interface Guards {
  readonly limits: Limits;
  readonly authorization: Authorization;
  readonly clusters: Clusters;
}

/** The one way in, for HTTP and for the deployer's own writes: faults, waiting, rights, limits, then the service; all recorded. */
export function createGateway(cloud: Cloud, { limits, authorization, clusters }: Guards): Gateway {
  const requests: RecordedRequest[] = [];
  const record = (request: Request, answer: Answer, started: number): void => {
    requests.push(recordOf(request, answer, started, cloud));
  };
  const answered = async (request: Request, fault: FaultAnswer | undefined): Promise<WriteResult> => {
    const credentials = await clusters.credentials(request);
    return credentials === undefined ? arm(cloud, request, fault) : { answer: credentials };
  };
  const answerOf = async (request: Request, bytes: number): Promise<Handled> => {
    const fault = await nextFault(cloud, request);
    if (fault?.kind === 'disconnect') return {};
    const latency = request.method === 'GET' ? cloud.settings.readMs : cloud.settings.writeMs;
    if (latency > 0) await wait(latency);
    if (fault?.kind === 'respond') return { answer: fault };
    if (isIngestion(request.path)) return { answer: ingest(cloud, request, bytes, cloud.rows) };
    if (isClusterApi(request.path)) return { answer: clusters.answer(request, authorization.may) };
    const unauthorized = authorization.refuse(request);
    if (unauthorized !== undefined) return { answer: unauthorized };
    if (isBlobService(request.path)) return { answer: answerBlobs(cloud, request) };
    const exempt = request.deployment === true;
    const { refusal, headers } = exempt ? { headers: {} } : limits.admit(request);
    const result = refusal === undefined ? await answered(request, fault) : { answer: refusal };
    return { ...result, answer: { ...result.answer, headers: { ...headers, ...result.answer.headers } } };
  };

  return {
    requests,
    record,
    async handle(request, bytes) {
      const started = performance.now();
      const handled = await answerOf(request, bytes);
      record(request, handled.answer ?? { status: 0 }, started);
      return handled;
    },
  };
}

/** The next fault for the request, after the delays that come before it. */
async function nextFault(cloud: Cloud, request: Request): Promise<FaultAnswer | undefined> {
  for (;;) {
    const fault = cloud.faults.next(request);
    if (fault?.kind !== 'delay') return fault;
    await wait(fault.ms);
  }
}

function recordOf(request: Request, answer: Answer, started: number, cloud: Cloud): RecordedRequest {
  const { method, path, query, caller, body } = request;
  const ms = performance.now() - started;
  return {
    at: new Date(cloud.settings.clock() - ms).toISOString(),
    method,
    path,
    query: Object.fromEntries(query),
    apiVersion: query.get('api-version') ?? undefined,
    caller,
    status: answer.status,
    ms,
    ...(body === undefined ? {} : { requestBody: body }),
    ...(answer.body === undefined ? {} : { responseBody: answer.body }),
    responseHeaders: lowerCased(answer.headers ?? {}),
  };
}

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

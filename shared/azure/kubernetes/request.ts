import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  decompressResponsePolicy,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { AzureError } from '../../core/errors';
import { quickRetries } from '../arm-reader';
import { toAzureError } from '../refusal';
import type { Place } from './kubeconfig';

/** The AKS server application, the same in every cloud (AKS: use kubelogin to authenticate). */
const tokenScope = '6dae42f8-4368-4678-94ff-3960e28e3630/.default';

/** Milliseconds until a question counts as not answered: its tries and the body of the answer included. */
const timeout = 30_000;

/** Bytes of one answer: an object has 1.5 MB at most, and a page of small ones stays far below. */
const mostBytes = 24_000_000;

export interface Patience {
  /** Milliseconds. */
  readonly timeout?: number;
}

/** Asks the API server for a path. Throws AzureError when it does not answer at all; any status is an answer. */
export type Ask = (path: string, patience?: Patience) => Promise<PipelineResponse>;

/** Code of an answer that is larger than what is taken at once. */
export const tooLarge = 'AnswerTooLarge';

/** An own authority is all that is trusted, and the token goes to no other host. */
export function askAt({ server, ca }: Place, credential: TokenCredential): Ask {
  const client = createDefaultHttpClient();
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(decompressResponsePolicy());
  for (const policy of quickRetries) pipeline.addPolicy(policy, { phase: 'Retry' });
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: tokenScope }), { phase: 'Sign' });
  const tlsSettings = { ca };
  return async (path, patience = {}) => {
    const bounds = boundsOf(patience.timeout ?? timeout);
    const request = createPipelineRequest({
      url: `${server}${path}`,
      abortSignal: bounds.signal,
      headers: createHttpHeaders({ accept: 'application/json' }),
      onDownloadProgress: ({ loadedBytes }) => bounds.heard(loadedBytes),
    });
    request.tlsSettings = tlsSettings;
    try {
      return await bounds.within(pipeline.sendRequest(client, request));
    } catch (error) {
      throw bounds.isTooLarge() ? largeAnswer() : failureOf(error, server);
    } finally {
      bounds.end();
    }
  };
}

interface Bounds {
  readonly signal: AbortSignal;
  readonly heard: (bytes: number) => void;
  /** The work, or a refusal at once when a bound is hit: a connection that breaks within a compressed body ends nothing. */
  readonly within: <T>(work: Promise<T>) => Promise<T>;
  readonly isTooLarge: () => boolean;
  /** Lets go of everything: what waits for the time to be over holds the answer until then. */
  readonly end: () => void;
}

function boundsOf(milliseconds: number): Bounds {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), milliseconds);
  let large = false;
  return {
    signal: stop.signal,
    heard: (bytes) => {
      if (bytes <= mostBytes) return;
      large = true;
      stop.abort();
    },
    within: (work) =>
      new Promise((resolve, reject) => {
        stop.signal.addEventListener('abort', () => reject(new AzureError(silence)), { once: true });
        work.then(resolve, reject);
      }),
    isTooLarge: () => large,
    end: () => clearTimeout(timer),
  };
}

const silence = { status: 0, code: 'NoAnswer', message: 'no answer in time', retryable: true };

function largeAnswer(): AzureError {
  const message = `an answer of more than ${mostBytes / 1_000_000} MB`;
  return new AzureError({ status: 0, code: tooLarge, message, retryable: false });
}

const distrust = /^(SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_|CERT_|ERR_TLS_|ERR_SSL_|EPROTO|ERR_OSSL_)/;

/** What stands between the app and the API server, as what a person can do something about. */
function failureOf(error: unknown, server: string): Error {
  const known = toAzureError(error);
  if (!(known instanceof AzureError)) return known instanceof Error ? known : new Error(String(known));
  if (known.status !== 0 || /^(CredentialUnavailable|Authentication|AggregateAuthentication)Error$/.test(known.code))
    return known;
  const host = new URL(server).hostname;
  if (distrust.test(known.code)) {
    const message = `what answers as ${host} does not show a certificate of the cluster’s authority (${known.code})`;
    return new AzureError({ status: 0, code: 'ClusterNotTrusted', message, retryable: false }, known);
  }
  const message = `the API server ${host} does not answer the app (${known.code})`;
  return new AzureError({ status: 0, code: 'ClusterNotReached', message, retryable: true }, known);
}

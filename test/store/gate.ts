import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Azurite } from '../sandbox/azurite';

export interface Passage {
  /** Lets what was held go on. */
  go(): void;
}

type Match = (request: { readonly method: string; readonly path: string }) => boolean;

/** What stands between one instance and its tables: tests hold, answer and cut what passes. */
export interface Gate {
  readonly connectionString: string;
  /** Holds the next request that matches before it reaches the tables; resolves when it is held. */
  holdRequest(match: Match): Promise<Passage>;
  /** Holds the answer to the next request that matches, after it has had its effect. */
  holdAnswer(match: Match): Promise<Passage>;
  /** Cuts the connection instead of the answer to the next request that matches, after it has had its effect. */
  loseAnswer(match: Match): void;
  /** Answers the next request that matches with a refusal. */
  refuse(match: Match, status: number): void;
  /** How many requests that match have passed. */
  passed(match: Match): number;
  /** Nothing passes until it goes on, as when an instance has lost its network. */
  stall(): Passage;
  close(): Promise<void>;
}

type Rule = { readonly match: Match } & (
  | { readonly kind: 'request' | 'answer'; readonly held: (passage: Passage) => void }
  | { readonly kind: 'refuse'; readonly status: number }
  | { readonly kind: 'lose' }
);

interface Road {
  readonly pause: (kind: 'request' | 'answer') => Promise<void>;
  readonly loses: boolean;
}

export async function gateTo(azurite: Azurite, service: 'Table' | 'Blob' = 'Table'): Promise<Gate> {
  const target = new URL(service === 'Table' ? azurite.tableUrl : azurite.blobUrl);
  const agent = new Agent({ keepAlive: true });
  const rules: Rule[] = [];
  let road = Promise.resolve();
  const passed: { readonly method: string; readonly path: string }[] = [];

  const server = createServer((incoming, response) => {
    const seen = { method: incoming.method ?? '', path: decodeURIComponent(incoming.url ?? '') };
    const rule = rules.find(({ match }) => match(seen));
    if (rule !== undefined) rules.splice(rules.indexOf(rule), 1);
    passed.push(seen);
    if (rule?.kind === 'refuse') return void response.writeHead(rule.status).end();
    const pause = (kind: 'request' | 'answer'): Promise<void> => {
      if (rule?.kind === kind) return new Promise((resolve) => rule.held({ go: resolve }));
      return kind === 'request' ? road : Promise.resolve();
    };
    void forward(incoming, response, { pause, loses: rule?.kind === 'lose' });
  });
  const forward = async (
    incoming: IncomingMessage,
    response: ServerResponse,
    { pause, loses }: Road,
  ): Promise<void> => {
    await pause('request');
    const { method, url, headers } = incoming;
    const outgoing = httpRequest({ host: target.hostname, port: target.port, method, path: url, headers, agent });
    outgoing.on('response', (answer) => {
      void pause('answer').then(() => {
        if (loses) return void incoming.socket.destroy();
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      });
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const holding = (kind: 'request' | 'answer', match: Match): Promise<Passage> =>
    new Promise((held) => rules.push({ match, kind, held }));

  return {
    connectionString: azurite.connectionString.replace(
      `${service}Endpoint=${target.origin}`,
      `${service}Endpoint=http://127.0.0.1:${port}`,
    ),
    holdRequest: (match) => holding('request', match),
    holdAnswer: (match) => holding('answer', match),
    loseAnswer: (match) => void rules.push({ match, kind: 'lose' }),
    refuse: (match, status) => void rules.push({ match, kind: 'refuse', status }),
    stall: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      road = promise;
      return { go: resolve };
    },
    passed: (match) => passed.filter(match).length,
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

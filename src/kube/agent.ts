import { Agent } from 'undici';
import type { Credentials } from './credentials.ts';
import { connectionError } from './failure.ts';
import { connectorFor } from './tunnel.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;

/** What a pool of connections is made of. */
export interface AgentOptions {
  readonly endpoint: string;
  readonly connections: number;
  readonly proxy: URL | undefined;
}

/** A pool of connections with the credentials of TLS, straight or through a proxy. Throws KubeError. */
export function createAgent(credentials: Credentials, { endpoint, connections, proxy }: AgentOptions): Agent {
  try {
    return new Agent({
      // A dead HTTP/2 session would be reused for ever (libraries-and-limits.md §4).
      allowH2: false,
      connections,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: connectorFor(
        { ...credentials.tls, allowH2: false, timeout: CONNECT_TIMEOUT_MS, keepAlive: true },
        proxy,
      ),
    });
  } catch (error) {
    throw connectionError(error, endpoint);
  }
}

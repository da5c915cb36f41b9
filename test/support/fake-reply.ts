import { type GetOptions, KubeError, type Reply } from '../../src/model/kube.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { PodHandshake, PodHandshakeOptions } from '../../src/model/pod-requests.ts';

/** What a path answers; a function is asked anew each time. */
export type FakeAnswer = string | { readonly status?: number; readonly body: string; readonly date?: string };

/** The moment every reply of the fake cluster is observed at. */
export const OBSERVED: Observation = {
  time: '2026-03-01T12:00:00.000Z',
  source: 'server-date',
  errorSeconds: 1,
};

const VERSION = JSON.stringify({ major: '1', minor: '36', gitVersion: 'v1.36.2', platform: 'linux/amd64' });

/** The answer a test gives for a path, as the cluster sends it; errors are thrown as src/kube does. */
export function reply(
  given: FakeAnswer | undefined,
  path: string,
  allowed: GetOptions['allowStatus'] | 'any',
): Reply {
  const answer =
    given ?? (path.startsWith('/version') ? VERSION : { status: 404, body: '404 page not found' });
  const {
    status = 200,
    body,
    date = 'Sun, 01 Mar 2026 12:00:00 GMT',
  } = typeof answer === 'string' ? { body: answer } : answer;
  if (status >= 300 && allowed !== 'any' && !allowed?.includes(status)) {
    const kind = status === 404 ? 'not-found' : status === 403 ? 'forbidden' : 'other';
    throw new KubeError(kind, `GET ${path} fails: ${body} (HTTP ${status})`, { status });
  }
  return {
    status,
    headers: { date, 'content-type': body.startsWith('{') ? 'application/json' : 'text/plain' },
    body: Buffer.from(body),
    truncated: false,
    observedAt: OBSERVED,
    sentAt: '2026-03-01T12:00:00.400Z',
    receivedAt: '2026-03-01T12:00:00.600Z',
  };
}

/** The certificates a test gives for a port of a pod; others refuse the connection. */
export function servedChain(
  chains: Readonly<Record<string, readonly string[]>> | undefined,
  { namespace, pod, port }: Pick<PodHandshakeOptions, 'namespace' | 'pod' | 'port'>,
): PodHandshake {
  const chain = chains?.[`${namespace}/${pod}:${port}`];
  if (chain === undefined)
    throw new KubeError('refused', `port ${port} of pod ${namespace}/${pod}: connection refused in the pod`);
  return { chain, protocol: 'TLSv1.3', observedAt: OBSERVED };
}

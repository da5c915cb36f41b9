import { connect } from '../../src/kube/connect.ts';
import type { Kube, KubeError } from '../../src/model/kube.ts';
import { type FakeApiServer, type FakeOptions, startFakeApiServer } from './fake-api-server.ts';

/** A fake API server and a connection to it. */
export interface KubeSession {
  readonly server: FakeApiServer;
  readonly kube: Kube;
  close(): Promise<void>;
}

/** A signal nobody fires. */
export const NEVER: AbortSignal = new AbortController().signal;

/** Starts a fake API server and connects to it by its own kubeconfig. */
export async function kubeSession(options: FakeOptions, user?: object): Promise<KubeSession> {
  const server = await startFakeApiServer(options);
  const kube = await connect({ kubeconfig: server.kubeconfig({ user }), signal: NEVER, env: {} });
  return {
    server,
    kube,
    async close() {
      await kube.close();
      await server.close();
    },
  };
}

/** The error a promise ends with; fails the test when it does not. */
export async function failureOf(work: Promise<unknown>): Promise<KubeError> {
  try {
    await work;
  } catch (error) {
    return error as KubeError;
  }
  throw new Error('expected an error, got none');
}

/** Drains an async iterable. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}

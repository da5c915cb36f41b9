import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { KubeError } from '../model/kube.ts';
import { oneLine } from './failure.ts';
import { openPodSocket, withRenewal } from './pod-socket.ts';
import { PORT_FORWARD_RULE } from './rbac-rule.ts';
import type { Transport } from './transport.ts';

/** Binary framing: the first byte of a message is the channel (kubelet, pkg/cri/streaming/portforward/websocket.go). */
const PROTOCOL = 'v4.channel.k8s.io';
const DATA_CHANNEL = 0;
const ERROR_CHANNEL = 1;

/** Each channel begins with the port number, little-endian. */
const PORT_BYTES = 2;

/** The port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/**
 * A byte stream to a port of a pod. Opening throws KubeError; so does the stream, when the port refuses or the
 * connection breaks. Credentials are read again once after a 401.
 */
export async function openPortForward(
  transport: Transport,
  target: PodPort,
  signal: AbortSignal,
): Promise<Duplex> {
  return withRenewal(transport, () => openOnce(transport, target, signal));
}

function openOnce(transport: Transport, target: PodPort, signal: AbortSignal): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const duplex = asDuplex(target);
  const onAbort = () => duplex.destroy(signal.reason);
  const request = { path: forwardPath(target), protocols: [PROTOCOL], rule: PORT_FORWARD_RULE };
  openPodSocket(transport, request, {
    attach(socket) {
      duplex.carry(socket);
      socket.on('open', () => resolve(duplex));
    },
    fail: (error) => duplex.destroy(error),
  });
  duplex.on('error', reject);
  duplex.on('close', () => signal.removeEventListener('abort', onAbort));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return promise;
}

function forwardPath(target: PodPort): string {
  const pod = `/api/v1/namespaces/${encodeURIComponent(target.namespace)}/pods/${encodeURIComponent(target.pod)}`;
  return `${pod}/portforward?ports=${target.port}`;
}

/** A byte stream over a socket that is given later. */
interface Carried extends Duplex {
  carry(socket: WebSocket): void;
}

function asDuplex(target: PodPort): Carried {
  let socket: WebSocket | undefined;
  const duplex = new Duplex({
    read: () => socket?.resume(),
    write: (chunk: Buffer, _encoding, done) =>
      socket?.send(Buffer.concat([Buffer.of(DATA_CHANNEL), chunk]), done),
    // The protocol cannot close one direction alone.
    final: (done) => done(),
    destroy(error, done) {
      socket?.terminate();
      done(error);
    },
  });
  const toSkip = new Map([
    [DATA_CHANNEL, PORT_BYTES],
    [ERROR_CHANNEL, PORT_BYTES],
  ]);
  // Binary frames arrive as one Buffer: `binaryType` of ws is `nodebuffer` unless changed.
  function onMessage(frame: unknown): void {
    const message = frame as Buffer;
    const channel = message[0] ?? -1;
    const skip = Math.min(toSkip.get(channel) ?? 0, message.length - 1);
    toSkip.set(channel, (toSkip.get(channel) ?? 0) - skip);
    const data = message.subarray(1 + skip);
    if (data.length === 0 || duplex.destroyed) return;
    if (channel === ERROR_CHANNEL) duplex.destroy(forwardError(data.toString('utf8'), target));
    else if (channel === DATA_CHANNEL && !duplex.push(data)) socket?.pause();
  }
  return Object.assign(duplex, {
    carry(given: WebSocket): void {
      socket = given;
      socket.on('message', onMessage);
      socket.on('close', () => {
        if (!duplex.destroyed) duplex.push(null);
      });
    },
  });
}

function forwardError(text: string, target: PodPort): KubeError {
  const where = `port ${target.port} of pod ${target.namespace}/${target.pod}`;
  if (/connection refused/i.test(text))
    return new KubeError('refused', `${where}: connection refused in the pod`);
  return new KubeError('other', `${where}: ${oneLine(text)}`);
}

import type { Observation } from './observation.ts';

/** One HTTP GET to a port of a pod, through port-forward of the API server. */
export interface PodGetOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  /** `https` does not check the pod's certificate: it is issued for names we do not use here. */
  readonly scheme: 'http' | 'https';
  /** Path with query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Shows the kubeconfig's client certificate, when it has one; a token is never sent to a pod. */
  readonly identify?: boolean;
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** A TLS handshake with a port of a pod, through port-forward; nothing is sent after it. */
export interface PodHandshakeOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  /** Name sent for SNI; none is sent without it. */
  readonly servername?: string;
  /** Deadline of everything; 15 s. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** What a port of a pod shows whoever speaks TLS to it, trusted or not. */
export interface PodHandshake {
  /** Served chain as PEM, leaf first; a self-signed root above the leaf is left out. */
  readonly chain: readonly string[];
  /** E.g. `TLSv1.3`. */
  readonly protocol: string | undefined;
  readonly observedAt: Observation;
}

/** A command in a container: arguments, never a shell line. */
export interface ExecOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly [string, ...string[]];
  /** Stdout is cut here, the command's connection ended and `truncated` set; 16 MiB. */
  readonly maxBytes?: number;
  /** Deadline of the whole exchange; 30 s. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** What a command wrote and how it ended. */
export interface ExecResult {
  readonly stdout: Buffer;
  /** The first 64 KiB. */
  readonly stderr: Buffer;
  /** Undefined when its output was cut. */
  readonly exitCode: number | undefined;
  readonly truncated: boolean;
}

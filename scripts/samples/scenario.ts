import type { ApiResource, Handshake, KubeError, PublicCredentials } from '../../src/model/kube.ts';
import type { NodeArchive } from './node-archive.ts';

/** An object as the API serves it. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** What a path of the API server, or a port of a pod, answers. */
export interface SampleReply {
  readonly status?: number;
  readonly body: string;
}

/** What a command in a container writes; with standard error when it fails. */
export type SampleOutput = string | { readonly stdout: string; readonly stderr: string };

/** One cluster at one moment, described by hand: what `collect` would find there. */
export interface Scenario {
  readonly name: string;
  /** ISO 8601: the moment of the collection, by all clocks. */
  readonly time: string;
  readonly context: string;
  readonly server: string;
  readonly credentials: PublicCredentials;
  readonly handshake: Pick<Handshake, 'addresses' | 'chain' | 'authorized' | 'authorizationError'>;
  /** As far as it differs when an instance behind the balancer is asked, by its address. */
  readonly instances?: Readonly<Record<string, Partial<Scenario['handshake']>>>;
  /** Set when the API server gives no answer: then nothing below is asked for. */
  readonly unreachable?: KubeError;
  readonly kinds: readonly ApiResource[];
  /** In the order the server lists them: by namespace, then name. */
  readonly objects: readonly ApiObject[];
  /** What has changed when a kind is listed for the second time. */
  readonly later: readonly ApiObject[];
  /** By `namespace/pod/container`, with `/previous` for the instance before; lines with kubelet timestamps. */
  readonly logs: ReadonlyMap<string, string>;
  /** By path without query. */
  readonly replies: Readonly<Record<string, SampleReply>>;
  /** By `namespace/pod:port/path` without query. */
  readonly podReplies: Readonly<Record<string, SampleReply>>;
  /** Files of nodes taken by hand, which `analyze` reads beside the bundle. */
  readonly archives?: readonly NodeArchive[];
  /** What a request the API server passes on to a kubelet fails with, by node. */
  readonly kubelets?: Readonly<Record<string, string>>;
  /** Output of commands by `namespace/pod/container command arguments`; no other is in any image. */
  readonly commands?: Readonly<Record<string, SampleOutput>>;
}

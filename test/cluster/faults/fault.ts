import type { CommandResult } from '../control-plane.ts';
import type { KwokDocument } from '../kwok.ts';
import type { KubernetesObject } from '../workload/object.ts';
import type { Seen } from './seen.ts';

/** What the first cause that touches a fault has to be. */
export interface ExpectedCause {
  readonly analyzer: string;
  readonly message: string;
  /** `<Kind> <namespace>/<name>` or `<Kind> <name>`; a trailing `*` stands for what a controller adds to a name. */
  readonly subject: string;
}

/** The cluster as a fault may touch it beyond creating objects. */
export interface FaultCluster {
  kubectl(args: readonly string[], input?: string): Promise<CommandResult>;
  apply(objects: readonly KubernetesObject[]): Promise<void>;
  /** Lets the containers of a fault have written these lines. */
  writeLog(namespace: string, lines: readonly string[]): Promise<void>;
  /** Makes the objects below this path in etcd, e.g. `cronjobs/<namespace>`, two hours older. */
  backdate(path: string): Promise<void>;
}

/** One thing that is wrong, staged in a namespace of the fault's name. */
export interface Fault {
  readonly name: string;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly objects: readonly KubernetesObject[];
  /** What kwok must know before it starts: the states of this fault's pods. */
  readonly kwok?: readonly KwokDocument[];
  /** Lines the containers of this fault have written, the newest seconds ago, and those of their last run. */
  readonly logs?: { readonly current?: readonly string[]; readonly previous?: readonly string[] };
  /** What happens after the objects were created. */
  afterwards?(cluster: FaultCluster): Promise<void>;
  /** Whether the controllers have said what this fault makes them say. */
  settled(seen: Seen): boolean;
  /** The first cause; `fine` when nothing is to be said of this namespace. */
  readonly expect: ExpectedCause | 'fine';
}

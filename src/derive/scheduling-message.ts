/** What a node lacks for a pod, as the scheduler's words tell. */
export type ObstacleKind =
  | 'resource'
  | 'taint'
  | 'nodeAffinity'
  | 'cordoned'
  | 'podAffinity'
  | 'topologySpread'
  | 'hostPort'
  | 'nodeName'
  | 'volume'
  | 'other';

/** One reason of a scheduling message. */
export interface SchedulingReason {
  readonly kind: ObstacleKind;
  readonly text: string;
  /** Nodes that gave this reason; undefined when it stops the pod before any node is looked at. */
  readonly count?: number;
  /** For `resource`; `pods` for "Too many pods". */
  readonly resource?: string;
  /** For `taint`, where the scheduler names it (not from 1.34 on). */
  readonly taint?: { readonly key: string; readonly value: string };
}

/** A scheduling message taken apart. Counts may add up to more than the nodes: a node may give several reasons. */
export interface SchedulingMessage {
  readonly nodes: number;
  readonly reasons: readonly SchedulingReason[];
}

const HEAD = /^\d+\/(\d+) nodes are available:\s*/;
const NO_NODES = /^no nodes available to schedule pods/;
const CORDON_TAINT = 'node.kubernetes.io/unschedulable';

/**
 * Parses the message of FailedScheduling, which is also that of the PodScheduled condition. The grammar and
 * its variants since 1.20: facts control-plane-and-nodes.md §7.5. Undefined for any other text.
 */
export function parseSchedulingMessage(message: string): SchedulingMessage | undefined {
  if (NO_NODES.test(message)) return { nodes: 0, reasons: [] };
  const head = HEAD.exec(message);
  if (!head) return undefined;
  const body = withoutPreemption(message.slice(head[0].length));
  const sentence = body.split(/\.(?:\s|$)/, 1)[0]?.trim() ?? '';
  const nodes = Number(head[1]);
  if (sentence === '' || sentence.startsWith('no new claims to deallocate')) return { nodes, reasons: [] };
  // Before any filter has run there is one reason for all nodes, and no count.
  if (!/^\d+ /.test(sentence)) return { nodes, reasons: [reasonOf(sentence)] };
  const reasons = sentence.split(/, (?=\d+ )/).map((part) => {
    const space = part.indexOf(' ');
    return { ...reasonOf(part.slice(space + 1)), count: Number(part.slice(0, space)) };
  });
  return { nodes, reasons };
}

/** What preemption could not do either repeats the grammar and is no reason of its own. */
function withoutPreemption(body: string): string {
  const at = body.search(/(?:^|\s)preemption:\s/);
  return at < 0 ? body : body.slice(0, at);
}

const PATTERNS: readonly (readonly [ObstacleKind, RegExp])[] = [
  ['cordoned', /^node\(s\) were unschedulable/],
  ['nodeName', /requested (?:node name|hostname)/],
  ['hostPort', /free ports/],
  ['topologySpread', /topology spread/],
  ['podAffinity', /pods? (?:anti-)?affinity|pod affinity\/anti-affinity/],
  ['nodeAffinity', /node affinity(?:\/selector)?$|node selector|\[NodeAffinity\]/],
  ['volume', /persistent ?volume|\bvolumes?\b|\bpvc\(s\)|\bfree storage\b|\bavailable disk\b/i],
];

function reasonOf(text: string): SchedulingReason {
  const resource = text === 'Too many pods' ? 'pods' : /^Insufficient (\S+)/.exec(text)?.[1];
  if (resource !== undefined) return { kind: 'resource', text, resource };
  const taint = /\btaint \{([^}]*)\}/.exec(text)?.[1];
  if (taint !== undefined) return taintReason(text, taint);
  if (/\buntolerated taint\(s\)/.test(text)) return { kind: 'taint', text };
  // The affinity of a PersistentVolume is told like that of a pod.
  if (/PersistentVolume|volume node affinity/.test(text)) return { kind: 'volume', text };
  return { kind: PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other', text };
}

function taintReason(text: string, taint: string): SchedulingReason {
  const colon = taint.indexOf(':');
  const key = colon < 0 ? taint : taint.slice(0, colon);
  if (key === CORDON_TAINT) return { kind: 'cordoned', text };
  return { kind: 'taint', text, taint: { key, value: colon < 0 ? '' : taint.slice(colon + 1).trim() } };
}

/** What keeps a pod from a node, as the scheduler's words tell. */
export type ObstacleKind =
  | 'resource'
  | 'taint'
  | 'nodeAffinity'
  | 'cordoned'
  | 'podAffinity'
  | 'podAntiAffinity'
  /** Pods that are there already refuse this one beside them. */
  | 'othersAntiAffinity'
  | 'topologySpread'
  /** No node label to spread or group by. */
  | 'topologyLabel'
  | 'hostPort'
  | 'claimMissing'
  | 'claimDeleted'
  | 'claimUnbound'
  /** The claim names a PersistentVolume that does not exist. */
  | 'volumeGone'
  /** The volume can be reached from other nodes or zones only. */
  | 'volumeElsewhere'
  /** No existing PersistentVolume fits, and none is provisioned. */
  | 'noVolume'
  | 'storageCapacity'
  | 'volumeLimit'
  | 'volumeInUse'
  | 'volume'
  /** Dynamic resource allocation: ResourceClaims and DeviceClasses. */
  | 'device'
  | 'other';

/** Why evicting other pods does not help either. */
export type PreemptionOutcome = 'forbidden' | 'noVictims' | 'unhelpful' | 'untold';

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
  /** What stands in quotes: the claim of a volume reason, the ResourceClaim or DeviceClass of a device reason. */
  readonly names: readonly string[];
}

/** A scheduling message taken apart. Counts may add up to more than the nodes: a node may give several reasons. */
export interface SchedulingMessage {
  readonly nodes: number;
  readonly reasons: readonly SchedulingReason[];
  readonly preemption: PreemptionOutcome;
}

const HEAD = /^\d+\/(\d+) nodes are available:\s*/;
const NO_NODES = /^no nodes available to schedule pods/;
const CORDON_TAINT = 'node.kubernetes.io/unschedulable';
/** What plugins say after the filters; it is no reason. */
const AFTERWORD = /^(?:no new claims to deallocate|still not schedulable)/;

/**
 * Parses the message of FailedScheduling, which is also that of the PodScheduled condition. The grammar and
 * its variants since 1.20: facts control-plane-and-nodes.md §7.5. Undefined for any other text.
 */
export function parseSchedulingMessage(message: string): SchedulingMessage | undefined {
  const preemption = preemptionOutcome(message);
  if (NO_NODES.test(message)) return { nodes: 0, reasons: [], preemption };
  const head = HEAD.exec(message);
  if (!head) return undefined;
  const body = withoutPreemption(message.slice(head[0].length));
  const sentence = body.split(/\.(?:\s|$)/, 1)[0]?.trim() ?? '';
  const nodes = Number(head[1]);
  if (sentence === '' || AFTERWORD.test(sentence)) return { nodes, reasons: [], preemption };
  // Before any filter has run there is one reason for all nodes, and no count.
  if (!/^\d+ /.test(sentence)) return { nodes, reasons: [reasonOf(sentence)], preemption };
  const reasons = sentence.split(/, (?=\d+ )/).map((part) => {
    const space = part.indexOf(' ');
    return { ...reasonOf(part.slice(space + 1)), count: Number(part.slice(0, space)) };
  });
  return { nodes, reasons, preemption };
}

/** What preemption could not do either repeats the grammar and is no reason of its own. */
function withoutPreemption(body: string): string {
  const at = body.search(PREEMPTION);
  return at < 0 ? body : body.slice(0, at);
}

const PREEMPTION = /(?:^|\s)preemption:\s/;

function preemptionOutcome(message: string): PreemptionOutcome {
  const at = message.search(PREEMPTION);
  const text = at < 0 ? '' : message.slice(at);
  if (/preemptionPolicy=Never/.test(text)) return 'forbidden';
  // One node where evicting might have helped says more than many where it cannot.
  if (/No preemption victims found/.test(text)) return 'noVictims';
  return /Preemption is not helpful/.test(text) ? 'unhelpful' : 'untold';
}

/** The first that matches; texts are those of the ErrReason constants in pkg/scheduler/framework/plugins. */
const PATTERNS: readonly (readonly [ObstacleKind, RegExp])[] = [
  ['device', /resource ?claim|cannot allocate all claims|device ?class/i],
  ['volumeGone', /non-existent (?:pv\(s\)|persistentvolume)/],
  ['claimMissing', /persistentvolumeclaim "[^"]*" not found/],
  ['claimDeleted', /persistentvolumeclaim "[^"]*" is being deleted/],
  ['claimUnbound', /unbound immediate PersistentVolumeClaims/],
  ['volumeElsewhere', /PersistentVolume's node affinity|volume node affinity|no available volume zone/],
  ['noVolume', /available persistent volumes to bind/],
  ['storageCapacity', /free storage/],
  ['volumeLimit', /max volume count/],
  ['volumeInUse', /already in-use by another pod|no available disk/],
  ['cordoned', /^node\(s\) were unschedulable/],
  ['hostPort', /free ports/],
  ['topologyLabel', /topology spread.*missing required label/],
  ['topologySpread', /topology spread/],
  ['othersAntiAffinity', /existing pods anti-affinity/],
  ['podAntiAffinity', /pod anti-affinity/],
  ['podAffinity', /pods? affinity/],
  ['nodeAffinity', /node affinity(?:\/selector)?$|node selector|\[NodeAffinity\]/],
  ['volume', /persistent ?volume|\bvolumes?\b|\bpvc\(s\)/i],
];

function reasonOf(text: string): SchedulingReason {
  const names = [...text.matchAll(/"([^"]+)"/g)].map((match) => match[1] as string);
  const resource = text === 'Too many pods' ? 'pods' : /^Insufficient (\S+)/.exec(text)?.[1];
  if (resource !== undefined) return { kind: 'resource', text, resource, names };
  const taint = /\btaint \{([^}]*)\}/.exec(text)?.[1];
  if (taint !== undefined) return taintReason(text, taint);
  if (/\buntolerated taint\(s\)/.test(text)) return { kind: 'taint', text, names };
  return { kind: PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other', text, names };
}

function taintReason(text: string, taint: string): SchedulingReason {
  const colon = taint.indexOf(':');
  const key = colon < 0 ? taint : taint.slice(0, colon);
  if (key === CORDON_TAINT) return { kind: 'cordoned', text, names: [] };
  const value = colon < 0 ? '' : taint.slice(colon + 1).trim();
  return { kind: 'taint', text, taint: { key, value }, names: [] };
}

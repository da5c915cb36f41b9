import type { Messages } from '../model/message.ts';

/** What every message of a pod that the scheduler has refused shares. */
export const UNSCHEDULABLE = {
  severity: ['critical', 'warning'],
  confidence: { level: 'certain', reason: 'the scheduler says so in the PodScheduled condition' },
  effect: 'pod-not-scheduled',
  explains: [
    { effect: 'service-without-endpoints', via: ['selected-by', 'same-object'] },
    { effect: 'workload-not-available', via: ['owned-by'] },
    { effect: 'telemetry-stale', via: ['same-object', 'owned-by'] },
    { effect: 'not-reconciled', via: ['owned-by'] },
    { effect: 'data-plane-not-connected', via: ['same-object'] },
  ],
} as const;

const SHOW_NODE = {
  text: 'See what the node offers and which pods ask for it.',
  argv: ['kubectl', 'describe', 'node', '{node.name}'],
} as const;
const SHOW_POD = {
  text: 'Read the whole message of the scheduler.',
  argv: ['kubectl', 'describe', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
} as const;
const SHOW_LABELS = {
  text: 'Compare with the labels of the nodes; label a node or correct the pod template.',
  argv: ['kubectl', 'get', 'nodes', '--show-labels'],
} as const;
const TOLERATE = {
  text: 'Tolerate the taint in the pod template if the pod belongs on such a node, or take it off a node meant for this pod.',
} as const;

/** Nodes that are too full, too small, tainted, cordoned or labelled otherwise, as the nodes themselves show. */
export const NODE_MESSAGES = {
  resourceShort: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled for lack of {resource:text}: it requests {requested:quantity}, and {node:object}, which comes nearest, has {free:quantity} left and lacks {lacks:text}; preemption {preemption:text}.',
    remedy: [SHOW_NODE, { text: 'Lower the requests of this or other pods, move pods away, or add a node.' }],
    key: ['resource'],
    groupBy: ['resource', 'node'],
  },
  tooManyPods: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: {node:object}, which comes nearest, holds the {limit:count} pods its kubelet allows.',
    remedy: [
      {
        text: 'Add a node, or raise `maxPods` of the kubelets where their pod network has addresses for more.',
      },
      {
        text: 'See how many pods each node allows.',
        argv: [
          'kubectl',
          'get',
          'nodes',
          '-o',
          'custom-columns=NAME:.metadata.name,PODS:.status.allocatable.pods',
        ],
      },
    ],
    groupBy: ['node'],
  },
  resourceTooLarge: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: it requests {requested:quantity} of {resource:text}, more than {node:object}, the largest node open to it, offers even when empty ({allocatable:quantity}).',
    remedy: [{ text: 'Lower the request, or add a larger node: more nodes of the same size do not help.' }],
    key: ['resource'],
  },
  resourceShortUnseen: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: {count:count} of {total:count} nodes have too little {resource:text} left.',
    remedy: [SHOW_POD, { text: 'Lower the requests of this or other pods, or add a node.' }],
    groupBy: ['resource'],
  },
  taintNotTolerated: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: {count:count} of {total:count} nodes carry a taint it does not tolerate ({taints:text}); {node:object}, which comes nearest, lacks {lacks:text}.',
    remedy: [TOLERATE],
    groupBy: ['taints'],
  },
  taintUnseen: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: {count:count} of {total:count} nodes carry a taint it does not tolerate ({taints:text}).',
    remedy: [
      {
        text: 'See the taints of the nodes.',
        argv: ['kubectl', 'get', 'nodes', '-o', 'custom-columns=NAME:.metadata.name,TAINTS:.spec.taints'],
      },
      TOLERATE,
    ],
    groupBy: ['taints'],
  },
  nodeUnwell: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: {node:object}, which comes nearest, is closed while it is not well ({taints:text}), as are {count:count} of {total:count} nodes.',
    remedy: [
      {
        text: 'Mend the node: the node controller takes the taint away when its condition is good again. Do not remove it by hand.',
        argv: ['kubectl', 'describe', 'node', '{node.name}'],
      },
    ],
    groupBy: ['taints'],
  },
  labelNotMatched: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: its node selector or affinity asks for {wanted:text}, and {count:count} of {total:count} nodes do not match; {node:object}, which comes nearest, lacks {lacks:text}.',
    remedy: [SHOW_LABELS],
  },
  labelUnseen: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: its node selector or affinity asks for {wanted:text}, and {count:count} of {total:count} nodes do not match.',
    remedy: [SHOW_LABELS],
  },
  cordoned: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: {count:count} of {total:count} nodes are cordoned ({nodes:text}); {node:object}, which comes nearest, lacks {lacks:text}.',
    remedy: [
      {
        text: 'Uncordon a node when its maintenance is over, or add one.',
        argv: ['kubectl', 'uncordon', '{node.name}'],
      },
    ],
    groupBy: ['nodes'],
  },
  cordonedUnseen: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: {count:count} of {total:count} nodes are cordoned.',
    remedy: [
      {
        text: 'Find the nodes marked `SchedulingDisabled`; uncordon one when its maintenance is over.',
        argv: ['kubectl', 'get', 'nodes'],
      },
    ],
  },
  hostPortTaken: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: it asks for host port {port:text}, which {holder:object} holds on {node:object}; {count:count} of {total:count} nodes are closed that way.',
    remedy: [{ text: 'Use a Service instead of `hostPort`, or no more replicas than nodes.' }],
    key: ['port'],
  },
  hostPortUnseen: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: on {count:count} of {total:count} nodes another pod holds a host port it asks for ({ports:text}).',
    remedy: [{ text: 'Use a Service instead of `hostPort`, or no more replicas than nodes.' }],
  },
} as const satisfies Messages;

/** Rules on the place beside other pods, devices, and what has no class of its own. */
export const PLACE_MESSAGES = {
  affinityUnmet: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: it has to stand beside pods that {count:count} of {total:count} nodes do not have ({rules:text}); of the others the scheduler says: {rest:text}.',
    remedy: [
      {
        text: 'See whether the pods it has to stand beside run at all and carry these labels; else make the affinity a preferred one.',
      },
      SHOW_POD,
    ],
  },
  antiAffinity: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: {count:count} of {total:count} nodes lie where a pod runs that it may not stand beside ({rules:text}); of the others the scheduler says: {rest:text}.',
    remedy: [
      {
        text: 'Required anti-affinity needs a node or zone for each replica: compare replicas with nodes, make the rule a preferred one, or add nodes. With as many replicas as nodes a rolling update needs `maxSurge: 0`.',
      },
    ],
  },
  othersAntiAffinity: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: on {count:count} of {total:count} nodes pods run whose own anti-affinity refuses it beside them; of the others the scheduler says: {rest:text}.',
    remedy: [
      {
        text: 'Look for pods with a required anti-affinity that matches the labels of this pod; the rule is theirs, not its own.',
      },
    ],
  },
  spreadUnmet: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: on {count:count} of {total:count} nodes it would break its topology spread ({rules:text}); of the others the scheduler says: {rest:text}.',
    remedy: [
      {
        text: 'The zone or node with fewest pods has no room: mend that one, or set `whenUnsatisfiable: ScheduleAnyway`. Nodes that are tainted or full count as places to spread to.',
      },
      SHOW_POD,
    ],
  },
  spreadLabelMissing: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: {count:count} of {total:count} nodes lack the label its topology spread goes by ({rules:text}); of the others the scheduler says: {rest:text}.',
    remedy: [SHOW_LABELS],
  },
  deviceNotAvailable: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: the devices it claims are not to be had on {count:count} of {total:count} nodes ({detail:text}).',
    remedy: [
      {
        text: 'See the ResourceClaims of the namespace: allocated, reserved for another pod, or pending.',
        argv: ['kubectl', 'get', 'resourceclaims', '-n', '{pod.namespace}'],
      },
      {
        text: 'See what the drivers offer and whether the DeviceClass exists.',
        argv: ['kubectl', 'get', 'resourceslices,deviceclasses'],
      },
    ],
  },
  notSchedulable: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: {detail:text}.',
    remedy: [SHOW_POD],
  },
  schedulerError: {
    ...UNSCHEDULABLE,
    text: '{pod:object} is not scheduled: the scheduler failed on it ({detail:text}).',
    remedy: [
      SHOW_POD,
      {
        text: 'The scheduler tries again by itself; if the error stays, read its log at the time of the error.',
      },
    ],
  },
} as const satisfies Messages;

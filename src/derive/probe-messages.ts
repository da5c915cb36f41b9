import type { Effect } from '../model/effect.ts';
import type { Confidence, Explains } from '../model/message.ts';
import type { ObjectRef } from '../model/subject.ts';
import { POD_SYMPTOMS } from './pod-symptoms.ts';
import type { ProbeFault } from './probe-fault.ts';

/** Where a pod that does not work shows elsewhere. */
export const PROBE_EXPLAINS = [
  ...POD_SYMPTOMS,
  // The end of the container itself is told by workload/crash-loop, whose status names no probe.
  { effect: 'pod-crashing', via: ['same-object'] },
  { effect: 'connection-failing', via: ['same-object', 'selected-by'] },
] as const satisfies readonly Explains[];

const SAYS_SO: Confidence = { level: 'certain', reason: 'the kubelet names what the probe meets' };
const LIKELY: Confidence = { level: 'likely', reason: 'the kubelet names what the probe meets, not why' };
const SHOW_PROBE = {
  text: 'See the probes and the ports of the pod.',
  argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
} as const;
const SHOW_EVENTS = {
  text: 'See what the kubelet reports of its probes.',
  argv: ['kubectl', 'describe', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
} as const;
const SHOW_LOG = {
  text: 'Read what the container writes.',
  argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '-c', '{container}'],
} as const;

/** One message for each fault of a probe; `lead` says what comes of it and takes `container` and `pod`. */
export function probeMessages<const Lead extends string, const S, const E extends Effect>(
  lead: Lead,
  severity: S,
  effect: E,
) {
  const fault = { severity, effect, explains: PROBE_EXPLAINS, key: ['container', 'probe'] } as const;
  return {
    portNotNamed: {
      ...fault,
      confidence: { level: 'certain', reason: 'the container declares no port of that name' },
      text: `${lead}: its {probe:text} probe names the port \`{port:text}\`, and no port of the container is called so.`,
      remedy: [
        { text: 'Give the port that name in the pod template, or write its number in the probe.' },
        SHOW_PROBE,
      ],
    },
    wrongPort: {
      ...fault,
      confidence: {
        level: 'likely',
        reason: 'the port refuses connections, and the log of the container names another',
      },
      text: `${lead}: its {probe:text} probe asks port {port:text}, but the application has port {listening:text}.`,
      remedy: [{ text: 'Set the port of the probe to the one the application listens on.' }, SHOW_PROBE],
    },
    listensOnLoopback: {
      ...fault,
      confidence: {
        level: 'likely',
        reason: 'the port refuses connections, and the log names the loopback address',
      },
      text: `${lead}: the application listens on {address:text} only, where the {probe:text} probe of the kubelet and other pods do not reach it.`,
      remedy: [{ text: 'Let the application listen on all addresses (0.0.0.0 or [::]).' }, SHOW_LOG],
    },
    notListening: {
      ...fault,
      confidence: LIKELY,
      text: `${lead}: nothing listens on port {port:text}, which its {probe:text} probe asks.`,
      remedy: [
        {
          text: 'Look whether the application has started, on which port and address, and how long it takes.',
        },
        SHOW_LOG,
        SHOW_PROBE,
      ],
    },
    wrongScheme: {
      ...fault,
      confidence: SAYS_SO,
      text: `${lead}: its {probe:text} probe speaks {asked:text}, but the port answers {spoken:text}.`,
      remedy: [
        {
          text: 'Set `scheme` of the probe, or use a `grpc` or `tcpSocket` probe, so that it fits what the port speaks.',
        },
        SHOW_PROBE,
      ],
    },
    wrongPath: {
      ...fault,
      confidence: SAYS_SO,
      text: `${lead}: the path \`{path:text}\` its {probe:text} probe asks does not exist (HTTP {status:text}).`,
      remedy: [
        {
          text: 'Correct `path` of the probe; a path below a context root or base path is a frequent cause.',
        },
        SHOW_PROBE,
      ],
    },
    refused: {
      ...fault,
      confidence: SAYS_SO,
      text: `${lead}: the application refuses its {probe:text} probe on \`{path:text}\` ({answer:text}).`,
      remedy: [
        { text: 'Open the path of the probe to requests without credentials: the kubelet sends none.' },
        SHOW_PROBE,
      ],
    },
    answersWithError: {
      ...fault,
      confidence: LIKELY,
      text: `${lead}: the application answers its {probe:text} probe with {answer:text}.`,
      remedy: [
        { text: 'The application says itself that it is not well: its log names why, often a dependency.' },
        SHOW_LOG,
      ],
    },
    tooImpatient: {
      ...fault,
      confidence: LIKELY,
      text: `${lead}: its {probe:text} probe gets no answer within {timeout:duration}.`,
      remedy: [
        {
          text: 'If the answer takes longer by nature, raise `timeoutSeconds` (its default is 1 s); else find what holds the application up: CPU limit, load, a dependency.',
        },
        SHOW_LOG,
      ],
    },
    unreachable: {
      ...fault,
      confidence: LIKELY,
      text: `${lead}: the kubelet does not reach the pod for its {probe:text} probe ({detail:text}).`,
      remedy: [
        {
          text: 'Look at the network between node and pod: the network plugin on the node, host firewall, NetworkPolicies of plugins that also filter the node.',
        },
        SHOW_EVENTS,
      ],
    },
    commandMissing: {
      ...fault,
      confidence: SAYS_SO,
      text: `${lead}: the command \`{command:text}\` of its {probe:text} probe cannot be run in the container.`,
      remedy: [
        {
          text: 'Use a program the image holds, with its full path, or an `httpGet`, `tcpSocket` or `grpc` probe.',
        },
        SHOW_EVENTS,
      ],
    },
    commandFails: {
      ...fault,
      confidence: LIKELY,
      text: `${lead}: the command \`{command:text}\` of its {probe:text} probe fails ({output:text}).`,
      remedy: [{ text: 'Run the command in the container to see what it finds.' }, SHOW_EVENTS, SHOW_LOG],
    },
    other: {
      ...fault,
      confidence: LIKELY,
      text: `${lead}: its {probe:text} probe fails ({detail:text}).`,
      remedy: [SHOW_EVENTS, SHOW_LOG],
    },
    unexplained: {
      ...fault,
      confidence: {
        level: 'certain',
        reason: 'the container status says so; what the probe meets is not in the bundle',
      },
      text: `${lead}: its {probe:text} probe does not succeed, and no event tells why.`,
      remedy: [SHOW_EVENTS, SHOW_LOG],
    },
  } as const;
}

type Of<Message extends string, Values> = { readonly message: Message; readonly values: Values };

/** What every probe message takes. */
export interface ProbeValues {
  readonly container: string;
  readonly pod: ObjectRef;
  readonly probe: string;
}

/** A fault as its message and values; `undefined` for one nothing tells about. */
export function probeFinding<B extends ProbeValues>(fault: ProbeFault | undefined, base: B) {
  if (!fault) return of('unexplained', base);
  switch (fault.kind) {
    case 'portNotNamed':
    case 'notListening':
      return of(fault.kind, { ...base, port: fault.port });
    case 'wrongPort':
      return of(fault.kind, { ...base, port: fault.port, listening: fault.listening });
    case 'listensOnLoopback':
      return of(fault.kind, { ...base, address: fault.address });
    case 'wrongScheme':
      return of(fault.kind, { ...base, asked: fault.asked, spoken: fault.spoken });
    case 'wrongPath':
      return of(fault.kind, { ...base, path: fault.path, status: String(fault.status) });
    case 'refused':
      return of(fault.kind, { ...base, path: fault.path, answer: fault.answer });
    case 'answersWithError':
      return of(fault.kind, { ...base, answer: fault.answer });
    case 'tooImpatient':
      return of(fault.kind, { ...base, timeout: fault.timeout });
    case 'unreachable':
    case 'other':
      return of(fault.kind, { ...base, detail: fault.detail });
    case 'commandMissing':
      return of(fault.kind, { ...base, command: fault.command });
    case 'commandFails':
      return of(fault.kind, { ...base, command: fault.command, output: fault.output });
  }
}

function of<M extends string, V>(message: M, values: V): Of<M, V> {
  return { message, values };
}

/** A confidence lower than the message's, where only a hint tells. */
export function probeConfidence(fault: ProbeFault | undefined): { confidence?: Confidence } {
  if (fault?.kind === 'wrongPort' && fault.told === 'ports')
    return {
      confidence: {
        level: 'possible',
        reason: 'the port refuses connections and is not among those the pod declares',
      },
    };
  if (fault?.kind === 'wrongScheme' && !fault.sure)
    return {
      confidence: { level: 'possible', reason: 'HTTP 400 on a port that by its name or number speaks TLS' },
    };
  return {};
}

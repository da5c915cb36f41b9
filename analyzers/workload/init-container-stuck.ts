import { services } from '../../src/artifacts/network-resources.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { isCrashLoop, lastEnd } from '../../src/derive/container-crash.ts';
import { type ContainerView, conditionSince, containersOf } from '../../src/derive/containers.ts';
import { exitCodeMeaning } from '../../src/derive/exit-codes.ts';
import { commandText, type WaitTarget, waitTarget } from '../../src/derive/init-wait.ts';
import { isToRun } from '../../src/derive/pod-start.ts';
import { POD_SYMPTOMS } from '../../src/derive/pod-symptoms.ts';
import { parseServiceAddress } from '../../src/derive/service-address.ts';
import { startFailureOf } from '../../src/derive/start-failure.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Input, logSignals, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** An init container that runs longer than this is called stuck (catalog P16): most end within seconds. */
const STUCK_SECONDS = 600;
/** A command is quoted up to this length. */
const COMMAND_LENGTH = 160;

const STUCK = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the container status says so' },
  key: ['container'],
  effect: 'pod-not-starting',
  explains: POD_SYMPTOMS,
} as const;
const BY_COMMAND = {
  level: 'likely',
  reason: 'the container runs on and its command names the host it waits for',
} as const;
const LOGS = {
  text: 'Read what the init container writes.',
  argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '-c', '{container}'],
} as const;
const LAST_LOGS = {
  text: 'Read what the init container wrote before it ended.',
  argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '-c', '{container}', '--previous'],
} as const;

/** Any container's log: only its last words are read. */
const anyLog = logSignals({ component: { id: 'any' }, patterns: {} });

export const initContainerStuck = defineAnalyzer({
  meta: {
    id: 'workload/init-container-stuck',
    title: 'Init container does not end',
    description:
      'Pods whose containers do not begin because an init container fails again and again, or waits for something.',
    messages: {
      crashes: {
        ...STUCK,
        text: 'Init container `{container:text}` of {pod:object} ends with exit code {code:count} ({meaning:text}) and was restarted {restarts:count} times, so the containers of the pod do not begin.',
        remedy: [
          LAST_LOGS,
          { text: 'Mend what its last lines name; the containers of the pod begin when it ends with 0.' },
        ],
        effect: 'pod-crashing',
      },
      waitsForService: {
        ...STUCK,
        confidence: BY_COMMAND,
        text: 'Init container `{container:text}` of {pod:object} has run for {age:duration}: its command waits for {service:object} (`{command:text}`).',
        remedy: [
          {
            text: 'See whether the Service has endpoints, and whether network policies let the pod reach it.',
            argv: [
              'kubectl',
              'get',
              'endpointslices',
              '-n',
              '{service.namespace}',
              '-l',
              'kubernetes.io/service-name={service.name}',
            ],
          },
          LOGS,
        ],
        groupBy: ['service'],
      },
      waitsForMissingService: {
        ...STUCK,
        confidence: BY_COMMAND,
        text: 'Init container `{container:text}` of {pod:object} has run for {age:duration}: its command waits for {service:object}, which does not exist (`{command:text}`).',
        remedy: [
          { text: 'Create the Service, or correct its name or namespace in the command of the container.' },
          LOGS,
        ],
        groupBy: ['service'],
      },
      waitsForHost: {
        ...STUCK,
        severity: 'warning',
        confidence: BY_COMMAND,
        text: 'Init container `{container:text}` of {pod:object} has run for {age:duration}: its command waits for host `{host:text}` (`{command:text}`).',
        remedy: [
          { text: 'Check that the name is resolved inside the cluster and that the host answers pods.' },
          LOGS,
        ],
        groupBy: ['host'],
      },
      neverEnds: {
        ...STUCK,
        severity: 'warning',
        confidence: {
          level: 'possible',
          reason: 'it runs on for long; whether it works or waits is not told',
        },
        text: 'Init container `{container:text}` of {pod:object} has run for {age:duration}, and the containers of the pod begin only when it ends.',
        remedy: [
          LOGS,
          {
            text: 'A container that is to run beside the others belongs to `containers`, or needs `restartPolicy: Always` (a sidecar, from Kubernetes 1.29 on).',
          },
        ],
      },
    },
    checks: {
      ended: { item: 'Init container ends', expected: 'ended with exit code 0', found: 'ended' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/pods/init-containers/',
      'https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/',
    ],
  },
  needs: { pods, services: optional(services), logs: optional(anyLog) },
  analyze(inputs, context) {
    for (const pod of inputs.pods.items) {
      if (!isToRun(pod)) continue;
      for (const container of containersOf(pod)) {
        if (!container.init || container.sidecar) continue;
        if (container.status.state?.terminated?.exitCode === 0) {
          context.looked({ check: 'ended', values: {}, subject: subjectOf(pod, container.pointer) });
        } else if (isCrashLoop(pod, container, context)) {
          reportCrash(pod, container, { context, ...inputs });
        } else reportWait(pod, container, { context, ...inputs });
      }
    }
    return undefined;
  },
});

interface Surroundings {
  readonly context: AnalyzeContext<
    typeof initContainerStuck.meta.messages,
    NonNullable<typeof initContainerStuck.meta.checks>
  >;
  readonly services: Input<typeof services>;
  readonly logs: Input<typeof anyLog>;
}

function reportCrash(pod: PodItem, container: ContainerView, { context, logs }: Surroundings): void {
  const ended = lastEnd(container);
  // Told by workload/container-not-created and workload/out-of-memory.
  if (startFailureOf(container) !== undefined || ended?.reason === 'OOMKilled') return;
  const tail = tailOf(pod, container, logs);
  const code = ended?.exitCode ?? 255;
  const since = conditionSince(pod, 'Initialized', 'False');
  const service = serviceOf(pod, waitTarget(container));
  context.report({
    message: 'crashes',
    values: {
      container: container.name,
      pod: subjectOf(pod),
      code,
      meaning: exitCodeMeaning(code),
      restarts: container.status.restartCount,
    },
    subject: subjectOf(pod, container.pointer),
    evidence: [context.at(pod, container.pointer), ...(tail ? [{ cite: 'tail', tail } as const] : [])],
    ...(service ? { related: [service] } : {}),
    ...(since ? { since } : {}),
  });
}

function reportWait(pod: PodItem, container: ContainerView, surroundings: Surroundings): void {
  const { context, logs } = surroundings;
  const startedAt = container.status.state?.running?.startedAt;
  const age = context.age(startedAt, pod);
  if (!age || isOlder(age, STUCK_SECONDS) !== true) return;
  const tail = tailOf(pod, container, logs);
  const target = waitTarget(container);
  const evidence: EvidenceRefs = [
    context.at(pod, `${container.pointer}/state`),
    ...(tail ? [{ cite: 'tail', tail } as const] : []),
  ];
  const common = {
    subject: subjectOf(pod, container.pointer),
    evidence,
    ...(startedAt ? { since: startedAt } : {}),
  };
  const base = { container: container.name, pod: subjectOf(pod), age: Math.round(age.seconds) };
  if (!target) {
    context.report({ message: 'neverEnds', values: base, ...common });
    return;
  }
  const command = cut(commandText(container));
  const found = findService(pod, target, surroundings);
  if (!found) {
    context.report({ message: 'waitsForHost', values: { ...base, host: target.host, command }, ...common });
    return;
  }
  const { service, exists } = found;
  const values = { ...base, service, command };
  const related = [service];
  if (exists) {
    context.report({ message: 'waitsForService', values, ...common, related });
    return;
  }
  const { namespace = '', name } = service;
  const missing = context.absent({ artifact: services, scope: { type: 'namespace', namespace }, name });
  context.report({
    message: 'waitsForMissingService',
    values,
    ...common,
    evidence: [...evidence, missing],
    related,
  });
}

/** The Service a host names, when it surely is one: it exists, or its form tells that one is meant. */
function findService(
  pod: PodItem,
  target: WaitTarget,
  { services: collection }: Surroundings,
): { service: ObjectRef; exists: boolean } | undefined {
  const service = serviceOf(pod, target);
  if (!service) return undefined;
  const { state } = collection.lookup(service);
  if (state === 'present') return { service, exists: true };
  const form = parseServiceAddress(target.host, '')?.form;
  // `name.namespace` may be a domain of the world; what is told by `.svc` or one bare label may not.
  if (state === 'absent' && form !== 'qualified') return { service, exists: false };
  return undefined;
}

function serviceOf(pod: PodItem, target: WaitTarget | undefined): ObjectRef | undefined {
  const address = target && parseServiceAddress(target.host, pod.metadata.namespace ?? '');
  const aliases = pod.spec?.hostAliases?.flatMap(({ hostnames }) => hostnames ?? []) ?? [];
  if (!address || aliases.includes(target.host)) return undefined;
  const { namespace, name } = address;
  return { group: '', kind: 'Service', namespace, name };
}

function tailOf(pod: PodItem, container: ContainerView, logs: Input<typeof anyLog>) {
  const { namespace = '', name } = pod.metadata;
  return logs.lastWords({ namespace, pod: name, container: container.name });
}

function cut(command: string): string {
  return command.length > COMMAND_LENGTH ? `${command.slice(0, COMMAND_LENGTH)}…` : command;
}

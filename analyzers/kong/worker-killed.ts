import { kubeletStatsSummary } from '../../src/artifacts/kubelet-stats-summary.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type ContainerView, containersOf } from '../../src/derive/containers.ts';
import { kongContainer } from '../../src/derive/kong-containers.ts';
import { bareContainerId, memoryKills } from '../../src/derive/memory-kills.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { POD_SYMPTOMS } from '../../src/derive/pod-symptoms.ts';
import { parseQuantity, quantityText } from '../../src/derive/quantity.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Inputs, logSignals, optional } from '../../src/model/artifact.ts';
import type { Confidence } from '../../src/model/message.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

/** A worker killed longer ago was replaced within a second and is history. */
const RECENT_SECONDS = 3600;
const DAY_SECONDS = 86_400;
/** Memory this near to its limit shows what kills. */
const NEAR = 0.85;

/** nginx's master writes how a worker ended (src/os/unix/ngx_process.c). */
const workerLog = logSignals({
  component: { id: 'kong' },
  patterns: {
    killed: { any: [' exited on signal 9'], re: /worker process \d+ exited on signal 9\b/ },
    crashed: {
      any: [' exited on signal ', 'cannot be respawned'],
      re: /worker process \d+ exited (?:on signal (?!9\b)(?<signal>\d+)|with fatal code)/,
    },
  },
});

const needs = {
  pods,
  log: workerLog,
  kills: memoryKills,
  summaries: optional(kubeletStatsSummary),
};

const LOST = {
  // As a node that runs out of memory explains it.
  effect: 'pod-crashing',
  explains: [
    ...POD_SYMPTOMS,
    { effect: 'pod-crashing', via: ['same-object'] },
    { effect: 'data-plane-configuration-old', via: ['same-object'] },
  ],
} as const;
const LIMIT = {
  text: 'Raise the memory limit, or lower what workers hold: `KONG_NGINX_WORKER_PROCESSES` (each has its own Lua memory and caches), `KONG_MEM_CACHE_SIZE`, the size of the configuration. Each push of a configuration needs room for the old and the new one.',
  argv: ['kubectl', 'top', 'pod', '{pod.name}', '-n', '{pod.namespace}', '--containers'],
} as const;

export const workerKilled = defineAnalyzer({
  meta: {
    id: 'kong/worker-killed',
    title: 'Kong worker killed',
    description:
      'Workers of Kong that were killed or crashed while the container runs on: no restart and no `OOMKilled` shows them.',
    messages: {
      killed: {
        ...LOST,
        severity: ['critical', 'warning', 'info'],
        confidence: {
          level: 'likely',
          reason:
            'nobody but the kernel kills a single worker with signal 9; why it did is not in the log of Kong',
        },
        text: 'In {pod:object} workers of Kong are killed with signal 9, {count:count} so far, last {last:time}, most likely for memory ({memory:text}); the container runs on, so the pod shows neither a restart nor `OOMKilled`.',
        remedy: [
          LIMIT,
          {
            text: 'The log of the kernel on the node says whether the container or the node ran out of memory.',
          },
        ],
      },
      crashed: {
        ...LOST,
        severity: ['critical', 'warning', 'info'],
        confidence: { level: 'certain', reason: 'nginx writes it' },
        text: 'In {pod:object} workers of Kong crash with signal {signal:text} ({name:text}), {count:count} so far, last {last:time}; nginx starts others, and the pod shows no restart.',
        remedy: [
          {
            text: 'Look for a native library or a plugin that came with the last change, and for known crashes of the version; a core dump names the place.',
            argv: [
              'kubectl',
              'logs',
              '{pod.name}',
              '-n',
              '{pod.namespace}',
              '-c',
              '{container}',
              '--since=24h',
            ],
          },
          { text: 'The lines are those of container `{container:text}`.' },
        ],
        key: ['signal'],
      },
    },
    checks: {
      alive: { item: 'Kong keeps its workers', expected: 'no worker ended by a signal', found: 'none' },
    },
    references: [
      'nginx src/os/unix/ngx_process.c: "%s %P exited on signal %d"',
      'Kong/kong issues 6547, 9860: memory grows with each full configuration',
    ],
  },
  needs,
  appliesTo({ pods: { items, coverage } }) {
    if (items.some((pod) => !hasEnded(pod) && kongContainer(pod))) return true;
    if (!coverage.complete) return { applies: 'unseen', gaps: coverage.gaps };
    return { applies: false, reason: 'no pod runs Kong' };
  },
  analyze(inputs, context) {
    const usage = memoryByContainer(inputs.summaries);
    for (const pod of inputs.pods.items) {
      if (hasEnded(pod) || pod.metadata.deletionTimestamp) continue;
      const kong = kongContainer(pod);
      const container = kong && containersOf(pod).find(({ name, init }) => name === kong.name && !init);
      if (container?.status.state?.running) judge({ pod, container, usage }, inputs, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof workerKilled.meta.messages,
  NonNullable<typeof workerKilled.meta.checks>
>;
type Usage = ReadonlyMap<
  string,
  { readonly bytes: number; readonly document: object; readonly pointer: string }
>;

function memoryByContainer(summaries: Inputs<typeof needs>['summaries']): Usage {
  const usage = new Map<string, { bytes: number; document: object; pointer: string }>();
  for (const document of summaries.items) {
    for (const [podIndex, { podRef, containers }] of document.value.pods.entries()) {
      for (const [index, { name, memory }] of containers.entries()) {
        const bytes = memory?.workingSetBytes;
        if (bytes === undefined) continue;
        const pointer = `/pods/${podIndex}/containers/${index}/memory`;
        usage.set(`${podRef.namespace}/${podRef.name}/${name}`, { bytes, document, pointer });
      }
    }
  }
  return usage;
}

interface Running {
  readonly pod: PodItem;
  readonly container: ContainerView;
  readonly usage: Usage;
}

function judge(running: Running, inputs: Inputs<typeof needs>, context: Context): void {
  const { pod, container } = running;
  const { namespace = '', name } = pod.metadata;
  const owner = { namespace, pod: name, container: container.name };
  const subject = subjectOf(pod);
  const killed = lastOf('killed', running, inputs, context);
  const crashed = lastOf('crashed', running, inputs, context);
  if (killed) {
    const { values, cited, ...common } = killed;
    const memory = memoryOf(running, inputs, context);
    context.report({
      message: 'killed',
      ...common,
      values: { ...values, memory: memory.text },
      evidence: [cited, ...memory.evidence] as unknown as EvidenceRefs,
      ...(memory.confidence ? { confidence: memory.confidence } : {}),
    });
  }
  if (crashed) {
    const { values, cited, signal, ...common } = crashed;
    const known = SIGNALS[signal] ?? 'a fatal error';
    context.report({
      message: 'crashed',
      ...common,
      values: { ...values, signal, name: known, container: container.name },
      evidence: [cited],
    });
  }
  if (killed || crashed) return;
  const seen = inputs.log.seen(owner);
  context.looked({
    check: 'alive',
    subject,
    ...(seen ? { values: {} } : { unseen: 'its log was not read' }),
  });
}

const SIGNALS: Readonly<Record<string, string>> = {
  4: 'illegal instruction',
  6: 'abort',
  7: 'bus error',
  11: 'segmentation fault',
};

/** The last such end of a worker within a day, in the current log; without a time nobody can tell whether it goes on. */
function lastOf(
  pattern: 'killed' | 'crashed',
  { pod, container }: Running,
  { log }: Inputs<typeof needs>,
  context: Context,
) {
  const { namespace = '', name } = pod.metadata;
  const all = log.matches(pattern, { namespace, pod: name, container: container.name });
  const matches = all.find(({ scope }) => scope.type === 'container' && !scope.previous);
  const hit = matches?.hits.at(-1);
  const last = hit?.time;
  if (!matches || !hit || last === undefined) return undefined;
  const age = context.age(last, matches);
  if (isOlder(age, DAY_SECONDS) !== false) return undefined;
  const recent = isOlder(age, RECENT_SECONDS) === false;
  const severity = !recent ? 'info' : container.status.ready ? 'warning' : 'critical';
  return {
    severity,
    subject: subjectOf(pod),
    since: matches.first ?? last,
    values: { pod: subjectOf(pod), count: matches.count, last },
    cited: { cite: 'matches', matches, hit } as const,
    signal: hit.captures.signal ?? 'none',
  } as const;
}

interface Memory {
  readonly text: string;
  readonly evidence: EvidenceRefs | readonly [];
  readonly confidence?: Confidence;
}

/** What is known of the container's memory: the kernel's own words, else use against limit. */
function memoryOf(
  { pod, container, usage }: Running,
  inputs: Inputs<typeof needs>,
  context: Context,
): Memory {
  const id = bareContainerId(container.status.containerID);
  const kill = inputs.kills
    .of(subjectKey(subjectOf(pod)))
    .find(({ containerId }) => id !== '' && containerId === id);
  const limit = container.spec?.resources?.limits?.memory;
  if (kill) {
    const text = kill.scope === 'limit' ? `its limit of ${limit ?? 'its pod'}` : 'its node had none left';
    const confidence = { level: 'certain', reason: 'the log of the kernel names the container' } as const;
    return { text, evidence: [{ cite: 'matches', matches: kill.matches, hit: kill.hit }], confidence };
  }
  const { namespace = '', name } = pod.metadata;
  const used = usage.get(`${namespace}/${name}/${container.name}`);
  const bytes = parseQuantity(limit);
  const spec = context.at(pod, container.pointer);
  if (!used)
    return {
      text: limit ? `limit ${limit}, use not measured` : 'no limit, use not measured',
      evidence: [spec],
    };
  const share = bytes ? used.bytes / bytes : 0;
  const text = `${quantityText('memory', used.bytes)} in use${limit ? ` of a limit of ${limit}` : ', no limit'}${share >= NEAR ? ', nearly all' : ''}`;
  return { text, evidence: [context.at(used.document, used.pointer), spec] };
}

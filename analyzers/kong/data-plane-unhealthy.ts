import {
  type KubeletContainerStats,
  kubeletStatsSummary,
} from '../../src/artifacts/kubelet-stats-summary.ts';
import { events, pods } from '../../src/artifacts/resources.ts';
import { containersOf } from '../../src/derive/containers.ts';
import { type CpuThrottling, cpuThrottling } from '../../src/derive/cpu-throttling.ts';
import { eventIndex, eventTime } from '../../src/derive/event-index.ts';
import { exitCodeMeaning } from '../../src/derive/exit-codes.ts';
import { GROUND_CHECKS, GROUND_MESSAGES } from '../../src/derive/kong-data-plane-ground.ts';
import { type DataPlaneView, kongDataPlanes } from '../../src/derive/kong-data-planes.ts';
import { kongPlanes } from '../../src/derive/kong-planes.ts';
import { probeKill } from '../../src/derive/probe-events.ts';
import { parseQuantity, quantityText } from '../../src/derive/quantity.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type DocumentItem, type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A restart longer ago is history. */
const RECENT_SECONDS = 3600;
/** Memory of its own this near to the limit: a push of the configuration needs room for the old and the new one. */
const NEAR = 0.9;
/** Share of throttled periods worth a line (CPUThrottlingHigh of kubernetes-mixin). */
const THROTTLED = 0.25;
/** nginx ends before the hook of the chart does (Kong/kong issues 4934, 9644). */
const NOISE: ReadonlySet<string | undefined> = new Set(['FailedPreStopHook']);

const needs = {
  pods,
  planes: kongPlanes,
  views: kongDataPlanes,
  events: optional(events),
  index: eventIndex,
  summaries: optional(kubeletStatsSummary),
  throttling: optional(cpuThrottling),
};

export const dataPlaneUnhealthy = defineAnalyzer({
  meta: {
    id: 'kong/data-plane-unhealthy',
    title: 'Kong data plane short of what it needs',
    description:
      'The ground a data plane stands on: restarts and why, warnings in its events, memory against its limit, CPU throttling.',
    messages: GROUND_MESSAGES,
    checks: GROUND_CHECKS,
    references: [
      'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
      'Kong/kong issues 6547, 9860: memory grows with each full configuration',
    ],
  },
  needs,
  appliesTo({ planes, pods: collection }) {
    if (planes.dataPlanes.length > 0) return true;
    if (!collection.coverage.complete) return { applies: 'unseen', gaps: collection.coverage.gaps };
    return { applies: false, reason: 'no pod runs a Kong data plane' };
  },
  analyze(inputs, context) {
    const figures = figuresOf(inputs);
    for (const view of inputs.views.planes) {
      judgeRestarts(view, inputs, context);
      judgeEvents(view, inputs, context);
      const key = keyOf(view);
      judgeMemory(view, figures.memory.get(key), context);
      judgeCpu(view, figures.cpu.get(key), context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof GROUND_MESSAGES, typeof GROUND_CHECKS>;
type Measured = { readonly stats: KubeletContainerStats; readonly document: DocumentItem<unknown> };

function keyOf({ plane: { pod, container } }: DataPlaneView): string {
  return `${pod.metadata.namespace}/${pod.metadata.name}/${container}`;
}

/** What kubelets measured of data planes, by namespace, pod and container. */
function figuresOf({ views, summaries, throttling = [] }: Inputs<typeof needs>) {
  const wanted = new Set(views.planes.map(keyOf));
  const memory = new Map<string, Measured>();
  const cpu = new Map<string, CpuThrottling>();
  if (wanted.size === 0) return { memory, cpu };
  for (const document of summaries.items) {
    for (const { podRef, containers } of document.value.pods) {
      for (const stats of containers) {
        const key = `${podRef.namespace}/${podRef.name}/${stats.name}`;
        if (wanted.has(key)) memory.set(key, { stats, document });
      }
    }
  }
  for (const one of throttling) cpu.set(`${one.namespace}/${one.pod}/${one.container}`, one);
  return { memory, cpu };
}

function containerOf({ plane }: DataPlaneView) {
  return containersOf(plane.pod).find(({ name, init }) => name === plane.container && !init);
}

function judgeRestarts(view: DataPlaneView, { index }: Inputs<typeof needs>, context: Context): void {
  const { plane, life } = view;
  const subject = subjectOf(plane.pod);
  const container = containerOf(view);
  const evidence = [context.at(plane.pod, life.pointer)] as const;
  const { restarts } = life;
  const end = container?.status.state?.terminated ?? container?.status.lastState?.terminated;
  const last = end?.finishedAt ?? undefined;
  if (!container) context.looked({ check: 'restarts', subject, unseen: 'its container has no status' });
  else if (
    restarts === 0 ||
    !end ||
    last === undefined ||
    isOlder(context.age(last, plane.pod), RECENT_SECONDS)
  ) {
    context.looked({ check: 'restarts', subject, values: { restarts }, evidence });
  } else {
    const killed = probeKill(container, index.about(plane.pod));
    const why = killed
      ? `its ${killed.probe} probe failed`
      : end.reason === 'OOMKilled'
        ? 'it reached its memory limit'
        : `exit code ${end.exitCode} (${exitCodeMeaning(end.exitCode)})`;
    const values = { pod: subject, container: plane.container, restarts, last, why };
    const cited = killed ? [...evidence, context.at(killed.event)] : evidence;
    context.report({ message: 'restarted', values, subject, evidence: cited as typeof evidence });
  }
}

/** Events explain a pod that is not well; of a healthy one they are history. */
function judgeEvents(view: DataPlaneView, inputs: Inputs<typeof needs>, context: Context): void {
  const { plane, life } = view;
  const subject = subjectOf(plane.pod);
  const covered = inputs.events.coverage.covers(plane.pod.metadata.namespace);
  const warnings = inputs.index
    .about(plane.pod)
    .filter(({ type, reason }) => type === 'Warning' && !NOISE.has(reason));
  const [last] = warnings;
  const isRecent = last && isOlder(context.age(eventTime(last), last), RECENT_SECONDS) === false;
  if (last && isRecent && (life.is === 'not running' || !life.ready)) {
    const values = {
      pod: subject,
      reason: last.reason ?? '',
      detail: (last.message ?? '').trim().slice(0, 300),
    };
    context.report({ message: 'warned', values, subject, evidence: [context.at(last)] });
  } else if (covered !== true && warnings.length === 0) {
    context.looked({ check: 'events', subject, unseen: `events were not seen: ${covered.reason}` });
  } else {
    const detail = last ? `last warning \`${last.reason}\`, overcome since` : 'no warning';
    context.looked({ check: 'events', subject, values: { detail } });
  }
}

function judgeMemory(view: DataPlaneView, measured: Measured | undefined, context: Context): void {
  const { plane } = view;
  const subject = subjectOf(plane.pod);
  const { memory } = measured?.stats ?? {};
  // Pages of the database count as working set, and are given back at need.
  const used = memory?.rssBytes;
  const text = containerOf(view)?.spec?.resources?.limits?.memory;
  const limit = parseQuantity(text);
  if (!measured || used === undefined) {
    context.looked({ check: 'memory', subject, unseen: 'usage was not collected (`--node-proxy`)' });
    return;
  }
  const evidence = [
    context.at(measured.document),
    context.at(plane.pod, `${plane.pointer}/resources`),
  ] as const;
  if (limit !== undefined && used >= limit * NEAR) {
    const values = { pod: subject, container: plane.container, used, limit };
    context.report({ message: 'memoryNearLimit', values, subject, evidence });
  } else {
    const detail = `${quantityText('memory', used)} of ${text ?? 'no limit'}`;
    context.looked({ check: 'memory', subject, values: { detail }, evidence });
  }
}

function judgeCpu({ plane }: DataPlaneView, measured: CpuThrottling | undefined, context: Context): void {
  const subject = subjectOf(plane.pod);
  if (!measured) {
    const unseen = 'no CPU limit that was reached, or counters were not collected (`--node-proxy`)';
    context.looked({ check: 'cpu', subject, unseen });
    return;
  }
  const percent = Math.round(measured.share * 100);
  const evidence = [context.at(measured.document)] as const;
  if (measured.share > THROTTLED) {
    context.report({ message: 'throttled', values: { pod: subject, percent }, subject, evidence });
  } else context.looked({ check: 'cpu', subject, values: { detail: `${percent} %` }, evidence });
}

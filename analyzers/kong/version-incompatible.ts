import { pods } from '../../src/artifacts/resources.ts';
import { controlPlaneOf, relatedOf } from '../../src/derive/kong-data-plane-case.ts';
import { untold } from '../../src/derive/kong-data-plane-checklist.ts';
import { type DataPlaneView, kongDataPlanes } from '../../src/derive/kong-data-planes.ts';
import { kongPlaneLog, lastLine, type PlaneLine } from '../../src/derive/kong-plane-log.ts';
import {
  isRefused,
  type KongVersion,
  kongVersion,
  versionVerdict,
} from '../../src/derive/kong-plane-version.ts';
import { kongPlanes } from '../../src/derive/kong-planes.ts';
import { hostNameOf } from '../../src/derive/kong-registry.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import { type Subject, subjectOf } from '../../src/model/subject.ts';

const EXPLAINS = [
  { effect: 'data-plane-not-connected', via: ['same-object'] },
  { effect: 'data-plane-configuration-old', via: ['same-object'] },
  { effect: 'pod-not-ready', via: ['same-object'] },
  { effect: 'workload-not-available', via: ['owned-by'] },
  { effect: 'service-without-endpoints', via: ['selected-by'] },
] as const;
const REMEDY = [
  {
    text: 'Run data planes of the same major version and of no newer minor version than the control plane: upgrade the control plane first, or take the data plane back.',
  },
  {
    text: 'See the images of both.',
    argv: [
      'kubectl',
      'get',
      'pods',
      '--all-namespaces',
      '-o',
      'custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name,IMAGES:.spec.containers[*].image',
    ],
  },
] as const;

const needs = { pods, planes: kongPlanes, views: kongDataPlanes, log: optional(kongPlaneLog) };

export const versionIncompatible = defineAnalyzer({
  meta: {
    id: 'kong/version-incompatible',
    title: 'Kong data plane of a version its control plane refuses',
    description:
      "Versions of data planes against that of their control plane by Kong's own rule: same major version, minor version no newer.",
    messages: {
      refused: {
        severity: 'critical',
        confidence: { level: 'certain', reason: 'the control plane says so' },
        text: '{pod:object} is turned away by {controlPlane:object} because of its version: data plane {version:text}, control plane {expected:text}.',
        remedy: REMEDY,
        groupBy: ['controlPlane', 'version', 'expected'],
        explains: EXPLAINS,
        check: 'version',
      },
      wouldBeRefused: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason:
            "the tags of the images and Kong's rule say so; neither list nor log of the control plane was seen",
        },
        text: '{pod:object} runs Kong {version:text}, which {controlPlane:object} with {expected:text} does not accept as a data plane.',
        remedy: REMEDY,
        groupBy: ['controlPlane', 'version', 'expected'],
        explains: EXPLAINS,
        check: 'version',
      },
    },
    checks: {
      version: {
        checklist: 'kong-data-plane',
        item: 'Control plane: version',
        expected: 'same major version as the control plane, minor version no newer',
        found: 'data plane {version:text}, control plane {expected:text}',
      },
    },
    references: [
      'https://developer.konghq.com/gateway/version-compatibility-in-hybrid-mode/',
      'Kong/kong 2.5 to 3.9: kong/clustering/compat/init.lua, check_kong_version_compatibility',
    ],
  },
  needs,
  appliesTo({ planes, pods: collection }) {
    if (planes.dataPlanes.length > 0) return true;
    if (!collection.coverage.complete) return { applies: 'unseen', gaps: collection.coverage.gaps };
    return { applies: false, reason: 'no pod runs a Kong data plane' };
  },
  analyze(inputs, context) {
    for (const view of inputs.views.planes) judge(view, inputs, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof versionIncompatible.meta.messages,
  NonNullable<typeof versionIncompatible.meta.checks>
>;

/** The version of a plane, and what says so. */
interface Known {
  readonly version: KongVersion;
  readonly evidence: EvidenceRef;
}

function judge(view: DataPlaneView, inputs: Inputs<typeof needs>, context: Context): void {
  const { plane } = view;
  const subject = subjectOf(plane.pod);
  const own = ownVersion(view, context);
  const other = controlPlaneVersion(view, context);
  const entry = 'entry' in plane.registration ? plane.registration.entry : undefined;
  const listed = entry?.row.syncStatus === 'kong_version_incompatible' && entry.state !== 'stale';
  const line = refusalLine(view, inputs);
  const values = {
    pod: subject,
    controlPlane: controlPlaneSubject(view),
    version: own?.version.text ?? 'not given',
    expected: other?.version.text ?? 'not given',
  };
  const evidence = [
    ...(entry ? [context.at(entry.registry.document, entry.pointer)] : []),
    ...(line ? [{ cite: 'matches', ...line } as const] : []),
    ...(own ? [own.evidence] : []),
    ...(other ? [other.evidence] : []),
    context.at(plane.pod, `${plane.pointer}/image`),
  ] as const;
  const common = { subject, related: relatedOf(plane, 'network'), evidence: evidence as never };
  if (listed || (line && view.connection !== 'up')) context.report({ message: 'refused', values, ...common });
  else if (view.connection === 'up' && own && other) {
    context.looked({ check: 'version', subject, values, evidence });
  } else if (!own || !other) {
    const reason = own
      ? 'the version of its control plane is not known'
      : 'its own version is not known: the image has no tag of Kong';
    // Connected is accepted, whatever the versions are.
    const isConnected = view.connection === 'up';
    context.looked({ check: 'version', subject, unseen: isConnected ? reason : untold(subject, reason) });
  } else if (isRefused(versionVerdict(other.version, own.version))) {
    context.report({ message: 'wouldBeRefused', values, ...common });
  } else context.looked({ check: 'version', subject, values, evidence });
}

/** As the list has it, which is what the process says; else by the tag of its image. */
function ownVersion({ plane }: DataPlaneView, { at }: Context): Known | undefined {
  const entry = 'entry' in plane.registration ? plane.registration.entry : undefined;
  const listed = kongVersion(entry?.row.version);
  if (entry && listed && entry.state !== 'stale')
    return { version: listed, evidence: at(entry.registry.document, entry.pointer) };
  if (plane.version) return { version: plane.version, evidence: at(plane.pod, `${plane.pointer}/image`) };
  return entry && listed
    ? { version: listed, evidence: at(entry.registry.document, entry.pointer) }
    : undefined;
}

/** As it says itself; else by the tags of the images of all control planes the address leads to. */
function controlPlaneVersion({ plane }: DataPlaneView, { at }: Context): Known | undefined {
  const { registration } = plane;
  const registry =
    'entry' in registration
      ? registration.entry.registry
      : registration.state === 'absent'
        ? registration.registry
        : undefined;
  const said = kongVersion(registry?.version);
  if (registry && said) return { version: said, evidence: at(registry.document) };
  if (plane.target.found !== 'service') return undefined;
  const known = plane.controlPlanes.filter((one) => one.version !== undefined);
  const [first] = known;
  const isOne = new Set(known.map(({ version }) => `${version?.major}.${version?.minor}`)).size === 1;
  // In a rollout of the control plane either version may answer.
  if (!first?.version || !isOne || known.length < plane.controlPlanes.length) return undefined;
  return { version: first.version, evidence: at(first.pod, `${first.pointer}/image`) };
}

function controlPlaneSubject({ plane }: DataPlaneView): Subject {
  const { registration } = plane;
  if ('entry' in registration) return controlPlaneOf(registration.entry.registry);
  const [first] = plane.controlPlanes;
  return first ? subjectOf(first.pod) : { external: 'host', name: plane.address ?? 'control plane' };
}

/** What its control plane wrote when it turned this pod away, since the pod started. */
function refusalLine({ plane, life }: DataPlaneView, { log }: Inputs<typeof needs>): PlaneLine | undefined {
  const name = hostNameOf(plane.pod);
  for (const { pod, container } of plane.controlPlanes) {
    const owner = { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container };
    const line = lastLine(log, 'versionRefused', owner, ({ captures }) => captures.host === name);
    const { time } = line?.hit ?? {};
    if (line && time && !(life.since && time < life.since)) return line;
  }
  return undefined;
}

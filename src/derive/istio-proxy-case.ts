import { envoyFilters } from '../artifacts/istio-workload-resources.ts';
import { services } from '../artifacts/network-resources.ts';
import { configMaps, pods } from '../artifacts/resources.ts';
import type { AnalyzeContext, EvidenceRefs } from '../model/analyzer.ts';
import { type Inputs, optional } from '../model/artifact.ts';
import type { EvidenceRef } from '../model/finding.ts';
import { isOlder } from '../model/observation.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { type ContainerView, conditionSince, containersOf } from './containers.ts';
import { eventIndex } from './event-index.ts';
import { type IstioControlPlane, istioControlPlanes } from './istio-control-planes.ts';
import { addressParts } from './istio-discovery.ts';
import type { NamedFilters } from './istio-named-filters.ts';
import { istioProxyLog, type ProxyLogState, proxyLogState } from './istio-proxy-log.ts';
import type { PROXY_MESSAGES } from './istio-proxy-messages.ts';
import { istioProxyWays, type LinkFault, linkFault } from './istio-proxy-way.ts';
import { istioSetupLog } from './istio-setup-log.ts';
import { type IstioProxy, istioSidecars, proxyView } from './istio-sidecars.ts';
import { podSiblings } from './pod-siblings.ts';
import { policyWorld } from './policy-world.ts';
import { serviceBackends } from './service-backends.ts';
import { serviceIndex } from './service-index.ts';

/** What a proxy that is not ready is judged by. */
export const PROXY_NEEDS = {
  pods,
  sidecars: istioSidecars,
  planes: istioControlPlanes,
  siblings: podSiblings,
  hosts: serviceIndex,
  backends: serviceBackends,
  policies: policyWorld,
  events: eventIndex,
  services: optional(services),
  configMaps: optional(configMaps),
  filters: optional(envoyFilters),
  log: optional(istioProxyLog),
  setup: optional(istioSetupLog),
  ways: istioProxyWays,
} as const;

export type ProxyInputs = Inputs<typeof PROXY_NEEDS>;
export type ProxyContext = Pick<
  AnalyzeContext<typeof PROXY_MESSAGES>,
  'report' | 'at' | 'absent' | 'age' | 'observed' | 'safely'
>;

/** Seconds a proxy may take to start (catalog I05). */
const START_SECONDS = 60;

/** What of a pod keeps its proxy from serving: the proxy's own container, or what has to end before it begins. */
export type ProxyTrouble =
  | { readonly is: 'unready' | 'failing'; readonly view: ContainerView; readonly since: string | undefined }
  /** An init container of Istio fails. */
  | { readonly is: 'setup'; readonly view: ContainerView; readonly since: string | undefined }
  /** No container has begun. */
  | { readonly is: 'creating'; readonly since: string | undefined };

/** A proxy that is not ready, with all it is judged by. */
export interface ProxyCase {
  readonly proxy: IstioProxy;
  readonly trouble: ProxyTrouble;
  readonly subject: ObjectRef;
  readonly severity: 'critical' | 'warning';
  readonly state: ProxyLogState;
  /** What keeps it from its control plane, unless configuration has come. */
  readonly fault: LinkFault | undefined;
  /** Where it looks for its control plane: as its log says, else as it is configured. */
  readonly address: {
    readonly text: string;
    readonly host: string;
    readonly port: number;
    /** Nothing names it: it is the one built in. */
    readonly isDefault: boolean;
  };
  /** Control planes behind that address. */
  readonly behind: readonly IstioControlPlane[];
  /** Its log shows that configuration has come: the control plane was reached. */
  readonly reached: boolean;
  /** EnvoyFilters by the words of a refusal. */
  readonly named: NamedFilters;
  readonly inputs: ProxyInputs;
  readonly context: ProxyContext;
}

/** What all cases share. */
export type ProxyAround = Pick<ProxyCase, 'inputs' | 'context' | 'named'>;

const DEFAULT_PORT = 15012;

/** Puts a case together. */
export function proxyCase(
  proxy: IstioProxy,
  trouble: ProxyTrouble,
  { inputs, context, named }: ProxyAround,
): ProxyCase {
  const { pod, discovery } = proxy;
  const state = proxyLogState(proxy, inputs.log);
  const { counters } = state.notReady ?? {};
  const { text, host, port = DEFAULT_PORT } = addressParts(state.upstream?.address ?? discovery.text);
  const reached =
    counters !== undefined &&
    counters.cds.accepted + counters.cds.rejected + counters.lds.accepted + counters.lds.rejected > 0;
  return {
    proxy,
    trouble,
    subject: subjectOf(pod),
    severity: inputs.siblings.ofOwner(pod).ready > 0 ? 'warning' : 'critical',
    state,
    fault: reached ? undefined : linkFault(state, inputs.ways.of(pod), context.at),
    address: { text, host, port, isDefault: !state.upstream && discovery.source === 'default' },
    behind: inputs.planes.behindHost(host, pod.metadata.namespace),
    reached,
    named,
    inputs,
    context,
  };
}

/** What keeps a proxy from being ready for longer than it may start; `starting`: too early to tell, or not begun. */
export function proxyTrouble(
  proxy: IstioProxy,
  { age }: Pick<ProxyContext, 'age'>,
): ProxyTrouble | 'ready' | 'starting' {
  const { pod } = proxy;
  const isOld = (time: string | undefined) => isOlder(age(time, pod), START_SECONDS) === true;
  const setup = containersOf(pod).find(isFailedSetup);
  if (setup) return { is: 'setup', view: setup, since: setup.status.lastState?.terminated?.finishedAt };
  const view = proxyView(proxy);
  const { creationTimestamp } = pod.metadata;
  if (!view) return 'starting';
  const { state, lastState, ready, restartCount } = view.status;
  if (ready) return 'ready';
  const since = conditionSince(pod, 'Ready', 'False');
  if (state?.running) {
    return isOld(state.running.startedAt) && isOld(since ?? creationTimestamp)
      ? { is: 'unready', view, since }
      : 'starting';
  }
  const { reason } = state?.waiting ?? {};
  const ended = state?.terminated ?? lastState?.terminated;
  if (ended && restartCount > 0 && ended.exitCode !== 0)
    return { is: 'failing', view, since: since ?? ended.finishedAt };
  if (reason === 'PostStartHookError') return { is: 'failing', view, since };
  const waits = reason === 'ContainerCreating' || reason === 'PodInitializing';
  return waits && isOld(creationTimestamp) ? { is: 'creating', since: creationTimestamp } : 'starting';
}

/** Init containers that redirect the traffic of a pod, or see that Istio's network plugin has. */
const SETUP = /^istio-(?:init|validation)$/;

function isFailedSetup({
  name,
  init,
  sidecar,
  status: { state, lastState, restartCount },
}: ContainerView): boolean {
  if (!init || sidecar || !SETUP.test(name) || state?.running) return false;
  const ended = state?.terminated ?? lastState?.terminated;
  if (!ended || ended.exitCode === 0) return false;
  return state?.terminated !== undefined || state?.waiting?.reason === 'CrashLoopBackOff' || restartCount > 0;
}

/** What every finding of a case has in common: subject, weight, since, and the container that is not ready. */
export function common(one: ProxyCase, ...more: readonly EvidenceRef[]) {
  const { proxy, trouble, subject, severity, context } = one;
  const pointer = 'view' in trouble ? trouble.view.pointer : '/status';
  const evidence = [context.at(proxy.pod, pointer), ...more] as unknown as EvidenceRefs;
  return { subject, severity, evidence, ...(trouble.since === undefined ? {} : { since: trouble.since }) };
}

/** The names every text of a case uses. */
export function names({ proxy, subject }: ProxyCase) {
  return { pod: subject, container: proxy.container.name };
}

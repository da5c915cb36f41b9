import { istiodContainer } from '../../src/artifacts/istio-proxy.ts';
import { type IstioProxyConfig, istioProxyConfig } from '../../src/artifacts/istio-proxy-config.ts';
import type { IstioSyncState } from '../../src/artifacts/istio-sync-status.ts';
import { istioSyncStatus } from '../../src/artifacts/istio-sync-status.ts';
import { envoyFilters } from '../../src/artifacts/istio-workload-resources.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type ContainerView, containersOf } from '../../src/derive/containers.ts';
import {
  controlPlaneObject,
  controlPlaneRef,
  type IstioControlPlane,
  istioControlPlanes,
} from '../../src/derive/istio-control-planes.ts';
import {
  isOfVirtualEnvironments,
  type NamedFilters,
  namedFilters,
  refusalText,
  refusedFilters,
} from '../../src/derive/istio-named-filters.ts';
import { type IstioProxy, istioSidecars, proxiesApply, proxyView } from '../../src/derive/istio-sidecars.ts';
import { SYNC_MESSAGES } from '../../src/derive/istio-sync-messages.ts';
import {
  istioSyncRows,
  type ListedProxy,
  type SyncVerdict,
  syncVerdict,
} from '../../src/derive/istio-sync-rows.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type DocumentItem, type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A proxy that started later, or a configuration that was sent later, may still be on its way. */
const SETTLED_SECONDS = 60;
/** Longest piece of a refusal that is quoted in a sentence. */
const QUOTED = 300;

const needs = {
  pods,
  sidecars: istioSidecars,
  planes: istioControlPlanes,
  rows: istioSyncRows,
  status: istioSyncStatus,
  configs: optional(istioProxyConfig),
  filters: optional(envoyFilters),
};

export const proxyOutOfSync = defineAnalyzer({
  meta: {
    id: 'istio/proxy-out-of-sync',
    title: 'Istio proxy without its current configuration',
    description:
      'Ready proxies that no istiod lists, that have not confirmed what they were sent, or that refused it; listeners Envoy did not take.',
    messages: SYNC_MESSAGES,
    checks: {
      synced: {
        item: 'Istio proxy has confirmed its configuration',
        expected: 'all types confirmed',
        found: 'confirmed',
      },
      taken: {
        item: 'Envoy took its listeners',
        expected: 'no refused listener',
        found: '{listeners:count} listeners',
      },
    },
    references: [
      'istio/istio pilot/pkg/xds/debug.go (Syncz), istioctl/pkg/writer/pilot/status.go: SYNCED, NOT SENT, STALE',
      'envoyproxy/envoy api/envoy/admin/v3/config_dump_shared.proto: DynamicListener, UpdateFailureState',
    ],
  },
  needs,
  appliesTo: ({ sidecars, pods: all }) => proxiesApply(sidecars, all),
  analyze(inputs, context) {
    const named = namedFilters(inputs.filters.items);
    const around = { inputs, named, context };
    for (const proxy of inputs.sidecars.proxies) judge(proxy, around);
    reportFilters(around);
    for (const config of inputs.configs.items) judgeListeners(config, around);
    return undefined;
  },
});

type Given = Inputs<typeof needs>;
type Context = AnalyzeContext<
  typeof proxyOutOfSync.meta.messages,
  NonNullable<typeof proxyOutOfSync.meta.checks>
>;

/** Whether a proxy has run long enough to have its configuration; one that is not ready is told elsewhere. */
function isSettled(proxy: IstioProxy, context: Context): boolean {
  const { pod } = proxy;
  const view = proxyView(proxy);
  return !pod.metadata.deletionTimestamp && view?.status.ready === true && runsSince(view, pod, context);
}

interface Around {
  readonly inputs: Given;
  readonly named: NamedFilters;
  readonly context: Context;
}

function runsSince({ status }: ContainerView, pod: PodItem, context: Context): boolean {
  return isOlder(context.age(status.state?.running?.startedAt, pod), SETTLED_SECONDS) === true;
}

function judge(proxy: IstioProxy, around: Around): void {
  const { inputs, context } = around;
  if (!isSettled(proxy, context)) return;
  const subject = subjectOf(proxy.pod);
  const listed = inputs.rows.of(proxy.pod);
  // Of a proxy that changed its replica the old row stays for a moment: one that is in order is enough.
  const troubles = listed.map((one) => troublesOf(one, proxy, context));
  const behind = planesOf(proxy, inputs);
  if (troubles.some((some) => some.length === 0)) context.looked({ check: 'synced', values: {}, subject });
  else if (behind.length === 0 && listed.length === 0) return;
  else if (!allAnswered(behind, inputs))
    context.looked({ check: 'synced', unseen: 'not every replica of its istiod was asked', subject });
  else if (!behind.every((plane) => plane.pods.every((pod) => isUp(pod, context))))
    context.looked({ check: 'synced', unseen: 'a replica of its istiod has just been started', subject });
  else if (listed.length === 0) reportAbsent(proxy, behind, context);
  else for (const trouble of troubles[0]!) tell(trouble, proxy, listed[0]!, around);
}

/** The control planes its discovery address leads to; none for one outside of the cluster. */
function planesOf({ pod, discovery }: IstioProxy, { planes }: Given): readonly IstioControlPlane[] {
  return planes.behindHost(discovery.host, pod.metadata.namespace).filter((plane) => plane.pods.length > 0);
}

/** A replica that was not asked may list the proxy, or list it better. */
function allAnswered(planes: readonly IstioControlPlane[], { rows, pods: all }: Given): boolean {
  return planes.every(
    (plane) =>
      all.coverage.covers(plane.namespace) === true && plane.pods.every((replica) => rows.answered(replica)),
  );
}

/** To a replica that has just started proxies still come back, and it sends to some hundred at a time. */
function isUp(replica: PodItem, context: Context): boolean {
  const { name } = istiodContainer(replica) ?? {};
  const view = containersOf(replica).find((one) => one.name === name);
  return view !== undefined && runsSince(view, replica, context);
}

interface Trouble {
  readonly verdict: Exclude<SyncVerdict, 'SYNCED'>;
  readonly state: IstioSyncState;
  /** Seconds since it was sent; undefined where the reply has no times. */
  readonly seconds: number | undefined;
}

/** Types every proxy is sent; the others may be empty, and a gateway without Gateways has no listeners. */
function isExpected(type: string, { role }: IstioProxy): boolean {
  return (role === 'sidecar' && (type === 'CDS' || type === 'LDS')) || (role === 'gateway' && type === 'CDS');
}

function troublesOf({ row, document }: ListedProxy, proxy: IstioProxy, context: Context): Trouble[] {
  return row.states.flatMap((state) => {
    const verdict = syncVerdict(state);
    const age = context.age(state.sentAt, document);
    if (verdict === 'SYNCED' || (verdict === 'NOT SENT' && !isExpected(state.type, proxy))) return [];
    if (verdict === 'STALE' && state.sentAt !== undefined && isOlder(age, SETTLED_SECONDS) !== true)
      return [];
    return [{ verdict, state, seconds: age?.seconds }];
  });
}

function tell(
  { verdict, state, seconds }: Trouble,
  { pod }: IstioProxy,
  listed: ListedProxy,
  { named, context }: Around,
): void {
  const subject = subjectOf(pod);
  const { type } = state;
  const { scope } = listed.document;
  const evidence = [context.at(listed.document, listed.row.pointer)] as const;
  const replica = {
    group: '',
    kind: 'Pod',
    namespace: scope.type === 'object' ? (scope.namespace ?? '') : '',
    name: scope.type === 'object' ? scope.name : '',
  };
  const common = { subject, evidence, related: [replica] };
  if (verdict === 'ERROR') {
    const detail = (state.lastError ?? '').slice(0, QUOTED);
    const filters = named(state.lastError ?? '').map((filter) => subjectOf(filter));
    const related = [replica, ...filters];
    context.report({ message: 'rejected', values: { pod: subject, type, detail }, ...common, related });
  } else if (verdict === 'NOT SENT') {
    context.report({ message: 'notSent', values: { pod: subject, type, replica }, ...common });
  } else {
    const when =
      seconds === undefined
        ? 'when it was sent is not told'
        : `sent ${Math.round(seconds)} s before istiod was asked`;
    context.report({
      message: 'stale',
      values: { pod: subject, type, when },
      severity: seconds === undefined ? 'info' : 'warning',
      ...common,
      ...(state.sentAt === undefined ? {} : { since: state.sentAt }),
    });
  }
}

/** A proxy no replica lists. */
function reportAbsent(proxy: IstioProxy, behind: readonly IstioControlPlane[], context: Context): void {
  const { pod } = proxy;
  const subject = subjectOf(pod);
  const plane = controlPlaneRef(behind[0]!);
  context.report({
    message: 'notConnected',
    values: { pod: subject, plane },
    subject,
    related: [plane, ...servicesOf(behind)],
    evidence: [context.at(pod, proxy.container.pointer), context.at(controlPlaneObject(behind[0]!))],
  });
}

function servicesOf(planes: readonly IstioControlPlane[]) {
  return planes.flatMap(({ services }) => services.map((service) => subjectOf(service)));
}

/** What proxies refuse of one EnvoyFilter, those that are not ready among them. */
function reportFilters({ inputs, named, context }: Around): void {
  for (const [item, all] of refusedFilters(inputs.status.items, inputs.configs.items, named)) {
    const [first] = all;
    const filter = subjectOf(item);
    context.report({
      message: 'filterRefused',
      values: {
        filter,
        count: new Set(all.map(({ proxy }) => proxy)).size,
        type: first.type,
        detail: first.detail.slice(0, QUOTED),
      },
      subject: filter,
      evidence: [context.at(item, '/spec/configPatches'), context.at(first.document, first.pointer)],
    });
  }
}

function judgeListeners(config: DocumentItem<IstioProxyConfig>, { named, context }: Around): void {
  const { value, scope } = config;
  if (scope.type !== 'object' || scope.namespace === undefined) return;
  const pod = { group: '', kind: 'Pod', namespace: scope.namespace, name: scope.name };
  let refused = 0;
  for (const { name, error, active, pointer } of value.listeners) {
    if (!error || isOfVirtualEnvironments(refusalText(error))) continue;
    refused += 1;
    context.report({
      message: 'listenerRefused',
      values: {
        pod,
        listener: name,
        consequence: active ? 'serves the one before' : 'has none in its place',
        detail: error.details.slice(0, QUOTED),
      },
      subject: pod,
      related: named(error.details).map((filter) => subjectOf(filter)),
      evidence: [context.at(config, pointer)],
    });
  }
  if (refused === 0)
    context.looked({ check: 'taken', values: { listeners: value.listeners.length }, subject: pod });
}

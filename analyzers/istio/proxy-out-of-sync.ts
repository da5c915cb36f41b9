import { type IstioProxyConfig, istioProxyConfig } from '../../src/artifacts/istio-proxy-config.ts';
import type { IstioSyncState } from '../../src/artifacts/istio-sync-status.ts';
import { istioSyncStatus } from '../../src/artifacts/istio-sync-status.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { containersOf } from '../../src/derive/containers.ts';
import {
  controlPlaneObject,
  controlPlaneRef,
  type IstioControlPlane,
  istioControlPlanes,
} from '../../src/derive/istio-control-planes.ts';
import { type IstioProxy, istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { SYNC_MESSAGES } from '../../src/derive/istio-sync-messages.ts';
import {
  istioSyncRows,
  type ListedProxy,
  type SyncVerdict,
  syncVerdict,
} from '../../src/derive/istio-sync-rows.ts';
import { parseServiceAddress } from '../../src/derive/service-address.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type DocumentItem, type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A proxy that started later, or a configuration that was sent later, may still be on its way. */
const SETTLED_SECONDS = 60;

const needs = {
  pods,
  sidecars: istioSidecars,
  planes: istioControlPlanes,
  rows: istioSyncRows,
  status: istioSyncStatus,
  configs: optional(istioProxyConfig),
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
  appliesTo({ sidecars, pods: { coverage } }) {
    if (sidecars.proxies.length > 0) return true;
    if (!coverage.complete) return { applies: 'unseen', gaps: coverage.gaps };
    return { applies: false, reason: 'no pod runs an Istio proxy' };
  },
  analyze(inputs, context) {
    for (const proxy of inputs.sidecars.proxies) judge(proxy, inputs, context);
    for (const config of inputs.configs.items) judgeListeners(config, context);
    return undefined;
  },
});

type Given = Inputs<typeof needs>;
type Context = AnalyzeContext<
  typeof proxyOutOfSync.meta.messages,
  NonNullable<typeof proxyOutOfSync.meta.checks>
>;

/** Whether a proxy has run long enough to have its configuration; one that is not ready is told elsewhere. */
function isSettled({ pod, container }: IstioProxy, context: Context): boolean {
  const view = containersOf(pod).find(
    ({ name, init }) => name === container.name && init === container.native,
  );
  const { startedAt } = view?.status.state?.running ?? {};
  return (
    !pod.metadata.deletionTimestamp &&
    view?.status.ready === true &&
    isOlder(context.age(startedAt, pod), SETTLED_SECONDS) === true
  );
}

function judge(proxy: IstioProxy, inputs: Given, context: Context): void {
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
  else if (listed.length === 0) reportAbsent(proxy, behind, context);
  else for (const trouble of troubles[0]!) tell(trouble, proxy, listed[0]!, context);
}

/** The control planes its discovery address leads to; none for one outside of the cluster. */
function planesOf({ pod, discovery }: IstioProxy, { planes }: Given): readonly IstioControlPlane[] {
  const address = parseServiceAddress(discovery.host, pod.metadata.namespace ?? '');
  return address ? planes.behind(address).filter((plane) => plane.pods.length > 0) : [];
}

/** A replica that was not asked may list the proxy, or list it better. */
function allAnswered(planes: readonly IstioControlPlane[], { rows, pods: all }: Given): boolean {
  return planes.every(
    (plane) =>
      all.coverage.covers(plane.namespace) === true && plane.pods.every((replica) => rows.answered(replica)),
  );
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
  context: Context,
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
    const detail = (state.lastError ?? '').slice(0, 300);
    context.report({ message: 'rejected', values: { pod: subject, type, detail }, ...common });
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

/** Names what another domain has its own findings for. */
const OF_VIRTUAL_ENVIRONMENTS = /virtual\.environment|virtual-environment/i;

function judgeListeners(config: DocumentItem<IstioProxyConfig>, context: Context): void {
  const { value, scope } = config;
  if (scope.type !== 'object' || scope.namespace === undefined) return;
  const pod = { group: '', kind: 'Pod', namespace: scope.namespace, name: scope.name };
  let refused = 0;
  for (const { name, error, active, pointer } of value.listeners) {
    if (!error || OF_VIRTUAL_ENVIRONMENTS.test(`${error.details} ${error.httpFilters.join(' ')}`)) continue;
    refused += 1;
    context.report({
      message: 'listenerRefused',
      values: {
        pod,
        listener: name,
        consequence: active ? 'serves the one before' : 'has none in its place',
        detail: error.details.slice(0, 300),
      },
      subject: pod,
      evidence: [context.at(config, pointer)],
    });
  }
  if (refused === 0)
    context.looked({ check: 'taken', values: { listeners: value.listeners.length }, subject: pod });
}

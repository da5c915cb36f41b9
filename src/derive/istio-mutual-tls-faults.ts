import type { DestinationRuleItem } from '../artifacts/istio-resources.ts';
import type { ServiceItem } from '../artifacts/network-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import type { IstioFault } from './istio-fault.ts';
import type { IstioHosts } from './istio-hosts.ts';
import { type ClientSetting, clientSettings, type ServerMode, type ServerModes } from './istio-mutual-tls.ts';
import type { IstioProxy, IstioSidecars } from './istio-sidecars.ts';
import type { IstioWorkloads } from './istio-workloads.ts';
import { targetPortOf } from './target-port.ts';

type Values = { readonly rule: ObjectRef; readonly service: ObjectRef; readonly ports: readonly string[] };

/** How clients and servers disagree. */
export type MutualTlsFinding =
  | {
      readonly message: 'plainToStrict';
      readonly values: Values & { readonly mode: string; readonly policy: string };
    }
  | { readonly message: 'mutualToPlain'; readonly values: Values & { readonly why: string } };

interface Surroundings {
  readonly hosts: IstioHosts;
  readonly workloads: IstioWorkloads;
  readonly sidecars: IstioSidecars;
  readonly modes: ServerModes;
}

/** Settings of a rule that no pod of its Service can answer. */
export function* mutualTlsFaults(
  rule: DestinationRuleItem,
  around: Surroundings,
): Generator<IstioFault<MutualTlsFinding>> {
  const { host = '' } = rule.spec ?? {};
  const { trafficPolicy } = rule.spec ?? {};
  if (!trafficPolicy?.tls && !trafficPolicy?.portLevelSettings?.some(({ tls }) => tls)) return;
  const found = around.hosts.find(host, rule.metadata.namespace);
  if (found.state !== 'service') return;
  const selector = found.item.spec?.selector ?? {};
  if (Object.keys(selector).length === 0) return;
  const { pods, machines } = around.workloads.selected(found.item.metadata.namespace, selector);
  if (pods.length === 0 || machines.length > 0) return;
  for (const setting of clientSettings(rule, found.item)) {
    if (setting.tls.mode === 'ISTIO_MUTUAL')
      yield* mutual({ rule, setting, service: found.item, pods }, around);
    // With MUTUAL the rule names the certificates itself: they may be those of the mesh.
    else if (setting.tls.mode && setting.tls.mode !== 'MUTUAL')
      yield* plain({ rule, setting, service: found.item, pods }, around);
  }
}

interface Case {
  readonly rule: DestinationRuleItem;
  readonly setting: ClientSetting;
  readonly service: ServiceItem;
  readonly pods: readonly PodItem[];
}

function* plain(
  { rule, setting, service, pods }: Case,
  around: Surroundings,
): Generator<IstioFault<MutualTlsFinding>> {
  const strict = strictPorts({ rule, setting, service, pods }, around);
  const [first] = strict;
  if (!first) return;
  const { policy } = first.mode;
  const pod = first.pod;
  const values = {
    rule: subjectOf(rule),
    service: subjectOf(service),
    ports: strict.map(({ port }) => String(port)),
    mode: `\`${setting.tls.mode}\``,
    policy: policy ? `PeerAuthentication ${policy.metadata.namespace}/${policy.metadata.name}` : 'the mesh',
  };
  yield {
    kind: 'fault',
    finding: { message: 'plainToStrict', values },
    pointer: setting.pointer,
    shown: [
      ...(policy ? [{ item: policy, pointer: '/spec' }] : []),
      { item: pod, pointer: '/spec/containers' },
    ],
    related: policy ? [subjectOf(policy)] : [],
  };
}

/** Ports of the Service that every pod behind it serves with mutual TLS only. */
function strictPorts({ setting, pods }: Case, { sidecars, modes }: Surroundings) {
  const found: { port: number; mode: ServerMode; pod: PodItem }[] = [];
  for (const port of setting.ports) {
    const all = pods.map((pod) => {
      const target = targetPortOf(port, pod);
      return terminates(sidecars.proxyOf(pod), target) ? { pod, mode: modes.of(pod, target) } : undefined;
    });
    const [first] = all;
    if (first && all.every((one) => one?.mode.mode === 'STRICT'))
      found.push({ port: port.port, mode: first.mode, pod: first.pod });
  }
  return found;
}

const PORTS = 'traffic.sidecar.istio.io/';

/** Whether a sidecar takes what comes to a port: gateways go by their servers, and ports can be left out. */
function terminates(proxy: IstioProxy | undefined, port: number | undefined): boolean {
  if (proxy?.role !== 'sidecar') return false;
  const { annotations = {} } = proxy.pod.metadata;
  const listed = (name: 'include' | 'exclude') =>
    annotations[`${PORTS}${name}InboundPorts`]?.split(',').map((one) => one.trim());
  const included = listed('include');
  const isIn = included === undefined || included.includes('*') || included.includes(String(port));
  return isIn && !listed('exclude')?.includes(String(port));
}

function* mutual(
  { rule, setting, service, pods }: Case,
  { sidecars, modes }: Surroundings,
): Generator<IstioFault<MutualTlsFinding>> {
  const values = {
    rule: subjectOf(rule),
    service: subjectOf(service),
    ports: setting.ports.map(({ port }) => String(port)),
  };
  const [pod] = pods;
  if (!pod) return;
  if (pods.every((one) => sidecars.isInMesh(one) === false)) {
    yield {
      kind: 'fault',
      finding: { message: 'mutualToPlain', values: { ...values, why: 'have no proxy' } },
      pointer: setting.pointer,
      shown: [{ item: pod, pointer: '/spec/containers' }],
    };
    return;
  }
  const off = setting.ports.filter((port) =>
    pods.every((one) => sidecars.proxyOf(one) && modes.of(one, targetPortOf(port, one)).mode === 'DISABLE'),
  );
  const [port] = off;
  if (!port) return;
  const { policy } = modes.of(pod, targetPortOf(port, pod));
  const why = 'have mutual TLS switched off by a PeerAuthentication';
  yield {
    kind: 'fault',
    finding: {
      message: 'mutualToPlain',
      values: { ...values, ports: off.map((one) => String(one.port)), why },
    },
    pointer: setting.pointer,
    shown: policy ? [{ item: policy, pointer: '/spec' }] : [],
    related: policy ? [subjectOf(policy)] : [],
  };
}

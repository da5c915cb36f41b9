import { serviceEntries } from '../../src/artifacts/istio-resources.ts';
import { configMaps, pods } from '../../src/artifacts/resources.ts';
import { configurationApplies, isSettled } from '../../src/derive/istio-configuration.ts';
import {
  type EntryConflict,
  portsWithoutAddress,
  protocolConflicts,
  takenPorts,
} from '../../src/derive/istio-entry-conflicts.ts';
import { istioMesh } from '../../src/derive/istio-mesh.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { Check, Message } from '../../src/model/message.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

const ADDRESS = {
  text: 'Give the entry an address of its own in `addresses`, or switch on DNS capture with automatic addresses; for TLS set the protocol to `TLS`, so that the server name tells.',
} as const;

const MESSAGES = {
  portTaken: {
    severity: 'warning',
    confidence: { level: 'likely', reason: 'of several listeners for a port Istio keeps the oldest' },
    text: '{entry:object} and the older {other:object} are both for TCP port {port:text} of any address: traffic to {hosts:text} goes to the hosts of the older one.',
    remedy: [
      ADDRESS,
      { text: 'See all entries and their ports.', argv: ['kubectl', 'get', 'serviceentries', '-A'] },
    ],
    key: ['other', 'port'],
    effect: 'connection-failing',
    explains: [{ effect: 'connection-failing', via: ['same-object'] }],
  },
  anyAddress: {
    severity: 'info',
    confidence: { level: 'certain', reason: 'the object says so' },
    text: '{entry:object} has no address for TCP port {port:text}: the proxies take all traffic to that port that nothing else is for, whatever its address.',
    remedy: [ADDRESS],
    key: ['port'],
  },
  protocolsDiffer: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'the objects say so' },
    text: '{entry:object} and {other:object} give port {port:text} of {hosts:text} different protocols, {protocol:text} and {otherProtocol:text}: the older one is used.',
    remedy: [
      { text: 'Declare one protocol in both, or join them.' },
      { text: 'See all entries.', argv: ['kubectl', 'get', 'serviceentries', '-A', '-o', 'yaml'] },
    ],
    key: ['other', 'port'],
  },
} as const satisfies Record<string, Message>;

const CHECKS = {
  apart: {
    item: 'ServiceEntries are apart',
    expected: 'each port and host is of one entry',
    found: 'they are',
  },
} as const satisfies Record<string, Check>;

export const serviceEntryConflict = defineAnalyzer({
  meta: {
    id: 'istio/service-entry-conflict',
    title: 'ServiceEntries in conflict',
    description:
      'ServiceEntries that take the traffic of others, since they have no address, or that disagree on a protocol.',
    messages: MESSAGES,
    checks: CHECKS,
    references: [
      'istio/istio pkg/config/analysis/analyzers/serviceentry: IST0134, IST0177',
      'https://istio.io/latest/docs/reference/config/networking/service-entry/',
      'https://istio.io/latest/docs/ops/configuration/traffic-management/dns-proxy/',
    ],
  },
  needs: {
    entries: serviceEntries,
    pods: optional(pods),
    sidecars: optional(istioSidecars),
    mesh: istioMesh,
    configMaps: optional(configMaps),
  },
  appliesTo: (inputs) => configurationApplies({ ServiceEntry: inputs.entries }, inputs.pods, inputs.sidecars),
  analyze({ entries: { items }, mesh, configMaps }, context) {
    const told = new Set<string>();
    for (const conflict of protocolConflicts(items)) {
      const { first, other, hosts } = conflict;
      const values = {
        hosts: hosts.slice(0, 10),
        protocol: nameOf(other.protocol),
        otherProtocol: nameOf(first.protocol),
      };
      const common = partsOf(conflict, told, context);
      if (common)
        context.report({ message: 'protocolsDiffer', ...common, values: { ...common.values, ...values } });
    }
    // Where the mesh configuration was not seen addresses may be allocated.
    const isOpen = !mesh.allocatesAddresses && (mesh.isSeen || configMaps.coverage.complete);
    const open = isOpen ? portsWithoutAddress(items) : [];
    const clashing = new Set<unknown>();
    for (const conflict of takenPorts(open)) {
      clashing.add(conflict.other);
      const hosts = (conflict.other.entry.spec?.hosts ?? []).slice(0, 10);
      const common = partsOf(conflict, told, context);
      if (common) context.report({ message: 'portTaken', ...common, values: { ...common.values, hosts } });
    }
    for (const port of open) {
      if (clashing.has(port)) continue;
      const entry = subjectOf(port.entry);
      context.report({
        message: 'anyAddress',
        values: { entry, port: String(port.number) },
        subject: entry,
        evidence: [context.at(port.entry, `/spec/ports/${port.index}`)],
      });
    }
    for (const item of items) {
      const subject = subjectOf(item);
      if (!told.has(subjectKey(subject))) context.looked({ check: 'apart', values: {}, subject });
    }
    return undefined;
  },
});

/** What the findings about two entries have in common; undefined when the newer one has just been made. */
function partsOf(
  { first, other }: EntryConflict,
  told: Set<string>,
  context: AnalyzeContext<typeof MESSAGES, typeof CHECKS>,
) {
  if (isSettled(other.entry, context) !== true) return undefined;
  const entry = subjectOf(other.entry);
  const older = subjectOf(first.entry);
  told.add(subjectKey(entry));
  return {
    values: { entry, other: older, port: String(other.number) },
    subject: entry,
    related: [older],
    evidence: [
      context.at(other.entry, `/spec/ports/${other.index}`),
      context.at(first.entry, `/spec/ports/${first.index}`),
    ],
  } as const;
}

function nameOf(protocol: string): string {
  return protocol === '' ? 'none' : protocol;
}

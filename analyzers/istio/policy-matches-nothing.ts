import {
  authorizationPolicies,
  envoyFilters,
  peerAuthentications,
  requestAuthentications,
  istioSidecars as sidecarObjects,
  telemetries,
  wasmPlugins,
} from '../../src/artifacts/istio-workload-resources.ts';
import { configMaps, namespaces, pods } from '../../src/artifacts/resources.ts';
import { configurationApplies } from '../../src/derive/istio-configuration.ts';
import { faultParts, judgeFaults } from '../../src/derive/istio-fault.ts';
import { istioMesh } from '../../src/derive/istio-mesh.ts';
import { namespaceFaults, type PolicyWorld, scopeFaults } from '../../src/derive/istio-policy-scope.ts';
import { type ScopedItem, scopeLabels } from '../../src/derive/istio-scope-conflicts.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { istioWorkloads } from '../../src/derive/istio-workloads.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { Check, Message } from '../../src/model/message.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Kinds that refuse or let in requests; others tune proxies. */
const PROTECTING: ReadonlySet<string> = new Set([
  'AuthorizationPolicy',
  'PeerAuthentication',
  'RequestAuthentication',
]);

const MATCHES = {
  severity: ['warning', 'info'],
  confidence: { level: 'certain', reason: 'the objects say so' },
} as const;
const SEE = {
  text: 'Compare with the labels of the pods.',
  argv: ['kubectl', 'get', 'pods', '-n', '{policy.namespace}', '--show-labels'],
} as const;

const MESSAGES = {
  noPods: {
    ...MATCHES,
    text: '{policy:object} is for pods with {selector:text}, of which there is none: it has no effect.',
    remedy: [{ text: 'Correct the selector, or delete the object.' }, SEE],
  },
  notInMesh: {
    ...MATCHES,
    text: '{policy:object} is for pods with {selector:text}, none of which is in the mesh: nothing enforces it.',
    remedy: [{ text: 'Have the pods injected, or delete the object.' }, SEE],
  },
  namespaceUnknown: {
    ...MATCHES,
    text: '{policy:object} names as sources the namespaces {names:text}, which do not exist: {effect:text}.',
    remedy: [
      { text: 'See which namespaces there are.', argv: ['kubectl', 'get', 'namespaces'] },
      { text: 'Correct the names in the rules of the policy.' },
    ],
    key: ['names'],
  },
} as const satisfies Record<string, Message>;

const CHECKS = {
  matches: {
    item: 'Policy of the mesh is for something',
    expected: 'pods in the mesh match it',
    found: 'pods match',
  },
} as const satisfies Record<string, Check>;

export const policyMatchesNothing = defineAnalyzer({
  meta: {
    id: 'istio/policy-matches-nothing',
    title: 'Istio policy that matches nothing',
    description:
      'Policies, Sidecars, Telemetries, EnvoyFilters and WasmPlugins whose selector matches no pod of the mesh, and policies that name namespaces which do not exist.',
    messages: MESSAGES,
    checks: CHECKS,
    references: [
      'istio/istio pkg/config/analysis/analyzers/{authz,sidecar,telemetry}: IST0127, IST0101',
      'https://istio.io/latest/docs/reference/config/security/authorization-policy/',
    ],
  },
  needs: {
    authorization: authorizationPolicies,
    peers: optional(peerAuthentications),
    requests: optional(requestAuthentications),
    sidecarObjects: optional(sidecarObjects),
    telemetries: optional(telemetries),
    filters: optional(envoyFilters),
    plugins: optional(wasmPlugins),
    pods,
    namespaces: optional(namespaces),
    sidecars: optional(istioSidecars),
    workloads: istioWorkloads,
    mesh: istioMesh,
    configMaps: optional(configMaps),
  },
  appliesTo: (inputs) =>
    configurationApplies(
      {
        AuthorizationPolicy: inputs.authorization,
        PeerAuthentication: inputs.peers,
        RequestAuthentication: inputs.requests,
        Sidecar: inputs.sidecarObjects,
        Telemetry: inputs.telemetries,
        EnvoyFilter: inputs.filters,
        WasmPlugin: inputs.plugins,
      },
      inputs.pods,
      inputs.sidecars,
    ),
  analyze(inputs, context) {
    const world: PolicyWorld = {
      workloads: inputs.workloads,
      sidecars: inputs.sidecars,
      namespacesSeen: inputs.namespaces.coverage,
      namespaceNames: inputs.namespaces.items.map(({ metadata }) => metadata.name),
      hasAmbient: inputs.sidecars.proxies.some(({ role }) => role === 'ztunnel'),
      rootNamespace: inputs.mesh.rootNamespace,
      isRootKnown: inputs.mesh.isSeen || inputs.configMaps.coverage.complete,
      hasOtherClusters: inputs.mesh.hasOtherRegistries,
    };
    for (const item of inputs.authorization.items) {
      judge(item, [...scopeFaults(item, world), ...namespaceFaults(item, world)], context);
    }
    const others: readonly (readonly ScopedItem[])[] = [
      inputs.peers.items,
      inputs.requests.items,
      inputs.sidecarObjects.items,
      inputs.telemetries.items,
      inputs.filters.items,
      inputs.plugins.items,
    ];
    for (const item of others.flat()) {
      // Without a selector they are a default for whatever comes.
      if (scopeLabels(item)) judge(item, scopeFaults(item, world), context);
    }
    return undefined;
  },
});

function judge(
  item: ScopedItem,
  faults: Parameters<typeof judgeFaults<Fault>>[1],
  context: AnalyzeContext<typeof MESSAGES, typeof CHECKS>,
): void {
  const subject = subjectOf(item);
  const severity = PROTECTING.has(item.kind) ? 'warning' : 'info';
  judgeFaults(item, faults, context, {
    unseen: (reason) => context.looked({ check: 'matches', unseen: reason, subject }),
    fine: () => context.looked({ check: 'matches', values: {}, subject }),
    report: (fault) => context.report({ ...fault.finding, ...faultParts(item, fault, context), severity }),
  });
}

type Fault = Extract<
  ReturnType<typeof scopeFaults> extends Generator<infer F> ? F : never,
  { kind: 'fault' }
>['finding'];

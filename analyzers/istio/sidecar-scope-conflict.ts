import {
  istioSidecars as sidecarObjects,
  telemetries,
} from '../../src/artifacts/istio-workload-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { configurationApplies, isSettled } from '../../src/derive/istio-configuration.ts';
import {
  type ScopeConflict,
  type ScopedItem,
  scopeConflicts,
} from '../../src/derive/istio-scope-conflicts.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { Check, Message } from '../../src/model/message.ts';
import { subjectOf } from '../../src/model/subject.ts';

const UNDEFINED = {
  severity: 'warning',
  confidence: { level: 'certain', reason: 'the objects say so' },
} as const;
const SEE = {
  text: 'See what each is for.',
  argv: [
    'kubectl',
    'get',
    'sidecars.networking.istio.io,telemetries',
    '-n',
    '{first.namespace}',
    '-o',
    'yaml',
  ],
} as const;

const MESSAGES = {
  sameWorkload: {
    ...UNDEFINED,
    text: '{first:object} and {others:text} select the same pods, {pod:object} among them: which of them counts is not defined.',
    remedy: [{ text: 'Join them, or narrow the selectors.' }, SEE],
    key: ['first', 'others'],
  },
  sameNamespace: {
    ...UNDEFINED,
    text: '{first:object} and {others:text} have no selector: which of them is for the namespace is not defined.',
    remedy: [{ text: 'Keep one without a selector per namespace.' }, SEE],
    key: ['first', 'others'],
  },
} as const satisfies Record<string, Message>;

const CHECKS = {
  alone: {
    item: 'One Sidecar and one Telemetry per workload',
    expected: 'no two for the same pods',
    found: 'none',
  },
} as const satisfies Record<string, Check>;

export const sidecarScopeConflict = defineAnalyzer({
  meta: {
    id: 'istio/sidecar-scope-conflict',
    title: 'Sidecars or Telemetries for the same workload',
    description:
      'Sidecar and Telemetry objects of which several are for the same pods, so that one of them is not used.',
    messages: MESSAGES,
    checks: CHECKS,
    references: [
      'istio/istio pkg/config/analysis/analyzers/{sidecar,telemetry}: IST0110, IST0111, IST0159, IST0160',
      'https://istio.io/latest/docs/reference/config/networking/sidecar/',
    ],
  },
  needs: {
    sidecars: sidecarObjects,
    telemetries: optional(telemetries),
    pods,
    proxies: optional(istioSidecars),
  },
  appliesTo: (inputs) =>
    configurationApplies(
      { Sidecar: inputs.sidecars, Telemetry: inputs.telemetries },
      inputs.pods,
      inputs.proxies,
    ),
  analyze(inputs, context) {
    const alive = inputs.pods.items.filter((pod) => !hasEnded(pod) && !inputs.proxies.isAmbient(pod));
    const kinds: readonly (readonly ScopedItem[])[] = [inputs.sidecars.items, inputs.telemetries.items];
    for (const items of kinds) {
      const conflicts = scopeConflicts(items, alive);
      for (const conflict of conflicts) report(conflict, context);
      const told = new Set(conflicts.flatMap((one) => one.items));
      for (const item of items)
        if (!told.has(item)) context.looked({ check: 'alone', values: {}, subject: subjectOf(item) });
    }
    return undefined;
  },
});

function report(
  { items, pod }: ScopeConflict<ScopedItem>,
  context: AnalyzeContext<typeof MESSAGES, typeof CHECKS>,
): void {
  const settled = items.filter((item) => isSettled(item, context) === true);
  const [first, ...rest] = settled;
  if (!first || rest.length === 0) return;
  const others = rest.slice(0, 10).map(({ metadata }) => `\`${metadata.name}\``);
  const common = {
    subject: { group: '', kind: 'Namespace', name: first.metadata.namespace ?? '' },
    related: settled.slice(0, 10).map((one) => subjectOf(one)),
    evidence: [
      context.at(first, '/spec'),
      ...rest.slice(0, 3).map((one) => context.at(one, '/spec')),
    ] satisfies EvidenceRefs,
  };
  if (pod) {
    const values = { first: subjectOf(first), others, pod: subjectOf(pod) };
    context.report({ message: 'sameWorkload', values, ...common });
  } else {
    context.report({ message: 'sameNamespace', values: { first: subjectOf(first), others }, ...common });
  }
}

import { type EnvoyFilterItem, envoyFilters } from '../../src/artifacts/istio-workload-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { configurationApplies, isSettled } from '../../src/derive/istio-configuration.ts';
import {
  type AddedFilters,
  addedFilters,
  type PatchFault,
  patchFaults,
} from '../../src/derive/istio-filter-patches.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { Check, Message } from '../../src/model/message.ts';
import { subjectOf } from '../../src/model/subject.ts';

const RANK = {
  text: 'Give the EnvoyFilter that refers to the filter a higher `priority` than the one that adds it, or put both patches in one.',
  argv: ['kubectl', 'edit', 'envoyfilter', '{filter.name}', '-n', '{filter.namespace}'],
} as const;

const MESSAGES = {
  tooEarly: {
    severity: 'warning',
    confidence: { level: 'likely', reason: 'EnvoyFilters of equal priority are applied by age' },
    text: '{filter:object} is applied before {provider:object}, which adds filter `{name:text}`: its patch {patch:text} ({operation:text}) finds nothing to be placed by and has no effect.',
    remedy: [RANK],
    key: ['patch'],
  },
  byChance: {
    severity: 'info',
    confidence: { level: 'certain', reason: 'EnvoyFilters of equal priority are applied by age' },
    text: 'Patch {patch:text} ({operation:text}) of {filter:object} refers to filter `{name:text}`, which {provider:object} adds: that works while the latter is the older one.',
    remedy: [RANK],
    key: ['patch'],
  },
  operationIgnored: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'the object says so' },
    text: 'Patch {patch:text} of {filter:object} has no effect: operation {operation:text} is not for {target:text}.',
    remedy: [
      {
        text: 'Use `MERGE` on what is there, or apply the patch to the filter, cluster or virtual host itself.',
      },
      {
        text: 'See what the proxies were given.',
        argv: ['kubectl', 'get', 'envoyfilter', '{filter.name}', '-n', '{filter.namespace}', '-o', 'yaml'],
      },
    ],
    key: ['patch'],
  },
} as const satisfies Record<string, Message>;

const CHECKS = {
  applied: {
    item: 'Patches of an EnvoyFilter are applied',
    expected: 'each has something to be placed by',
    found: 'nothing speaks against it',
  },
} as const satisfies Record<string, Check>;

export const filterOrderUncertain = defineAnalyzer({
  meta: {
    id: 'istio/filter-order-uncertain',
    title: 'EnvoyFilter patch without effect',
    description:
      'Patches of EnvoyFilters whose operation is passed over, or that refer to a filter another EnvoyFilter of the same priority adds.',
    messages: MESSAGES,
    checks: CHECKS,
    references: [
      'istio/istio pkg/config/analysis/analyzers/envoyfilter: IST0151 to IST0155',
      'https://istio.io/latest/docs/reference/config/networking/envoy-filter/',
    ],
  },
  needs: { filters: envoyFilters, pods: optional(pods), sidecars: optional(istioSidecars) },
  appliesTo: (inputs) => configurationApplies({ EnvoyFilter: inputs.filters }, inputs.pods, inputs.sidecars),
  analyze({ filters: { items, coverage } }, context) {
    const alive = items.filter(({ metadata }) => !metadata.deletionTimestamp);
    // Which one adds a filter first is not known among some.
    const added: AddedFilters = coverage.complete ? addedFilters(alive) : new Map();
    for (const item of alive) {
      const faults = isSettled(item, context) === true ? [...patchFaults(item, added)] : [];
      for (const fault of faults) report(item, fault, context);
      if (faults.length === 0) context.looked({ check: 'applied', values: {}, subject: subjectOf(item) });
    }
    return undefined;
  },
});

function report(
  item: EnvoyFilterItem,
  fault: PatchFault,
  context: AnalyzeContext<typeof MESSAGES, typeof CHECKS>,
): void {
  const pointer = `/spec/configPatches/${fault.index}`;
  const filter = subjectOf(item);
  const subject = subjectOf(item, pointer);
  const values = { filter, patch: String(fault.index + 1), operation: `\`${fault.operation}\`` };
  if (fault.is === 'ignored') {
    const evidence = [context.at(item, pointer)] as const;
    const target = `\`${fault.target}\``;
    context.report({ message: 'operationIgnored', values: { ...values, target }, subject, evidence });
    return;
  }
  const provider = subjectOf(fault.provider);
  context.report({
    message: fault.is,
    values: { ...values, provider, name: fault.filter },
    subject,
    related: [provider],
    evidence: [context.at(item, pointer), context.at(fault.provider, '/spec/configPatches')],
  });
}

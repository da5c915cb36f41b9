import { envoyFilters } from '../../src/artifacts/istio-workload-resources.ts';
import { TAG_FILTER, type TagFilter } from '../../src/derive/virtual-environment-filter.ts';
import { FILTER_CHECKS, FILTER_MESSAGES } from '../../src/derive/virtual-environment-filter-messages.ts';
import {
  environmentFilters,
  type FilteredEnvironment,
  SETTLED_SECONDS,
} from '../../src/derive/virtual-environment-filters.ts';
import { environmentNamespaces } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Documents cited beside the filter. */
const CITED = 2;

const needs = {
  environments: environmentNamespaces,
  filters: environmentFilters,
};

export const tagFilterIneffective = defineAnalyzer({
  meta: {
    id: 'virtual-environment/tag-filter-ineffective',
    title: 'EnvoyFilter of a virtual environment missing or without effect',
    description:
      'The EnvoyFilter by which proxies add the header of their environment, against the VirtualEnvironment and the version of Istio.',
    messages: FILTER_MESSAGES,
    checks: FILTER_CHECKS,
    references: [
      'alibaba/virtual-environment v0.5.4 and v0.6.0 pkg/component/router/istio/envoy/envoy_tag_appender.go',
      'istio/istio 1.18.7 and 1.19.0 pilot/pkg/networking/core/v1alpha3/envoyfilter/listener_patch.go: names of filters',
      'alibaba/virtual-environment issues 17 and 32: types of Envoy v2',
    ],
  },
  needs,
  appliesTo: ({ environments }) => environments.applies,
  analyze(inputs, context) {
    for (const one of inputs.filters) judge(one, context);
    return undefined;
  },
});

type Context = AnalyzeContext<typeof FILTER_MESSAGES, typeof FILTER_CHECKS>;

function judge(one: FilteredEnvironment, context: Context): void {
  const { instance, spec, found, leftOver } = one;
  const subject = subjectOf(instance);
  const unsettled = isUnsettled(one, context);
  if (found.state === 'unseen') {
    context.looked({ check: 'filter', subject, unseen: found.gap });
  } else if (unsettled) {
    context.looked({ check: 'filter', subject, unseen: unsettled });
  } else if (!spec.autoInject) {
    for (const left of leftOver) reportLeftOver(left, one, context);
    if (leftOver.length === 0)
      context.looked({ check: 'filter', subject, values: { detail: 'none, and none is asked for' } });
  } else if (found.state === 'absent') reportMissing(one, context);
  else judgeFilter(one, found.item, context);
}

/** The operator is at work on what has changed within the last minute. */
function isUnsettled({ instance, found }: FilteredEnvironment, context: Context): string | undefined {
  const { creationTimestamp, managedFields = [] } = instance.metadata;
  const times = [creationTimestamp, ...managedFields.map(({ time }) => time)];
  if (times.some((time) => time && isOlder(context.age(time, instance), SETTLED_SECONDS) === false))
    return 'the VirtualEnvironment has changed less than a minute before it was observed';
  if (found.state !== 'present') return undefined;
  const { item } = found;
  return isOlder(context.age(item.metadata.creationTimestamp, item), SETTLED_SECONDS) === false
    ? 'the EnvoyFilter was made less than a minute before it was observed'
    : undefined;
}

function reportLeftOver(
  { item, pointer }: TagFilter,
  { instance, keepers }: FilteredEnvironment,
  context: Context,
): void {
  const subject = subjectOf(item);
  context.report({
    message: 'leftOver',
    values: { filter: subject, environment: subjectOf(instance) },
    subject,
    related: keepers,
    evidence: [context.at(item, pointer), context.at(instance, '/spec')],
  });
}

function reportMissing({ instance, spec, namespace, keepers }: FilteredEnvironment, context: Context): void {
  const { name } = instance.metadata;
  const scope = { type: 'namespace', namespace } as const;
  context.report({
    message: 'missing',
    values: { environment: subjectOf(instance), name, namespace, header: spec.header },
    subject: subjectOf(instance),
    related: keepers,
    evidence: [
      context.at(instance, '/spec/envHeader'),
      context.absent({ artifact: envoyFilters, scope, name }),
    ],
  });
}

type Present = Extract<FilteredEnvironment['found'], { state: 'present' }>['item'];

function judgeFilter(one: FilteredEnvironment, item: Present, context: Context): void {
  const { instance, spec, filter, unfit } = one;
  const environment = subjectOf(instance);
  const subject = subjectOf(item);
  const { envLabel: madeLabel = '', envHeader: madeHeader = '' } = item.metadata.labels ?? {};
  const compared = [
    ['header', madeHeader, spec.header],
    ['label', madeLabel, spec.label],
  ] as const;
  const different = compared.filter(([, old, now]) => old !== now);
  for (const [what, old, now] of different) {
    context.report({
      message: 'outdated',
      values: { filter: subject, environment, what, old: old || 'nothing', now },
      subject,
      related: one.keepers,
      evidence: [context.at(item, '/metadata'), context.at(instance, '/spec')],
    });
  }
  if (filter && unfit) reportUnfit(one, filter, context);
  if (different.length > 0 || unfit) return;
  if (filter) {
    const { istio } = one;
    const detail = `\`${item.metadata.name}\`${istio ? `, Istio ${istio.version.text}` : ''}`;
    const evidence = [context.at(item, filter.pointer)];
    context.looked({ check: 'filter', subject: environment, values: { detail }, evidence });
  } else {
    const unseen = `the EnvoyFilter of its name holds no \`${TAG_FILTER}\`: it is somebody's own`;
    context.looked({ check: 'filter', subject: environment, unseen });
  }
}

function reportUnfit(one: FilteredEnvironment, filter: TagFilter, context: Context): void {
  const { instance, istio, proxies, unfit, namespace } = one;
  if (!istio) return;
  const subject = subjectOf(filter.item);
  const environment = subjectOf(instance);
  const version = istio.version.text;
  const wanted = unfit === 'oldName' ? 'absent' : 'refused';
  const telling = proxies.filter(({ verdict }) => verdict.state === wanted);
  const cited = telling
    .slice(0, CITED)
    .map(({ document, verdict }) => context.at(document, verdict.state === 'refused' ? verdict.pointer : ''));
  const evidence: readonly [EvidenceRef, ...EvidenceRef[]] = [
    context.at(filter.item, filter.pointer),
    context.at(istio.item as never),
    ...cited,
  ];
  const common = {
    subject,
    related: [environment, ...telling.slice(0, CITED).map(({ pod }) => subjectOf(pod))],
    evidence,
    ...(telling.length > 0
      ? { confidence: { level: 'certain', reason: 'the listeners of the proxies show it' } as const }
      : {}),
  };
  if (unfit === 'oldName') {
    const values = { filter: subject, environment, version };
    const seen =
      telling.length > 0
        ? `${telling.length} of ${proxies.length} proxies asked do not have it`
        : 'no listener of a proxy shows it';
    context.report({ message: 'oldName', values: { ...values, seen }, ...common });
    return;
  }
  const [refusal] = telling.flatMap(({ verdict }) =>
    verdict.state === 'refused' ? [verdict.error.details] : [],
  );
  const detail = refusal ?? 'no listener of a proxy shows it';
  context.report({
    message: 'oldType',
    values: { filter: subject, environment, version, namespace, detail },
    ...common,
  });
}

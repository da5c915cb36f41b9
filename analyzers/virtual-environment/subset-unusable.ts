import { destinationRules, virtualServices } from '../../src/artifacts/istio-resources.ts';
import { type IstioControlPlanes, istioControlPlanes } from '../../src/derive/istio-control-planes.ts';
import { isIstioAtLeast } from '../../src/derive/istio-version.ts';
import {
  environmentRouting,
  type NamespaceRouting,
  type ServiceRouting,
} from '../../src/derive/virtual-environment-routing.ts';
import { SUBSET_CHECKS, SUBSET_MESSAGES } from '../../src/derive/virtual-environment-subset-messages.ts';
import {
  environmentPods,
  lacksDefault,
  refusedName,
  type SharedSubset,
  sharedSubsets,
} from '../../src/derive/virtual-environment-subsets.ts';
import { environmentNamespaces } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { Severity } from '../../src/model/message.ts';
import { subjectOf } from '../../src/model/subject.ts';

const needs = {
  environments: environmentNamespaces,
  routing: environmentRouting,
  pods: environmentPods,
  // Whether they exist decides how bad it is.
  virtualServices,
  destinationRules,
  planes: optional(istioControlPlanes),
};
type In = Inputs<typeof needs>;
type Context = AnalyzeContext<typeof SUBSET_MESSAGES, typeof SUBSET_CHECKS>;

export const subsetUnusable = defineAnalyzer({
  meta: {
    id: 'virtual-environment/subset-unusable',
    title: 'Environment that requests cannot reach',
    description:
      'Subsets of virtual environments that Istio refuses, that lack the default environment, or none of whose pods is ready.',
    messages: SUBSET_MESSAGES,
    checks: SUBSET_CHECKS,
    references: [
      'alibaba/virtual-environment pkg/component/router/istio/http/destination_rule_generator.go, istio_common.go',
      'istio/istio commit 964954a (1.22): duplicate subset names are refused',
      'istio/istio pkg/config/validation: ValidateSubsetName',
    ],
  },
  needs,
  appliesTo: ({ environments }) => environments.applies,
  analyze(inputs, context) {
    for (const namespace of inputs.routing) {
      const subject = subjectOf(namespace.effective.instance);
      if (namespace.gap) {
        context.looked({ check: 'subsets', subject, unseen: namespace.gap });
        continue;
      }
      const routed = namespace.services.filter(({ expected }) => expected.made);
      const told = routed.map((one) => judge(one, namespace, inputs, context));
      if (told.some(Boolean)) continue;
      const count = routed.reduce((sum, { expected }) => sum + expected.subsets.length, 0);
      context.looked({ check: 'subsets', subject, values: { count } });
    }
    return undefined;
  },
});

function judge(one: ServiceRouting, namespace: NamespaceRouting, inputs: In, context: Context): boolean {
  // A workload that came or went a moment ago has not been followed yet.
  if (one.settling.state !== 'settled') return false;
  const shared = sharedSubsets(one);
  for (const subset of shared) reportShared(one, subset, inputs.planes, context);
  const told = [
    shared.length > 0,
    reportName(one, namespace, context),
    reportDefault(one, namespace, context),
    reportEmpty(one, namespace, inputs, context),
  ];
  return told.some(Boolean);
}

/** Whether the mesh refuses duplicate names; undefined when its version is not known. */
function refusesDuplicates({ planes }: IstioControlPlanes): boolean | undefined {
  const versions = planes.flatMap(({ version }) => version ?? []);
  if (versions.length === 0) return undefined;
  return versions.some((version) => isIstioAtLeast(version, 1, 22));
}

function reportShared(
  { service, destinationRule }: ServiceRouting,
  { name, values, workloads }: SharedSubset,
  planes: IstioControlPlanes,
  context: Context,
): void {
  const refuses = refusesDuplicates(planes);
  const isMissing = destinationRule.state === 'absent';
  const subject = subjectOf(service);
  const shown = [
    context.at(service, '/spec/selector'),
    ...workloads.slice(0, 4).map(({ item }) => context.at(item, '/spec/template/metadata/labels')),
  ];
  const common = {
    subject,
    related: workloads.map(({ item }) => subjectOf(item)),
    evidence: shown as unknown as EvidenceRefs,
  };
  const version = planes.planes.find((plane) => plane.version)?.version?.text ?? '';
  const refused = isMissing
    ? 'Istio since 1.22 refuses that, and there is none'
    : refuses
      ? `Istio ${version} refuses that, so the one there is cannot be changed any more`
      : undefined;
  if (values.length > 1) {
    const consequence = refused ?? 'requests of one environment go to pods of the other as well';
    const severity = isMissing ? 'critical' : 'warning';
    const quoted = values.map((value) => `\`${value}\``);
    context.report({
      message: 'mixedSubset',
      severity,
      values: { service: subject, values: quoted, subset: name, consequence },
      ...common,
    });
    return;
  }
  const severity: Severity = isMissing ? 'critical' : refuses ? 'warning' : 'info';
  const consequence = refused ?? 'Istio refuses that since 1.22';
  const named = workloads.map(({ item }) => `${item.kind} \`${item.metadata.name}\``);
  context.report({
    message: 'sharedSubset',
    severity,
    values: { service: subject, workloads: named, subset: name, consequence },
    ...common,
  });
}

function reportName(
  { service, related }: ServiceRouting,
  namespace: NamespaceRouting,
  context: Context,
): boolean {
  const { spec, instance } = namespace.effective;
  const subject = subjectOf(service);
  const wrong = related.find(({ value }) => refusedName(value) !== undefined);
  const ofDefault = spec.defaultSubset === '' ? undefined : refusedName(spec.defaultSubset);
  if (!wrong && ofDefault === undefined) return false;
  const place = wrong
    ? `label \`${spec.label}\` of ${wrong.item.kind} \`${wrong.item.metadata.name}\``
    : `\`defaultSubset\` of VirtualEnvironment \`${instance.metadata.name}\``;
  const reason = (wrong && refusedName(wrong.value)) ?? ofDefault ?? '';
  const shown = wrong
    ? context.at(wrong.item, '/spec/template/metadata/labels')
    : context.at(instance, '/spec/envLabel/defaultSubset');
  context.report({
    message: 'nameRefused',
    values: { service: subject, place, reason },
    subject,
    related: [subjectOf(wrong?.item ?? instance)],
    evidence: [shown, context.at(service, '/spec/selector')],
  });
  return true;
}

function reportDefault(one: ServiceRouting, namespace: NamespaceRouting, context: Context): boolean {
  const { spec, instance } = namespace.effective;
  if (!lacksDefault(one, namespace) || refusedName(spec.defaultSubset) !== undefined) return false;
  const { service, virtualService } = one;
  if (virtualService.state === 'unseen') return false;
  const routes = virtualService.state === 'present' ? virtualService.item : undefined;
  const ref = subjectOf(service);
  context.report({
    message: 'defaultMissing',
    values: { service: ref, environment: spec.defaultSubset },
    // The route is what breaks: Istio's own analysis of it goes below this.
    subject: routes ? subjectOf(routes) : ref,
    related: [ref, subjectOf(instance)],
    evidence: [
      context.at(instance, '/spec/envLabel/defaultSubset'),
      routes ? context.at(routes, '/spec/http') : context.at(service, '/spec/selector'),
    ],
  });
  return true;
}

function reportEmpty(
  one: ServiceRouting,
  namespace: NamespaceRouting,
  inputs: In,
  context: Context,
): boolean {
  const subject = subjectOf(one.service);
  const empty = inputs.pods.empty(one, namespace, context);
  if ('reason' in empty) {
    context.looked({ check: 'subsets', subject, unseen: empty });
    return true;
  }
  for (const { value, state, workloads, pods: own } of empty) {
    const isDefault = value === namespace.effective.spec.defaultSubset;
    const items = workloads.map(({ item }) => item);
    const common = { subject, related: [...items, ...own].map((item) => subjectOf(item)) };
    const base = {
      service: subject,
      environment: value,
      requests: isDefault ? 'requests without an environment' : 'requests of this environment',
    };
    const severity = isDefault ? 'critical' : 'warning';
    if (state === 'unready') {
      const evidence = own.slice(0, 3).map((pod) => context.at(pod, '/status')) as unknown as EvidenceRefs;
      const values = { ...base, count: own.length };
      context.report({ message: 'noneReady', severity, values, ...common, evidence });
      continue;
    }
    const names = items.map(({ kind, metadata }) => `${kind} \`${metadata.name}\``);
    const values = { ...base, workloads: names };
    const evidence = items.slice(0, 3).map((item) => context.at(item, '/spec')) as unknown as EvidenceRefs;
    if (state === 'asleep') context.report({ message: 'asleep', values, ...common, evidence });
    else context.report({ message: 'noPods', severity, values, ...common, evidence });
  }
  return empty.length > 0;
}

import { mutatingWebhookConfigurations } from '../../src/artifacts/extension-resources.ts';
import { type NamespaceItem, namespaces, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type IstioControlPlanes, istioControlPlanes } from '../../src/derive/istio-control-planes.ts';
import { type Injection, istioInjection, labelSince } from '../../src/derive/istio-injection.ts';
import { INJECTION_MESSAGES } from '../../src/derive/istio-injection-messages.ts';
import { type InjectorWebhook, injectedTwice } from '../../src/derive/istio-injectors.ts';
import { AMBIENT_LABEL, INJECTION_LABEL, REVISION_LABEL } from '../../src/derive/istio-labels.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Inputs } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { perItem } from '../../src/model/per-item.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** The image a template of a gateway names, so that the injector puts the right one there. */
const PLACEHOLDER = /^(?:.*\/)?auto(?::.*)?$/;

const needs = {
  pods,
  namespaces,
  webhooks: mutatingWebhookConfigurations,
  planes: istioControlPlanes,
  sidecars: istioSidecars,
  injection: istioInjection,
};

export const sidecarNotInjected = defineAnalyzer({
  meta: {
    id: 'istio/sidecar-not-injected',
    title: 'Pod outside of the Istio mesh it is meant for',
    description:
      'Pods without a proxy though their namespace or they themselves ask for one, labels no injector serves or that contradict each other, and injectors that both feel meant.',
    messages: INJECTION_MESSAGES,
    checks: {
      injected: { item: 'Pod that asks for an Istio proxy has one', expected: 'a proxy', found: 'a proxy' },
      served: {
        item: 'Namespace that asks for Istio has an injector',
        expected: 'one webhook',
        found: 'one webhook',
      },
    },
    references: [
      'istio/istio pkg/config/analysis/analyzers/{injection,webhook}: IST0102, IST0103, IST0123, IST0139, IST0146, IST0147',
      'https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/',
    ],
  },
  needs,
  appliesTo({ planes, sidecars, namespaces: all, webhooks }) {
    const labelled = all.items.some(
      ({ metadata: { labels = {} } }) => INJECTION_LABEL in labels || REVISION_LABEL in labels,
    );
    if (planes.planes.length > 0 || planes.injectors.length > 0 || sidecars.proxies.length > 0 || labelled)
      return true;
    const gaps = [...all.coverage.gaps, ...webhooks.coverage.gaps];
    if (gaps.length > 0) return { applies: 'unseen', gaps };
    return { applies: false, reason: 'nothing here asks for Istio' };
  },
  analyze(inputs, context) {
    const without = new Map<string, PodItem[]>();
    for (const pod of inputs.pods.items) {
      if (hasEnded(pod) || pod.metadata.deletionTimestamp) continue;
      judgePod(pod, inputs, context, without);
    }
    for (const namespace of inputs.namespaces.items) {
      if (namespace.status?.phase === 'Terminating') continue;
      judgeLabels(namespace, context);
      judgeWish(namespace, without.get(namespace.metadata.name) ?? [], inputs, context);
    }
    reportTwice(inputs, context);
    return undefined;
  },
});

type Given = Inputs<typeof needs>;
type Context = AnalyzeContext<
  typeof sidecarNotInjected.meta.messages,
  NonNullable<typeof sidecarNotInjected.meta.checks>
>;

function judgePod(pod: PodItem, inputs: Given, context: Context, without: Map<string, PodItem[]>): void {
  const subject = subjectOf(pod);
  const unreplaced = pod.spec?.containers?.findIndex(({ image = '' }) => PLACEHOLDER.test(image)) ?? -1;
  const injection = inputs.injection.of(pod);
  if (unreplaced >= 0) {
    const container = pod.spec?.containers[unreplaced]?.name ?? '';
    if (container !== 'istio-proxy') return;
    context.report({
      message: 'imageNotReplaced',
      values: { subject, container, reason: reasonOf(injection), namespace: pod.metadata.namespace ?? '' },
      subject,
      evidence: [context.at(pod, `/spec/containers/${unreplaced}/image`)],
    });
    return;
  }
  if (injection.state === 'unwanted') return;
  if (injection.state === 'unseen') {
    context.looked({ check: 'injected', unseen: injection.gap, subject });
    return;
  }
  if (inputs.sidecars.proxyOf(pod)) {
    context.looked({ check: 'injected', values: {}, subject });
    return;
  }
  if (injection.injectors.length > 0) reportWithout(pod, injection, context);
  else if (injection.wish.by === 'namespace')
    getOrCreate(without, pod.metadata.namespace ?? '', () => []).push(pod);
  else if (inputs.webhooks.coverage.complete) reportUnserved(pod, injection, { inputs, context, running: 1 });
}

function reasonOf(injection: Injection): string {
  if (injection.state !== 'wanted') return 'nothing asks for injection';
  if (injection.injectors.length > 0)
    return 'the injector was not called or did not answer when it was created';
  return `no injector serves \`${injection.wish.label}\``;
}

type Wanted = Extract<Injection, { state: 'wanted' }>;

/** It would be injected now: since when, against when it was created. */
function reportWithout(pod: PodItem, { wish, namespace, injectors }: Wanted, context: Context): void {
  const subject = subjectOf(pod);
  const created = Date.parse(pod.metadata.creationTimestamp ?? '');
  const [label = ''] = wish.label.split('=');
  const labelled = wish.by === 'namespace' ? labelSince(namespace, label) : undefined;
  const [injector] = injectors;
  const { installed, ignores } = injectorFacts(injectors);
  const wishAt =
    wish.by === 'namespace' ? context.at(namespace, '/metadata/labels') : context.at(pod, '/metadata/labels');
  const hookAt = context.at(injector!.config, injector!.pointer);
  const before =
    Date.parse(installed ?? '') > created
      ? `the injector was installed (${installed})`
      : Date.parse(labelled ?? '') > created
        ? `its namespace was given the label \`${wish.label}\``
        : undefined;
  if (before !== undefined) {
    context.report({
      message: 'olderThanInjection',
      values: { pod: subject, reason: before },
      subject,
      evidence: [context.at(pod, '/metadata/creationTimestamp'), wishAt, hookAt],
    });
    return;
  }
  const known = labelled !== undefined || wish.by === 'pod';
  context.report({
    message: 'notInjected',
    values: {
      pod: subject,
      label: wish.label,
      by: wish.by === 'pod' ? 'pod template' : 'namespace',
      reason: ignores
        ? 'the injector did not answer when it was created, and its `failurePolicy` is `Ignore`'
        : known
          ? 'the injector did not change it when it was created'
          : 'it was created before the label, or the injector did not change it',
    },
    subject,
    ...(known
      ? {}
      : { confidence: { level: 'possible', reason: 'when the label was set is not known' } as const }),
    evidence: [context.at(pod, '/spec/containers'), wishAt, hookAt],
  });
}

/** When the first of the injectors that are called was installed, and whether pods are made without them. */
const injectorFacts = perItem((injectors: readonly InjectorWebhook[]) => ({
  installed: injectors.map(({ config }) => config.metadata.creationTimestamp ?? '').sort()[0],
  ignores: injectors.every(({ hook }) => hook.failurePolicy === 'Ignore'),
}));

/** What a namespace asks for, and nobody serves. */
function judgeWish(
  namespace: NamespaceItem,
  without: readonly PodItem[],
  inputs: Given,
  context: Context,
): void {
  const injection = inputs.injection.ofNamespace(namespace);
  const subject = subjectOf(namespace);
  if (injection.state !== 'wanted' || !inputs.webhooks.coverage.complete) return;
  if (injection.injectors.length > 0) context.looked({ check: 'served', values: {}, subject });
  else reportUnserved(namespace, injection, { inputs, context, running: without.length });
}

interface Unserved {
  readonly inputs: Given;
  readonly context: Context;
  /** Pods that run without a proxy for it. */
  readonly running: number;
}

function reportUnserved(
  item: NamespaceItem | PodItem,
  { wish }: Wanted,
  { inputs, context, running }: Unserved,
): void {
  const { known, configurations } = injectorNames(inputs.planes);
  const subject = subjectOf(item);
  const common = {
    subject,
    severity: running > 0 ? ('warning' as const) : ('info' as const),
    evidence: [context.at(item, '/metadata/labels')] as const,
  };
  const values = { subject, label: wish.label, namespace: item.metadata.namespace ?? item.metadata.name };
  if (inputs.planes.injectors.length === 0) {
    context.report({ message: 'injectorMissing', values, ...common });
    return;
  }
  context.report({
    message: 'revisionUnknown',
    values: { ...values, known },
    ...common,
    related: configurations,
  });
}

/** Revisions and tags as the selectors of the injectors name them, and the configurations that do. */
const injectorNames = perItem((planes: IstioControlPlanes) => ({
  known: revisionsOf(planes),
  configurations: planes.injectors.map(({ config }) => subjectOf(config)),
}));

function revisionsOf(planes: IstioControlPlanes): string[] {
  const names = planes.injectors.flatMap(({ hook, off }) => {
    const { matchExpressions = [] } = (hook.namespaceSelector ?? {}) as {
      matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
    };
    if (off) return [];
    return matchExpressions.flatMap(({ key, operator, values = [] }) =>
      key === REVISION_LABEL && operator === 'In' ? values.map((value) => `${key}=${value}`) : [],
    );
  });
  const found = [...new Set(names)].sort();
  return found.length > 0 ? found : [`${INJECTION_LABEL}=enabled`];
}

/** IST0123: of two labels one is without effect. */
function judgeLabels(namespace: NamespaceItem, context: Context): void {
  const { labels = {} } = namespace.metadata;
  const injection = labels[INJECTION_LABEL];
  if (injection !== undefined && injection !== 'enabled') return;
  const asked = [INJECTION_LABEL, REVISION_LABEL, AMBIENT_LABEL].filter(
    (label) => labels[label] !== undefined && !(label === AMBIENT_LABEL && labels[label] === 'none'),
  );
  const loser = asked.at(-1);
  // A revision beside `ambient` chooses the control plane of waypoints.
  if (asked.length < 2 || loser === undefined || asked[0] !== INJECTION_LABEL) return;
  const subject = subjectOf(namespace);
  context.report({
    message: 'labelsContradict',
    values: {
      subject,
      labels: asked.map((label) => `${label}=${labels[label]}`),
      winner:
        loser === AMBIENT_LABEL
          ? 'Pods with a sidecar are not served by ztunnel.'
          : `\`${asked[0]}\` counts, the revision is without effect.`,
      loser,
    },
    subject,
    evidence: [context.at(namespace, '/metadata/labels')],
  });
}

function reportTwice({ planes, namespaces: all }: Given, context: Context): void {
  for (const { one, other, labels, isMet } of injectedTwice(planes.injectors, all.items)) {
    const [subject, second] = [subjectOf(one.config, one.pointer), subjectOf(other.config)];
    context.report({
      message: 'injectedTwice',
      values: { subject: subjectOf(one.config), other: second, labels },
      severity: isMet ? 'warning' : 'info',
      subject,
      related: [second],
      evidence: [context.at(one.config, one.pointer), context.at(other.config, other.pointer)],
    });
  }
}

import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { istioInjection } from '../../src/derive/istio-injection.ts';
import { istioSidecars } from '../../src/derive/istio-sidecars.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { noProxyReason } from '../../src/derive/virtual-environment-sidecars.ts';
import {
  type EffectiveEnvironment,
  type EnvironmentNamespace,
  environmentNamespaces,
} from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { Gap } from '../../src/model/coverage.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Pods a finding names as related, and cites. */
const RELATED = 50;
const CITED = 3;
const AMBIENT =
  'they are in ambient mode, where neither the routes of a caller nor an EnvoyFilter take effect';

const needs = {
  environments: environmentNamespaces,
  pods: optional(pods),
  injection: optional(istioInjection),
  sidecars: optional(istioSidecars),
};

export const sidecarMissing = defineAnalyzer({
  meta: {
    id: 'virtual-environment/sidecar-missing',
    title: 'Pods of a virtual environment without a proxy',
    description:
      'Pods with an environment label into which Istio puts no proxy, so that their requests are neither routed nor tagged.',
    messages: {
      withoutProxy: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the containers of the pods say so' },
        text: '{count:count} of {all:count} pods with the label `{label:text}` in {namespace:text}, {pod:object} among them, have no proxy of Istio: {why:text}. What they send is neither routed by its environment nor tagged; {environment:object} has no effect on it.',
        remedy: [
          {
            text: 'Have Istio inject its proxy: label the namespace (`istio-injection=enabled`, or `istio.io/rev` with the revision that is to serve it), and take `sidecar.istio.io/inject: "false"` off the pods.',
            argv: ['kubectl', 'get', 'namespace', '{pod.namespace}', '--show-labels'],
          },
          {
            text: 'Then create the pods again.',
            argv: ['kubectl', 'rollout', 'restart', 'deployment,statefulset', '-n', '{pod.namespace}'],
          },
        ],
        key: ['why'],
        check: 'present',
      },
    },
    checks: {
      present: {
        checklist: 'virtual-environment',
        item: 'Sidecar: present',
        expected: 'in every pod with the label of the environment',
        found: 'in {count:count} pods',
      },
    },
    references: [
      'alibaba/virtual-environment docs/zh-cn/doc: routing is done by the sidecar of the caller',
      'istio/istio pkg/kube/inject/inject.go: injectRequired',
    ],
  },
  needs,
  appliesTo: ({ environments }) => environments.applies,
  analyze(inputs, context) {
    const wanted = new Map<string, PodItem[]>(
      inputs.environments.namespaces.map(({ namespace }) => [namespace, []]),
    );
    for (const pod of inputs.pods.items) {
      if (!hasEnded(pod) && !pod.metadata.deletionTimestamp && !isOfJob(pod))
        wanted.get(pod.metadata.namespace ?? '')?.push(pod);
    }
    for (const one of inputs.environments.namespaces) {
      if (one.effective) judge(one, one.effective, wanted.get(one.namespace) ?? [], { inputs, context });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof sidecarMissing.meta.messages,
  NonNullable<typeof sidecarMissing.meta.checks>
>;
interface Surroundings {
  readonly inputs: Inputs<typeof needs>;
  readonly context: Context;
}

/** Jobs leave the proxy out for a reason: they do not end beside one that runs on. */
function isOfJob({ metadata }: PodItem): boolean {
  return metadata.ownerReferences?.some(({ kind }) => kind === 'Job') ?? false;
}

function judge(
  { namespace }: EnvironmentNamespace,
  { instance, spec }: EffectiveEnvironment,
  all: readonly PodItem[],
  { inputs, context }: Surroundings,
): void {
  const subject = subjectOf(instance);
  const labelled = all.filter(({ metadata }) => metadata.labels?.[spec.label]);
  const without = labelled.filter((pod) => !inputs.sidecars.proxyOf(pod));
  const covered = inputs.pods.coverage.covers(namespace);
  if (without.length === 0) {
    if (covered !== true) context.looked({ check: 'present', subject, unseen: covered });
    else context.looked({ check: 'present', subject, values: { count: labelled.length } });
    return;
  }
  const reasons = new Map<string, PodItem[]>();
  let gap: Gap | undefined;
  for (const pod of without) {
    const wanted = inputs.injection.of(pod);
    if (wanted.state === 'unseen') gap = wanted.gap;
    // Something asks for a proxy and it is missing all the same: `istio/sidecar-not-injected` tells that.
    if (wanted.state !== 'unwanted') continue;
    const why = inputs.sidecars.isAmbient(pod) ? AMBIENT : noProxyReason(pod, wanted);
    getOrCreate(reasons, why, () => []).push(pod);
  }
  const values = { all: labelled.length, label: spec.label, namespace, environment: subject };
  for (const [why, affected] of reasons) {
    const [pod] = affected as [PodItem, ...PodItem[]];
    context.report({
      message: 'withoutProxy',
      values: { ...values, count: affected.length, pod: subjectOf(pod), why },
      subject,
      related: affected.slice(0, RELATED).map((one) => subjectOf(one)),
      evidence: [
        context.at(pod, '/spec/containers'),
        ...affected.slice(1, CITED).map((one) => context.at(one, '/spec/containers')),
      ],
    });
  }
  if (reasons.size > 0) return;
  const unseen = `${without.length} pods have none though Istio is asked for one: istio/sidecar-not-injected`;
  context.looked({ check: 'present', subject, unseen: gap ?? unseen });
}

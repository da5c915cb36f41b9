import { services } from '../../src/artifacts/network-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { objectGraph } from '../../src/derive/object-graph.ts';
import { serviceBackends } from '../../src/derive/service-backends.ts';
import { reachOf } from '../../src/derive/service-reach.ts';
import { obstacleFinding, tagFrame, tagValues } from '../../src/derive/virtual-environment-tag-case.ts';
import { TAG_CHECKS, TAG_MESSAGES } from '../../src/derive/virtual-environment-tag-messages.ts';
import {
  differenceReason,
  missingReason,
  workloadOf,
} from '../../src/derive/virtual-environment-tag-reasons.ts';
import {
  environmentTagging,
  type TaggedEnvironment,
  type TaggedPod,
} from '../../src/derive/virtual-environment-tagging.ts';
import {
  environmentWebhookLog,
  type WebhookWords,
  webhookWords,
  wordsAbout,
} from '../../src/derive/virtual-environment-webhook.ts';
import { describeNamespaces, type WebhookCall } from '../../src/derive/webhook-calls.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** What began less than this ago is a rollout of the webhook. */
const SETTLED_SECONDS = 60;

const needs = {
  tagging: environmentTagging,
  graph: optional(objectGraph),
  log: optional(environmentWebhookLog),
  services: optional(services),
  pods: optional(pods),
  backends: optional(serviceBackends),
};

export const tagMissing = defineAnalyzer({
  meta: {
    id: 'virtual-environment/tag-missing',
    title: 'Pods without the tag of their environment',
    description:
      'Pods of virtual environments whose proxies do not know their environment, and what keeps the webhook of KtEnv from telling them.',
    messages: TAG_MESSAGES,
    checks: TAG_CHECKS,
    references: [
      'alibaba/virtual-environment v0.6.0 cmd/webhook/main.go, deploy/global/ktenv_webhook.yaml',
      'istio/istio pkg/kube/inject/inject.go: sidecar.istio.io/nativeSidecar; release notes of 1.27',
    ],
  },
  needs,
  appliesTo: ({ tagging }) => tagging.applies,
  analyze(inputs, context) {
    for (const environment of inputs.tagging.environments) judge(environment, inputs, context);
    return undefined;
  },
});

type In = Inputs<typeof needs>;
type Context = AnalyzeContext<typeof TAG_MESSAGES, typeof TAG_CHECKS>;

function judge(environment: TaggedEnvironment, inputs: In, context: Context): void {
  const { obstacle, gap } = environment;
  const subject = subjectOf(environment.instance);
  look(environment, inputs, context);
  if (obstacle) {
    context.report(obstacleFinding(environment, obstacle, context));
    reportDifferent(environment, inputs, context);
    return;
  }
  // What the webhook was like when the pods were created is not known, but what they have is.
  if (gap) context.looked({ check: 'webhook', subject, unseen: gap });
  const told = reportPods(environment, inputs, context);
  const { podsGap, pods: all } = environment;
  const withProxy = all.filter(({ tag }) => tag.state !== 'noProxy');
  if (podsGap) context.looked({ check: 'tags', subject, unseen: podsGap });
  else if (!told && withProxy.length > 0)
    context.looked({ check: 'tags', subject, values: { count: withProxy.length, all: withProxy.length } });
  else if (!told) context.looked({ check: 'tags', subject, unseen: 'no pod of it has a proxy' });
}

/** The rows that are fine on the way to the obstacle. */
function look({ instance, obstacle, gap }: TaggedEnvironment, inputs: In, context: Context): void {
  const subject = subjectOf(instance);
  const { call } = inputs.tagging;
  if (!call) return;
  const evidence = [context.at(call.config, call.pointer)];
  const config = subjectOf(call.config);
  const isAway = call.service && isUnreachable(call, inputs, context);
  const unseen = 'it cannot be reached now, so no pod is created here: admission/webhook-unavailable';
  if (isAway) context.looked({ check: 'webhook', subject, unseen, evidence });
  else context.looked({ check: 'webhook', subject, values: { config }, evidence });
  if (gap || obstacle?.is === 'namespaceNotCovered') return;
  context.looked({
    check: 'namespaceLabel',
    subject,
    values: { where: describeNamespaces(call) },
    evidence,
  });
  if (!obstacle) lookAtLabels(subject, inputs, context);
}

/** That is told, with what it holds up, by `admission/webhook-unavailable`. */
function isUnreachable({ service, port, refuses }: WebhookCall, inputs: In, context: Context): boolean {
  if (!service || !refuses) return false;
  const isSettled = (time: string | undefined, item: object) =>
    isOlder(context.age(time, item), SETTLED_SECONDS);
  const { state } = reachOf(service, port, { ...inputs, isSettled });
  return state === 'serviceMissing' || state === 'portMissing' || state === 'noEndpoints';
}

function lookAtLabels(subject: ObjectRef, { tagging: { setting } }: In, context: Context): void {
  if (setting.state === 'set') {
    const read = setting.labels.join(',');
    context.looked({
      check: 'labels',
      subject,
      values: { read },
      evidence: [context.at(setting.pod, setting.pointer)],
    });
  } else {
    const unseen =
      setting.state === 'unset'
        ? 'it is told none: virtual-environment/tag-webhook-failing'
        : 'which labels the webhook reads is not in the bundle';
    context.looked({ check: 'labels', subject, unseen });
  }
}

/** Reports what pods lack though the webhook is there for them; true when something was told. */
function reportPods(environment: TaggedEnvironment, inputs: In, context: Context): boolean {
  const { call, webhook } = inputs.tagging;
  const words = webhookWords(inputs.log, webhook);
  const of = (verdict: TaggedPod['verdict']) => environment.pods.filter((one) => one.verdict === verdict);
  const [native, renamed, older] = [of('native'), of('renamed'), of('older')];
  if (native.length > 0) reportNative(environment, native, { inputs, words, context });
  if (renamed.length > 0) {
    const values = { ...tagValues(environment, renamed), pod: podOf(renamed) };
    context.report({ message: 'proxyRenamed', ...tagFrame(environment, renamed, context), values });
  }
  if (older.length > 0 && call) {
    const { creationTimestamp: created = '' } = call.config.metadata;
    const config = subjectOf(call.config);
    const values = { ...tagValues(environment, older), pod: podOf(older), config, created };
    context.report({ message: 'createdBefore', ...tagFrame(environment, older, context), values });
  }
  const untagged = reportUntagged(environment, words, inputs, context);
  const differs = reportDifferent(environment, inputs, context);
  return native.length + renamed.length + older.length > 0 || untagged || differs;
}

function reportUntagged(
  environment: TaggedEnvironment,
  words: WebhookWords,
  { tagging: { call } }: In,
  context: Context,
): boolean {
  const { labelledSince } = environment;
  const reasons = new Map<string, { one: TaggedPod; line: EvidenceRef | undefined }[]>();
  for (const one of environment.pods) {
    if (one.verdict !== 'untagged' && one.verdict !== 'notSelected') continue;
    const { why, line } = missingReason(one, { call, words, labelledSince });
    getOrCreate(reasons, why, () => []).push({ one, line });
  }
  for (const [why, members] of reasons) {
    const affected = members.map(({ one }) => one);
    const line = members[0]?.line;
    const frame = tagFrame(environment, affected, context);
    context.report({
      message: 'untagged',
      ...frame,
      evidence: line ? [...frame.evidence, line] : frame.evidence,
      values: { ...tagValues(environment, affected), pod: podOf(affected), why },
    });
  }
  return reasons.size > 0;
}

interface Surroundings {
  readonly inputs: In;
  readonly words: WebhookWords;
  readonly context: Context;
}

function reportNative(
  environment: TaggedEnvironment,
  native: readonly TaggedPod[],
  { inputs, words, context }: Surroundings,
): void {
  const [{ pod }] = native as readonly [TaggedPod];
  const workload = workloadOf(pod, inputs.graph);
  const frame = tagFrame(environment, native, context);
  const matches = wordsAbout(words.noSidecar, pod);
  context.report({
    message: 'nativeSidecar',
    ...frame,
    evidence: matches ? [...frame.evidence, { cite: 'matches', matches }] : frame.evidence,
    values: {
      ...tagValues(environment, native),
      pod: podOf(native),
      workload,
      kind: workload.kind.toLowerCase(),
    },
  });
}

function podOf([first]: readonly TaggedPod[]): ObjectRef {
  return subjectOf(first!.pod);
}

function reportDifferent(environment: TaggedEnvironment, { tagging }: In, context: Context): boolean {
  const differs = environment.pods.filter(({ verdict }) => verdict === 'differs');
  const [first] = differs;
  if (first?.tag.state !== 'tagged') return false;
  context.report({
    message: 'tagDiffers',
    ...tagFrame(environment, differs, context),
    values: {
      ...tagValues(environment, differs),
      pod: podOf(differs),
      value: first.value,
      tag: first.tag.value ?? '',
      why: differenceReason(first.pod, environment.spec.label, tagging.setting),
    },
  });
  return true;
}

import { mutatingWebhookConfigurations } from '../../src/artifacts/extension-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { deployments } from '../../src/artifacts/workload-resources.ts';
import { recentMatches } from '../../src/derive/log-recency.ts';
import { isReady } from '../../src/derive/pod-readiness.ts';
import type { EnvironmentWebhook } from '../../src/derive/virtual-environment-components.ts';
import { isBefore } from '../../src/derive/virtual-environment-programs.ts';
import {
  environmentCall,
  environmentWebhookLog,
  labelSetting,
  namespaceLabel,
} from '../../src/derive/virtual-environment-webhook.ts';
import {
  TAG_WEBHOOK_CHECKS,
  TAG_WEBHOOK_MESSAGES,
} from '../../src/derive/virtual-environment-webhook-messages.ts';
import { environmentNamespaces } from '../../src/derive/virtual-environments.ts';
import { describeNamespaces, type WebhookCall, webhookCalls } from '../../src/derive/webhook-calls.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** The first version whose webhook speaks `admission.k8s.io/v1` (cmd/webhook/admission_controller.go). */
const SPEAKS_V1 = [0, 6, 0] as const;
/** Versions an API server sends, of which it takes the first the configuration names. */
const SENT = ['v1', 'v1beta1'];

const needs = {
  environments: environmentNamespaces,
  calls: optional(webhookCalls),
  mutating: optional(mutatingWebhookConfigurations),
  pods: optional(pods),
  deployments: optional(deployments),
  log: optional(environmentWebhookLog),
};

export const tagWebhookFailing = defineAnalyzer({
  meta: {
    id: 'virtual-environment/tag-webhook-failing',
    title: 'Webhook of KtEnv fails at each request',
    description:
      'A webhook of KtEnv that is reached but cannot do its work, which keeps pods from being created.',
    messages: TAG_WEBHOOK_MESSAGES,
    checks: TAG_WEBHOOK_CHECKS,
    references: [
      'alibaba/virtual-environment v0.5.4 and v0.6.0 cmd/webhook/main.go, admission_controller.go',
      'kubernetes/kubernetes apiserver/pkg/admission/plugin/webhook/request/admissionreview.go: VerifyAdmissionResponse',
    ],
  },
  needs,
  appliesTo({ environments, calls, pods: podItems, deployments: wanted }) {
    if (environments.webhook) return true;
    const home = environmentCall(calls, undefined)?.service?.namespace;
    // Scaled to zero it is seen by its Deployment alone.
    for (const { coverage } of home === undefined ? [] : [podItems, wanted]) {
      const seen = coverage.covers(home);
      if (seen !== true) return { applies: 'unseen', gaps: [seen] };
    }
    if (environments.applies !== true) return environments.applies;
    return { applies: false, reason: 'no pod of the webhook of KtEnv is seen' };
  },
  analyze({ environments: { webhook }, calls, mutating, pods: podItems, log }, context) {
    if (!webhook) return undefined;
    const call = environmentCall(calls, webhook);
    if (!call) {
      // Nobody asks it: that is told by `tag-missing`.
      const [unseen] = mutating.coverage.gaps;
      const subject = subjectOf(webhook.deployment ?? webhook.pods[0]!);
      if (unseen) context.looked({ check: 'reviews', subject, unseen });
      return undefined;
    }
    judgeSettings(webhook, call, { log, podItems, context });
    judgeReviews(webhook, call, log, context);
    return undefined;
  },
});

type Log = Inputs<typeof needs>['log'];
type Context = AnalyzeContext<typeof TAG_WEBHOOK_MESSAGES, typeof TAG_WEBHOOK_CHECKS>;

interface Surroundings {
  readonly log: Log;
  readonly podItems: Inputs<typeof needs>['pods'];
  readonly context: Context;
}

function judgeSettings(
  webhook: EnvironmentWebhook,
  call: WebhookCall,
  { log, podItems, context }: Surroundings,
): void {
  const setting = labelSetting(webhook);
  const frame = frameOf(webhook, call);
  const { subject } = frame;
  if (setting.state === 'elsewhere') {
    const covered = podItems.coverage.covers(webhook.namespace);
    const unseen = covered === true ? 'its labels come from a ConfigMap, or no pod of it exists' : covered;
    context.looked({ check: 'settings', subject, unseen });
    return;
  }
  const shown = context.at(setting.pod, setting.pointer);
  if (setting.state === 'set') {
    const values = { read: setting.labels.join(',') };
    context.looked({ check: 'settings', subject, values, evidence: [shown] });
    return;
  }
  const said = linesOf(webhook, 'unset', log, context);
  context.report({ message: 'labelsUnset', ...frame, evidence: [shown, ...said] });
}

function judgeReviews(webhook: EnvironmentWebhook, call: WebhookCall, log: Log, context: Context): void {
  const { version } = webhook;
  const frame = frameOf(webhook, call);
  const { subject } = frame;
  const asked = (call.hook.admissionReviewVersions ?? []).find((one) => SENT.includes(one));
  const shown = context.at(call.config, `${call.pointer}/admissionReviewVersions`);
  const config = subjectOf(call.config);
  if (version && asked === 'v1' && isBefore(version, SPEAKS_V1)) {
    context.report({
      message: 'reviewsNotAnswered',
      ...frame,
      values: { ...frame.values, version: version.text, config },
      evidence: [shown, context.at(webhook.deployment ?? webhook.pods[0]!, '/spec')],
    });
    return;
  }
  const [line] = linesOf(webhook, 'unread', log, context);
  if (line) {
    const detail = line.matches.hits.at(-1)?.captures.detail ?? 'its log does not say why';
    context.report({
      message: 'requestsNotRead',
      ...frame,
      values: { ...frame.values, detail },
      evidence: [line, shown],
    });
    return;
  }
  if (!version || !asked) {
    const unseen = version ? 'its configuration names no version' : 'its version is not known by its image';
    context.looked({ check: 'reviews', subject, unseen });
    return;
  }
  context.looked({ check: 'reviews', subject, values: { version: version.text, asked }, evidence: [shown] });
}

/** The last lines of the webhook's pods of one kind. */
function linesOf(
  webhook: EnvironmentWebhook,
  pattern: 'unset' | 'unread',
  log: Log,
  context: Context,
): Extract<EvidenceRef, { cite: 'matches' }>[] {
  return webhook.pods.flatMap(({ metadata: { namespace = '', name } }) => {
    const matches = recentMatches(log.matches(pattern, { namespace, pod: name }), context).at(-1);
    const hit = matches?.hits.at(-1);
    return matches && hit ? [{ cite: 'matches', matches, hit } as const] : [];
  });
}

/**
 * The fault lies in the pods where they fail, so that what their failing leads to stands below it; else in the
 * configuration, which pods that are not created name.
 */
function frameOf(webhook: EnvironmentWebhook, call: WebhookCall) {
  const server = subjectOf(webhook.deployment ?? webhook.pods[0]!);
  const fails = webhook.pods.some((pod) => !isReady(pod));
  const wanted = namespaceLabel(call);
  const config = subjectOf(call.config);
  return {
    subject: fails ? server : call.subject,
    severity: call.refuses ? ('critical' as const) : ('warning' as const),
    related: [
      fails ? config : server,
      ...(call.service ? [call.service] : []),
      ...webhook.pods.map((pod) => subjectOf(pod)),
    ],
    values: {
      webhook: server,
      where: describeNamespaces(call),
      consequence: call.refuses ? 'is refused' : 'goes on without tags',
      wanted,
      key: wanted.split('=', 1)[0] ?? wanted,
    },
  };
}

import { mutatingWebhookConfigurations } from '../artifacts/extension-resources.ts';
import type { AnalyzeContext, ReportArgument } from '../model/analyzer.ts';
import type { EvidenceRef } from '../model/finding.ts';
import { CLUSTER_SCOPE } from '../model/scope.ts';
import { subjectOf } from '../model/subject.ts';
import type { TAG_MESSAGES } from './virtual-environment-tag-messages.ts';
import type { TaggedEnvironment, TaggedPod, TagObstacle } from './virtual-environment-tagging.ts';
import { namespaceLabel } from './virtual-environment-webhook.ts';
import { describeNamespaces } from './webhook-calls.ts';

/** Pods a finding names as related, and cites. */
const RELATED = 50;
const CITED = 3;

type Cite = Pick<AnalyzeContext, 'at' | 'absent'>;

/** What every finding about some pods of an environment says of them. */
export function tagValues({ instance, spec, pods }: TaggedEnvironment, affected: readonly TaggedPod[]) {
  return {
    environment: subjectOf(instance),
    label: spec.label,
    count: affected.length,
    all: pods.filter(({ tag }) => tag.state !== 'noProxy').length,
  };
}

/** Subject, related pods and evidence of such a finding. */
export function tagFrame({ instance }: TaggedEnvironment, affected: readonly TaggedPod[], cite: Cite) {
  return {
    subject: subjectOf(instance),
    related: affected.slice(0, RELATED).map(({ pod }) => subjectOf(pod)),
    evidence: [cite.at(instance, '/spec/envHeader'), ...citations(affected, cite)] as const,
  };
}

function citations(affected: readonly TaggedPod[], { at }: Cite): EvidenceRef[] {
  return affected
    .slice(0, CITED)
    .map(({ pod, tag }) => at(pod, tag.state === 'noProxy' ? '/spec' : tag.pointer));
}

/** The finding about what keeps all pods of an environment from their tags. */
export function obstacleFinding(
  environment: TaggedEnvironment,
  obstacle: TagObstacle,
  cite: Cite,
): ReportArgument<typeof TAG_MESSAGES> {
  const { instance, pods } = environment;
  const missing = pods.filter(({ tag }) => tag.state === 'untagged');
  const values = tagValues(environment, missing);
  const { subject, related, evidence } = tagFrame(environment, missing, cite);
  if (obstacle.is === 'webhookMissing') {
    const absent = cite.absent({ artifact: mutatingWebhookConfigurations, scope: CLUSTER_SCOPE });
    return { message: 'webhookMissing', values, subject, related, evidence: [...evidence, absent] };
  }
  if (obstacle.is === 'namespaceNotCovered') {
    const { call, item } = obstacle;
    const selector = cite.at(call.config, `${call.pointer}/namespaceSelector`);
    return {
      message: 'namespaceNotCovered',
      values: {
        ...values,
        space: subjectOf(item),
        config: subjectOf(call.config),
        where: describeNamespaces(call),
        wanted: namespaceLabel(call),
      },
      subject,
      related: [subjectOf(item), ...related],
      evidence: [cite.at(item, '/metadata'), selector, ...evidence],
    };
  }
  const { webhook, setting } = obstacle;
  const server = subjectOf(webhook.deployment ?? setting.pod);
  return {
    message: 'labelNotRead',
    values: { ...values, webhook: server, read: setting.labels.join(',') },
    subject,
    related: [server, ...related],
    evidence: [cite.at(setting.pod, setting.pointer), cite.at(instance, '/spec'), ...evidence],
  };
}

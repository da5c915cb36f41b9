import { mutatingWebhookConfigurations } from '../artifacts/extension-resources.ts';
import { type NamespaceItem, namespaces, type PodItem, pods } from '../artifacts/resources.ts';
import {
  type VirtualEnvironmentItem,
  virtualEnvironments,
} from '../artifacts/virtual-environment-resources.ts';
import type { Applicability } from '../model/analyzer.ts';
import { type Collection, defineDerived, type Inputs, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { labelSince } from './istio-injection.ts';
import { matchesSelector } from './label-selector.ts';
import { hasEnded } from './pod-readiness.ts';
import type { EnvironmentWebhook } from './virtual-environment-components.ts';
import type { EnvironmentSpec } from './virtual-environment-spec.ts';
import { type PodTag, podTag } from './virtual-environment-tag.ts';
import {
  environmentCall,
  type LabelSetting,
  labelSetting,
  namespaceLabel,
} from './virtual-environment-webhook.ts';
import { environmentNamespaces } from './virtual-environments.ts';
import { seesNewPods, type WebhookCall, webhookCalls } from './webhook-calls.ts';

/** Why no pod that is created in an environment now gets a tag. */
export type TagObstacle =
  | { readonly is: 'webhookMissing' }
  | { readonly is: 'namespaceNotCovered'; readonly call: WebhookCall; readonly item: NamespaceItem }
  | {
      readonly is: 'labelNotRead';
      readonly webhook: EnvironmentWebhook;
      readonly setting: Extract<LabelSetting, { state: 'set' }>;
    };

/** A pod of an environment: what its label says and what its proxy was told. */
export interface TaggedPod {
  readonly pod: PodItem;
  /** Value of the environment label. */
  readonly value: string;
  readonly tag: PodTag;
  readonly verdict:
    | 'tagged'
    /** The tag is not the value of the label. */
    | 'differs'
    | 'noProxy'
    /** The webhook does not find the proxy of the pod: it is an init container, or has another name. */
    | 'native'
    | 'renamed'
    /** Created before the webhook was configured. */
    | 'older'
    /** Its labels are outside of the webhook's `objectSelector`. */
    | 'notSelected'
    | 'untagged';
}

/** An environment whose requests are to be tagged by the proxies (`autoInject: true`). */
export interface TaggedEnvironment {
  readonly namespace: string;
  readonly instance: VirtualEnvironmentItem;
  readonly spec: EnvironmentSpec;
  readonly obstacle: TagObstacle | undefined;
  /** When the label by which the namespace is taken in was last written, where the server's record tells. */
  readonly labelledSince: string | undefined;
  /** What was not seen of webhook and namespace; `obstacle` is undefined then. */
  readonly gap: Gap | undefined;
  /** Pods with the environment label that have not ended. */
  readonly pods: readonly TaggedPod[];
  /** Why not all pods of the namespace were seen. */
  readonly podsGap: Gap | undefined;
}

/** How the environments of the cluster get their tags. */
export interface EnvironmentTagging {
  readonly call: WebhookCall | undefined;
  readonly webhook: EnvironmentWebhook | undefined;
  readonly setting: LabelSetting;
  readonly environments: readonly TaggedEnvironment[];
  /** Whether an analyzer of tags has anything to look at: its `appliesTo`. */
  readonly applies: Applicability;
}

const needs = {
  environments: environmentNamespaces,
  instances: virtualEnvironments,
  calls: optional(webhookCalls),
  mutating: optional(mutatingWebhookConfigurations),
  namespaces: optional(namespaces),
  pods: optional(pods),
};
type In = Inputs<typeof needs>;

/** Environments with `autoInject: true`, the webhook that is to tag them, and the tags of their pods. */
export const environmentTagging = defineDerived({
  id: 'virtual-environment-tagging',
  title: 'Tags of virtual environments',
  needs,
  derive(inputs): EnvironmentTagging {
    const { webhook } = inputs.environments;
    const call = environmentCall(inputs.calls, webhook);
    const setting = labelSetting(webhook);
    const tagged = inputs.environments.namespaces.flatMap(({ namespace, effective }) =>
      effective?.spec.autoInject ? [{ namespace, ...effective }] : [],
    );
    const byNamespace = podsOf(new Set(tagged.map(({ namespace }) => namespace)), inputs.pods);
    return {
      call,
      webhook,
      setting,
      applies: tagged.length > 0 ? true : withoutTags(inputs),
      environments: tagged.map(({ namespace, instance, spec }): TaggedEnvironment => {
        const covered = inputs.pods.coverage.covers(namespace);
        const own = (byNamespace.get(namespace) ?? []).filter(
          ({ metadata }) => metadata.labels?.[spec.label],
        );
        return {
          namespace,
          instance,
          spec,
          ...obstacleOf({ namespace, spec, call, webhook, setting }, inputs),
          labelledSince: labelledSince(namespace, call, inputs),
          pods: own.map((pod) => judge(pod, spec, call)),
          podsGap: covered === true ? undefined : covered,
        };
      }),
    };
  },
});

function withoutTags({ environments, instances }: In): Applicability {
  if (environments.applies !== true) return environments.applies;
  const { gaps } = instances.coverage;
  if (gaps.length > 0) return { applies: 'unseen', gaps };
  return { applies: false, reason: 'no virtual environment asks for tags (`autoInject: true`)' };
}

function podsOf(wanted: ReadonlySet<string>, { items }: Collection<PodItem>): Map<string, PodItem[]> {
  const found = new Map<string, PodItem[]>([...wanted].map((one) => [one, []]));
  for (const pod of items) {
    if (hasEnded(pod) || pod.metadata.deletionTimestamp) continue;
    found.get(pod.metadata.namespace ?? '')?.push(pod);
  }
  return found;
}

interface Place extends Pick<EnvironmentTagging, 'call' | 'webhook' | 'setting'> {
  readonly namespace: string;
  readonly spec: EnvironmentSpec;
}

/** In the order of the way a pod goes: the API server calls, for the namespace, and the webhook reads the label. */
function obstacleOf(
  { namespace, spec, call, webhook, setting }: Place,
  { mutating, namespaces: all }: In,
): Pick<TaggedEnvironment, 'obstacle' | 'gap'> {
  if (!call) {
    const [gap] = mutating.coverage.gaps;
    return gap ? { obstacle: undefined, gap } : { obstacle: { is: 'webhookMissing' }, gap: undefined };
  }
  const found = all.lookup({ name: namespace });
  if (found.state === 'present' && !seesNewPods(call, found.item.metadata.labels))
    return { obstacle: { is: 'namespaceNotCovered', call, item: found.item }, gap: undefined };
  if (webhook && setting.state === 'set' && !setting.labels.includes(spec.label))
    return { obstacle: { is: 'labelNotRead', webhook, setting }, gap: undefined };
  return { obstacle: undefined, gap: found.state === 'unseen' ? found.gap : undefined };
}

function labelledSince(
  namespace: string,
  call: WebhookCall | undefined,
  { namespaces: all }: In,
): string | undefined {
  const found = all.lookup({ name: namespace });
  const [label = ''] = call ? namespaceLabel(call).split('=', 1) : [];
  return found.state === 'present' ? labelSince(found.item, label) : undefined;
}

function judge(pod: PodItem, { label }: EnvironmentSpec, call: WebhookCall | undefined): TaggedPod {
  const value = pod.metadata.labels?.[label] ?? '';
  const tag = podTag(pod);
  return { pod, value, tag, verdict: verdictOf(pod, value, tag, call) };
}

function verdictOf(
  pod: PodItem,
  value: string,
  tag: PodTag,
  call: WebhookCall | undefined,
): TaggedPod['verdict'] {
  if (tag.state === 'noProxy') return 'noProxy';
  // A value from elsewhere is somebody's own.
  if (tag.state === 'tagged') return tag.value === undefined || tag.value === value ? 'tagged' : 'differs';
  if (tag.hidden) return tag.hidden;
  const { creationTimestamp: configured = '' } = call?.config.metadata ?? {};
  if ((pod.metadata.creationTimestamp ?? '') < configured) return 'older';
  if (call && !matchesSelector(pod.metadata.labels, call.hook.objectSelector ?? {})) return 'notSelected';
  return 'untagged';
}

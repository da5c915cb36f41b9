import type { PodItem } from '../artifacts/resources.ts';
import { logSignals } from '../model/artifact.ts';
import type { LogMatches, LogSignals } from '../model/log-signals.ts';
import { oldestFirst } from './creation-order.ts';
import type { EnvironmentWebhook } from './virtual-environment-components.ts';
import type { WebhookCall, WebhookCalls } from './webhook-calls.ts';

/** Names in deploy/global/ktenv_webhook.yaml. */
const CONFIGURATION = 'virtual-environment-webhook';
const HOOK = 'webhook-server.kt-virtual-environment.svc';
/** What its `namespaceSelector` asks for as delivered. */
const NAMESPACE_LABEL = 'environment-tag-injection=enabled';
/** Variable that names the labels it reads, in their order (cmd/webhook/constant.go). */
const LABELS_VARIABLE = 'envLabel';

/** The webhook of KtEnv as the API server calls it: by its names, else by the namespace its pods run in. */
export function environmentCall(
  calls: WebhookCalls,
  webhook: EnvironmentWebhook | undefined,
): WebhookCall | undefined {
  const mutating = calls.all.filter(({ config }) => config.kind === 'MutatingWebhookConfiguration');
  return (
    mutating.find(({ config, hook }) => config.metadata.name === CONFIGURATION || hook.name === HOOK) ??
    mutating.find(({ service }) => webhook !== undefined && service?.namespace === webhook.namespace)
  );
}

/** The label, as `kubectl label` takes it, by which a namespace is taken in. */
export function namespaceLabel({ hook }: WebhookCall): string {
  const { matchLabels = {} } = (hook.namespaceSelector ?? {}) as { matchLabels?: Record<string, string> };
  const [pair] = Object.entries(matchLabels);
  return pair ? pair.join('=') : NAMESPACE_LABEL;
}

/** The labels the webhook reads; `unset` ends it at the first request, `elsewhere` is not in the bundle. */
export type LabelSetting =
  | {
      readonly state: 'set';
      readonly labels: readonly string[];
      readonly pod: PodItem;
      readonly pointer: string;
    }
  | { readonly state: 'unset'; readonly pod: PodItem; readonly pointer: string }
  | { readonly state: 'elsewhere' };

/** Reads `envLabel` from the newest pod of the webhook: an older one may end any moment. */
export function labelSetting(webhook: EnvironmentWebhook | undefined): LabelSetting {
  const pod = oldestFirst(webhook?.pods ?? []).at(-1);
  const containers = pod?.spec?.containers ?? [];
  const index = containers.findIndex(({ name }) => name === webhook?.container);
  const container = containers[index];
  if (!pod || !container) return { state: 'elsewhere' };
  const pointer = `/spec/containers/${index}/env`;
  const place = (container.env ?? []).findIndex(({ name }) => name === LABELS_VARIABLE);
  const variable = container.env?.[place];
  if (variable?.valueFrom || (!variable && container.envFrom)) return { state: 'elsewhere' };
  if (!variable?.value)
    return { state: 'unset', pod, pointer: variable ? `${pointer}/${place}` : `/spec/containers/${index}` };
  return { state: 'set', labels: variable.value.split(','), pod, pointer: `${pointer}/${place}` };
}

/**
 * Lines of the webhook (cmd/webhook/main.go, admission_controller.go): level and wording in v0.5 and v0.6, with a
 * small letter before. A pod of a controller has no name yet, so its `generateName` is written.
 */
export const environmentWebhookLog = logSignals({
  component: { id: 'virtual-environment-webhook', container: /^server$/ },
  patterns: {
    noLabel: {
      any: ['o environment tag found on pod'],
      re: /[Nn]o environment tag found on pod (?<pod>\S+)/,
    },
    noSidecar: {
      any: ['o sidecar container found on pod'],
      re: /[Nn]o sidecar container found on pod (?<pod>\S+)/,
    },
    unset: { any: ['annot determine env label'] },
    unread: {
      any: ['could not deserialize request', 'could not deserialize pod object'],
      re: /(?<detail>could not deserialize (?:request|pod object): [^}]+)/,
    },
  },
});

/** What the webhook wrote of pods it left alone. */
export interface WebhookWords {
  readonly noSidecar: readonly LogMatches[];
  readonly noLabel: readonly LogMatches[];
}

/** The lines of the webhook's own pods; other containers may be called `server` too. */
export function webhookWords(
  log: LogSignals<'noLabel' | 'noSidecar' | 'unset' | 'unread'>,
  webhook: EnvironmentWebhook | undefined,
): WebhookWords {
  const said = (pattern: 'noLabel' | 'noSidecar') =>
    (webhook?.pods ?? []).flatMap(({ metadata: { namespace = '', name } }) =>
      log.matches(pattern, { namespace, pod: name }),
    );
  return { noSidecar: said('noSidecar'), noLabel: said('noLabel') };
}

/** The lines that name this pod, or the controller's name for it, at the moment it was created. */
export function wordsAbout(words: readonly LogMatches[], { metadata }: PodItem): LogMatches | undefined {
  const { name, creationTimestamp = '' } = metadata;
  return words.find(({ hits }) =>
    hits.some(({ captures, time }) => {
      const named = captures.pod ?? '';
      const isAbout = named === name || (name.startsWith(named) && GENERATED.test(name.slice(named.length)));
      return isAbout && time !== undefined && isSameMoment(time, creationTimestamp);
    }),
  );
}

/** What the API server appends to a `generateName`. */
const GENERATED = /^[a-z0-9]{5}$/;
/** The clocks of nodes differ by little. */
const MOMENT_SECONDS = 30;

function isSameMoment(a: string, b: string): boolean {
  return Math.abs(Date.parse(a) - Date.parse(b)) / 1000 <= MOMENT_SECONDS;
}

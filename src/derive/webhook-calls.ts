import {
  type MutatingWebhookConfigurationItem,
  mutatingWebhookConfigurations,
  type ValidatingWebhookConfigurationItem,
  validatingWebhookConfigurations,
} from '../artifacts/extension-resources.ts';
import { defineDerived } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { isEmptySelector, type LabelSelector, matchesSelector } from './label-selector.ts';

export type WebhookConfiguration = MutatingWebhookConfigurationItem | ValidatingWebhookConfigurationItem;
type Webhook = NonNullable<WebhookConfiguration['webhooks']>[number];
type Rules = NonNullable<Webhook['rules']>;

/** One webhook the API server calls before it admits an object. */
export interface WebhookCall {
  readonly config: WebhookConfiguration;
  readonly hook: Webhook;
  /** JSON Pointer to the webhook in its configuration. */
  readonly pointer: string;
  /** The configuration, with the pointer. */
  readonly subject: ObjectRef;
  /** The plural kubectl takes: `validatingwebhookconfiguration`. */
  readonly resource: string;
  /** Whether a call that fails refuses the request (`failurePolicy: Fail`, the default of v1). */
  readonly refuses: boolean;
  /** The Service it is reached through; undefined when it is reached by URL. */
  readonly service?: ObjectRef;
  /** Port of the Service; 443 unless it is named. */
  readonly port: number;
}

/** The admission webhooks of the cluster. */
export interface WebhookCalls {
  readonly all: readonly WebhookCall[];
  named(name: string): readonly WebhookCall[];
}

/** All webhooks of all configurations, each by itself. */
export const webhookCalls = defineDerived({
  id: 'webhook-calls',
  title: 'Admission webhooks',
  needs: { validating: validatingWebhookConfigurations, mutating: mutatingWebhookConfigurations },
  derive({ validating, mutating }): WebhookCalls {
    const all = [...validating.items, ...mutating.items].flatMap(callsOf);
    const byName = new Map<string, WebhookCall[]>();
    for (const call of all) getOrCreate(byName, call.hook.name, () => []).push(call);
    return { all, named: (name) => byName.get(name) ?? [] };
  },
});

function callsOf(config: WebhookConfiguration): WebhookCall[] {
  return (config.webhooks ?? []).map((hook, index) => {
    const pointer = `/webhooks/${index}`;
    const { service } = hook.clientConfig ?? {};
    return {
      config,
      hook,
      pointer,
      subject: subjectOf(config, pointer),
      resource: config.kind.toLowerCase(),
      refuses: (hook.failurePolicy ?? 'Fail') === 'Fail',
      ...(service
        ? { service: { group: '', kind: 'Service', namespace: service.namespace, name: service.name } }
        : {}),
      port: service?.port ?? 443,
    };
  });
}

/** Resources of one webhook shown in a sentence. */
const SHOWN = 5;

/** What a webhook is called for: `CREATE, UPDATE of pods, deployments.apps`. */
export function describeRules({ hook: { rules = [] } }: WebhookCall): string {
  const operations = new Set(rules.flatMap((rule) => rule.operations ?? []));
  const objects = new Set(
    rules.flatMap(({ apiGroups = [], resources = [] }) =>
      apiGroups.flatMap((group) => resources.map((one) => objectName(group, one))),
    ),
  );
  const names = [...objects];
  const shown = names.length > SHOWN ? [...names.slice(0, SHOWN), `${names.length - SHOWN} more`] : names;
  return `${operations.has('*') ? 'every change' : [...operations].join(', ')} of ${shown.join(', ') || 'nothing'}`;
}

function objectName(group: string, resource: string): string {
  if (resource === '*' || resource === '*/*')
    return group === '*' ? 'all kinds' : `all of ${group || 'core'}`;
  return group === '' || group === '*' ? resource : `${resource}.${group}`;
}

/** Where a webhook is called: `all namespaces`, or the selector in words. */
export function describeNamespaces({ hook: { namespaceSelector } }: WebhookCall): string {
  const selector = namespaceSelector ?? {};
  if (isEmptySelector(selector)) return 'all namespaces';
  const { matchLabels = {}, matchExpressions = [] } = selector as LabelSelector;
  const words = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) =>
      values.length > 0 ? `${key} ${operator} (${values.join(', ')})` : `${key} ${operator}`,
    ),
  ];
  return `namespaces where ${words.join(', ')}`;
}

/** Whether a webhook is called for objects that Kubernetes itself creates, not only for custom resources. */
export function touchesBuiltIn({ hook: { rules = [] } }: WebhookCall): boolean {
  const groups = rules.flatMap((rule) => rule.apiGroups ?? []);
  return groups.some((group) => group === '*' || !group.includes('.') || group.endsWith('.k8s.io'));
}

/** Whether a webhook is called when a pod is created in a namespace with these labels, whatever the pod's own. */
export function seesNewPods({ hook }: WebhookCall, namespaceLabels: Labels | undefined): boolean {
  if (!(hook.rules ?? []).some(coversPodCreation)) return false;
  return matchesSelector(namespaceLabels, hook.namespaceSelector ?? {});
}

type Labels = Readonly<Record<string, string>>;

function coversPodCreation({
  operations = [],
  apiGroups = [],
  resources = [],
  scope,
}: Rules[number]): boolean {
  return (
    scope !== 'Cluster' &&
    operations.some((one) => one === '*' || one === 'CREATE') &&
    apiGroups.some((one) => one === '*' || one === '') &&
    resources.some((one) => one === '*' || one === '*/*' || one === 'pods')
  );
}

import type { MutatingWebhookConfigurationItem } from '../artifacts/extension-resources.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { INJECT_LABEL, INJECTION_LABEL, REVISION_LABEL } from './istio-labels.ts';
import { type LabelSelector, matchesSelector } from './label-selector.ts';

type Webhook = NonNullable<MutatingWebhookConfigurationItem['webhooks']>[number];

/** A webhook by which Istio puts its proxy into new pods. */
export interface InjectorWebhook {
  readonly config: MutatingWebhookConfigurationItem;
  readonly hook: Webhook;
  /** JSON Pointer to the webhook in its configuration. */
  readonly pointer: string;
  /** The Service of its control plane; undefined when it is reached by URL. */
  readonly service: { readonly namespace: string; readonly name: string } | undefined;
  /** It matches nothing: Istio leaves such a webhook where another revision serves the default. */
  readonly off: boolean;
}

type Labels = Readonly<Record<string, string>> | undefined;

/** `rev.namespace.sidecar-injector.istio.io`, `object.…`, and the single webhook of old versions. */
const NAME = /(?:^|\.)sidecar-injector\.istio\.io$/;
/** What istioctl writes into the selector of a webhook it switches off. */
const NEVER = 'istio.io/deactivated';

/** The injector webhooks among those that change objects. */
export function injectorWebhooks(items: readonly MutatingWebhookConfigurationItem[]): InjectorWebhook[] {
  return items.flatMap((config) =>
    (config.webhooks ?? []).flatMap((hook, index) => {
      if (!NAME.test(hook.name)) return [];
      const { service } = hook.clientConfig ?? {};
      const labels = (hook.namespaceSelector as LabelSelector | undefined)?.matchLabels ?? {};
      return [
        {
          config,
          hook,
          pointer: `/webhooks/${index}`,
          service: service && { namespace: service.namespace, name: service.name },
          off: NEVER in labels,
        },
      ];
    }),
  );
}

/** Whether a webhook is called for a pod with these labels in a namespace with those. */
export function injects({ hook, off }: InjectorWebhook, namespace: Labels, pod: Labels): boolean {
  if (off) return false;
  const byNamespace = (hook.namespaceSelector ?? {}) as LabelSelector;
  const byObject = (hook.objectSelector ?? {}) as LabelSelector;
  return matchesSelector(namespace, byNamespace) && matchesSelector(pod, byObject);
}

/** The webhooks that are called, by labels of namespace and pod: asked of each combination once, however many pods have it. */
export function injectorIndex(
  all: readonly InjectorWebhook[],
): (namespace: Labels, pod: Labels) => readonly InjectorWebhook[] {
  const ofNamespace = asked(all, ({ namespaceSelector }) => namespaceSelector as LabelSelector | undefined);
  const ofPod = asked(all, ({ objectSelector }) => objectSelector as LabelSelector | undefined);
  const known = new Map<string, readonly InjectorWebhook[]>();
  return (namespace, pod) => {
    const key = JSON.stringify([
      ofNamespace.map((label) => namespace?.[label]),
      ofPod.map((label) => pod?.[label]),
    ]);
    return getOrCreate(known, key, () => all.filter((one) => injects(one, namespace, pod)));
  };
}

/** The labels that selectors of webhooks look at. */
function asked(
  all: readonly InjectorWebhook[],
  selectorOf: (hook: Webhook) => LabelSelector | undefined,
): readonly string[] {
  const labels = all.flatMap(({ hook }) => {
    const { matchLabels = {}, matchExpressions = [] } = selectorOf(hook) ?? {};
    return [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];
  });
  return [...new Set(labels)];
}

/** Two injectors of different configurations that are both called for a pod. */
export interface DoubleInjection {
  readonly one: InjectorWebhook;
  readonly other: InjectorWebhook;
  /** Labels under which both are called: of the namespace, then of the pod. */
  readonly labels: readonly string[];
  /** Whether a namespace here has such labels. */
  readonly isMet: boolean;
}

interface LabelledNamespace {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

/** IST0139: every combination of the labels that decide on injection, and those namespaces have. */
export function injectedTwice(
  all: readonly InjectorWebhook[],
  namespaces: readonly LabelledNamespace[],
): DoubleInjection[] {
  const revisions = new Set<string | undefined>([undefined]);
  for (const { hook } of all) {
    const { matchExpressions = [] } = (hook.namespaceSelector ?? {}) as LabelSelector;
    for (const { key, operator, values = [] } of matchExpressions)
      if (key === REVISION_LABEL && operator === 'In') for (const value of values) revisions.add(value);
  }
  const byNamespace = combinations({
    [INJECTION_LABEL]: [undefined, 'enabled'],
    [REVISION_LABEL]: [...revisions],
  });
  const byPod = combinations({
    [INJECT_LABEL]: [undefined, 'true'],
    [REVISION_LABEL]: [...revisions],
  });
  const found = new Map<string, DoubleInjection>();
  const real = new Map(
    namespaces.map(({ metadata: { labels = {} } }) => [keyOf(decisive(labels)), labels] as const),
  );
  for (const [isMet, spaces] of [
    [true, [...real.values()]],
    [false, byNamespace],
  ] as const) {
    for (const space of spaces) {
      // A namespace that asks for nothing is met by what its pods ask for, which nobody need do.
      for (const labels of isMet ? [{}] : byPod) note(all, { space, labels, isMet }, found);
    }
  }
  return [...found.values()];
}

type Known = Readonly<Record<string, string>>;

function note(
  all: readonly InjectorWebhook[],
  { space, labels, isMet }: { space: Known; labels: Known; isMet: boolean },
  found: Map<string, DoubleInjection>,
): void {
  const called = all.filter((one) => injects(one, space, labels));
  const [one] = called;
  const other = called.find(({ config }) => config.metadata.name !== one?.config.metadata.name);
  if (!one || !other) return;
  const names = [one, other].map(({ config }) => config.metadata.name).sort();
  const key = names.join(' ');
  if (found.has(key)) return;
  const texts = [...Object.entries(decisive(space)), ...Object.entries(labels)].map(
    ([label, value]) => `${label}=${value}`,
  );
  found.set(key, { one, other, labels: texts.length > 0 ? texts : ['none'], isMet });
}

function combinations(values: Readonly<Record<string, readonly (string | undefined)[]>>): Known[] {
  return Object.entries(values).reduce<Known[]>(
    (made, [label, all]) =>
      made.flatMap((one) => all.map((value) => (value === undefined ? one : { ...one, [label]: value }))),
    [{}],
  );
}

/** Of a namespace's labels, those that decide. */
function decisive(labels: Known): Known {
  const kept = Object.entries(labels).filter(
    ([label]) => label === INJECTION_LABEL || label === REVISION_LABEL,
  );
  return Object.fromEntries(kept);
}

function keyOf(labels: Known): string {
  return JSON.stringify(labels);
}

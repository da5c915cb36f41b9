import { type NamespaceItem, namespaces, type PodItem } from '../artifacts/resources.ts';
import { defineDerived } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { istioControlPlanes } from './istio-control-planes.ts';
import type { InjectionSettings } from './istio-injection-settings.ts';
import { type InjectorWebhook, injectorIndex } from './istio-injectors.ts';
import { AMBIENT_LABEL, INJECT_LABEL, INJECTION_LABEL, REVISION_LABEL } from './istio-labels.ts';
import { isEmptySelector, matchesSelector } from './label-selector.ts';

/** What asks for a proxy in a pod: the label, and whose it is. */
export interface InjectionWish {
  readonly by: 'namespace' | 'pod';
  /** `istio-injection=enabled`, `istio.io/rev=1-27`, `sidecar.istio.io/inject=true`. */
  readonly label: string;
  /** The revision or tag that is named. */
  readonly revision: string | undefined;
}

/** Whether a pod created now would get a proxy. */
export type Injection =
  /** Nothing asks for a proxy, or something asks to be left out: the injector's own settings, where it is they. */
  | { readonly state: 'unwanted'; readonly bySettings?: true }
  | { readonly state: 'unseen'; readonly gap: Gap }
  | {
      readonly state: 'wanted';
      readonly wish: InjectionWish;
      readonly namespace: NamespaceItem;
      /** The webhooks that are called for it; none: nobody injects. */
      readonly injectors: readonly InjectorWebhook[];
    };

/** Asks what the injectors do with a pod. */
export interface IstioInjection {
  of(pod: PodItem): Injection;
  /** What they do with a pod of a namespace that bears no label of its own. */
  ofNamespace(namespace: NamespaceItem): Injection;
}

/** Namespaces and pods against the injector webhooks of all revisions and tags. */
export const istioInjection = defineDerived({
  id: 'istio-injection',
  title: 'Istio injection',
  needs: { namespaces, planes: istioControlPlanes },
  derive({ namespaces: all, planes }): IstioInjection {
    const called = injectorIndex(planes.injectors);
    const home = new Set(planes.planes.map(({ namespace }) => namespace));
    const settingsOf = ({ service }: InjectorWebhook) =>
      (service ? planes.behind(service) : []).flatMap(({ settings }) => settings ?? []);
    function wanted(wish: InjectionWish | undefined, namespace: NamespaceItem, labels: Labels): Injection {
      if (!wish) return { state: 'unwanted' };
      const injectors = called(namespace.metadata.labels, labels);
      return { state: 'wanted', wish, namespace, injectors };
    }
    return {
      ofNamespace: (namespace) =>
        isLeftOut(namespace.metadata.name, home)
          ? { state: 'unwanted' }
          : wanted(namespaceWish(namespace), namespace, {}),
      of(pod) {
        const { namespace: name = '', labels = {} } = pod.metadata;
        if (isLeftOut(name, home) || refuses(pod)) return { state: 'unwanted' };
        const found = all.lookup({ name });
        if (found.state === 'unseen') return { state: 'unseen', gap: found.gap };
        if (found.state === 'absent') return { state: 'unwanted' };
        const wish = wanted(wishFor(pod, found.item), found.item, labels);
        if (wish.state !== 'wanted' || asksItself(pod)) return wish;
        const { injectors } = wish;
        const isLeft = injectors.some((one) =>
          settingsOf(one).some((settings) => leavesOut(settings, labels)),
        );
        return isLeft ? { state: 'unwanted', bySettings: true } : wish;
      },
    };
  },
});

type Labels = Readonly<Record<string, string>>;

/** The injector leaves these out itself (pkg/kube/inject, IgnoredNamespaces). */
const IGNORED: ReadonlySet<string> = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
  'istio-system',
]);

function isLeftOut(namespace: string, home: ReadonlySet<string>): boolean {
  return IGNORED.has(namespace) || home.has(namespace);
}

/** A pod that is not to get a proxy, or cannot: of the host's network, or made by a kubelet. */
function refuses({ metadata: { labels = {}, annotations = {} }, spec }: PodItem): boolean {
  const asked = labels[INJECT_LABEL] ?? annotations[INJECT_LABEL];
  const isMirror = annotations['kubernetes.io/config.mirror'] !== undefined;
  return asked === 'false' || spec?.hostNetwork === true || isMirror || labels[AMBIENT_LABEL] === 'ambient';
}

/** The settings of the injector do not count for it (pkg/kube/inject, injectRequired). */
function asksItself({ metadata: { labels = {}, annotations = {} } }: PodItem): boolean {
  return (labels[INJECT_LABEL] ?? annotations[INJECT_LABEL]) === 'true';
}

function leavesOut({ never, byDefault }: InjectionSettings, labels: Labels): boolean {
  return !byDefault || never.some((one) => !isEmptySelector(one) && matchesSelector(labels, one));
}

function namespaceWish({ metadata: { labels = {} } }: NamespaceItem): InjectionWish | undefined {
  const injection = labels[INJECTION_LABEL];
  if (injection === 'enabled')
    return { by: 'namespace', label: `${INJECTION_LABEL}=enabled`, revision: undefined };
  if (injection !== undefined || labels[AMBIENT_LABEL] === 'ambient') return undefined;
  const revision = labels[REVISION_LABEL];
  return revision === undefined
    ? undefined
    : { by: 'namespace', label: `${REVISION_LABEL}=${revision}`, revision };
}

/** A namespace that says no is not overruled by its pods. */
function wishFor(
  { metadata: { labels = {} } }: PodItem,
  namespace: NamespaceItem,
): InjectionWish | undefined {
  const wish = namespaceWish(namespace);
  if (wish) return wish;
  const { labels: around = {} } = namespace.metadata;
  if (around[INJECTION_LABEL] !== undefined || around[AMBIENT_LABEL] === 'ambient') return undefined;
  const revision = labels[REVISION_LABEL];
  // Without a proxy a revision on the pod is what somebody wrote there, not what the injector did.
  if (revision !== undefined) return { by: 'pod', label: `${REVISION_LABEL}=${revision}`, revision };
  return labels[INJECT_LABEL] === 'true'
    ? { by: 'pod', label: `${INJECT_LABEL}=true`, revision: undefined }
    : undefined;
}

/** When a label of a namespace was last written, by the server's record of its fields; undefined without one. */
export function labelSince({ metadata }: NamespaceItem, label: string): string | undefined {
  const times = (metadata.managedFields ?? []).flatMap(({ fieldsV1, time }) => {
    const fields = fieldsV1 as
      | { 'f:metadata'?: { 'f:labels'?: Readonly<Record<string, unknown>> } }
      | undefined;
    const labels = fields?.['f:metadata']?.['f:labels'] ?? {};
    return time !== undefined && `f:${label}` in labels ? [String(time)] : [];
  });
  return times.sort().at(-1);
}

import { mutatingWebhookConfigurations } from '../artifacts/extension-resources.ts';
import { controlPlaneContainer, istiodContainer } from '../artifacts/istio-proxy.ts';
import { type ServiceItem, services } from '../artifacts/network-resources.ts';
import { type ConfigMapItem, configMaps, type PodItem, pods } from '../artifacts/resources.ts';
import { deployments } from '../artifacts/workload-resources.ts';
import { type DeriveContext, defineDerived, type Input, type ItemOf, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { type InjectionSettings, injectionSettings } from './istio-injection-settings.ts';
import { type InjectorWebhook, injectorWebhooks } from './istio-injectors.ts';
import { REVISION_LABEL } from './istio-labels.ts';
import { type IstioVersion, istioImageVersion } from './istio-version.ts';
import { matchesLabels, matchesSelector } from './label-selector.ts';
import { hasEnded } from './pod-readiness.ts';
import { podOwner } from './pod-siblings.ts';
import { parseServiceAddress } from './service-address.ts';

type DeploymentItem = ItemOf<typeof deployments>;

/** A control plane of Istio: all replicas of one revision in one namespace. */
export interface IstioControlPlane {
  readonly namespace: string;
  /** `default`, `1-27`, `canary`. */
  readonly revision: string;
  /** `pilot`: up to 1.4, where certificates and injection were components of their own. */
  readonly kind: 'istiod' | 'pilot';
  /** By the tag of its image; undefined for digests and images of one's own. */
  readonly version: IstioVersion | undefined;
  readonly deployment: DeploymentItem | undefined;
  /** Its pods that have not ended. */
  readonly pods: readonly PodItem[];
  /** Services that select its pods: `istiod`, `istiod-<revision>`, `istio-pilot`. */
  readonly services: readonly ServiceItem[];
  /** Injector webhooks that are reached through its Services, tags of the revision among them. */
  readonly injectors: readonly InjectorWebhook[];
  /** `istio` or `istio-<revision>`: the mesh configuration. */
  readonly mesh: ConfigMapItem | undefined;
  /** `istio-sidecar-injector` or `istio-sidecar-injector-<revision>`: what it injects. */
  readonly injection: ConfigMapItem | undefined;
  /** What that ConfigMap says. */
  readonly settings: InjectionSettings | undefined;
  /** Gateways are for pods of their own namespace only (`PILOT_SCOPE_GATEWAY_TO_NAMESPACE`). */
  readonly scopesGateways: boolean;
}

/** The control planes of the cluster; a mesh may be served by one outside of it. */
export interface IstioControlPlanes {
  readonly planes: readonly IstioControlPlane[];
  /** Injector webhooks of all revisions and tags, also those of no control plane here. */
  readonly injectors: readonly InjectorWebhook[];
  /** Whether all kinds that tell of control planes were seen: then what is not here does not exist. */
  readonly complete: boolean;
  /** The control planes behind a Service; empty when it selects none of theirs. */
  behind(service: { readonly namespace: string; readonly name: string }): readonly IstioControlPlane[];
  /** The same for the host of a discovery address, as a pod of this namespace resolves it; none outside. */
  behindHost(host: string, namespace: string | undefined): readonly IstioControlPlane[];
}

/** Control planes of Istio by what their containers run, with Services, webhooks and configuration. */
export const istioControlPlanes = defineDerived({
  id: 'istio-control-planes',
  title: 'Istio control planes',
  needs: {
    pods,
    deployments: optional(deployments),
    services: optional(services),
    configMaps: optional(configMaps),
    webhooks: optional(mutatingWebhookConfigurations),
  },
  derive(inputs, context): IstioControlPlanes {
    const injectors = injectorWebhooks(inputs.webhooks.items);
    const around: Around = {
      configMaps: inputs.configMaps,
      services: Map.groupBy(inputs.services.items, ({ metadata }) => metadata.namespace ?? ''),
      injectors: Map.groupBy(injectors, ({ service }) => service && placeOf(service)),
    };
    const planes = [...membersOf(inputs, context).values()].map((members) =>
      planeOf(members, around, context),
    );
    const byService = new Map<string, IstioControlPlane[]>();
    for (const plane of planes)
      for (const { metadata } of plane.services)
        getOrCreate(byService, placeOf(metadata), () => []).push(plane);
    const behind: IstioControlPlanes['behind'] = (service) => byService.get(placeOf(service)) ?? [];
    return {
      planes,
      injectors,
      complete: inputs.pods.coverage.complete && inputs.deployments.coverage.complete,
      behind,
      behindHost(host, namespace) {
        const address = parseServiceAddress(host, namespace ?? '');
        return address ? behind(address) : [];
      },
    };
  },
  table: ({ planes }) => ({
    id: 'istio-control-planes',
    title: 'Istio control planes',
    columns: [
      { id: 'plane', title: 'Control plane', tag: 'object' },
      { id: 'revision', title: 'Revision', tag: 'text' },
      { id: 'version', title: 'Version', tag: 'text' },
      { id: 'pods', title: 'Pods', tag: 'count' },
      { id: 'services', title: 'Services', tag: 'text' },
      { id: 'injectors', title: 'Injector webhooks', tag: 'count' },
    ],
    rows: planes.map((plane) => [
      controlPlaneRef(plane),
      plane.revision,
      plane.version?.text ?? '',
      plane.pods.length,
      plane.services.map(({ metadata }) => metadata.name).join(', '),
      plane.injectors.length,
    ]),
  }),
});

/** The object a control plane is known by: its Deployment, else a pod of it. */
export function controlPlaneObject({ deployment, pods: [pod] }: IstioControlPlane): DeploymentItem | PodItem {
  return (deployment ?? pod)!;
}

/** The name a control plane goes by: its Deployment, also where only its pods were seen. */
export function controlPlaneRef({ deployment, pods: [pod] }: IstioControlPlane): ObjectRef {
  return deployment ? subjectOf(deployment) : podOwner(pod!);
}

interface Members {
  readonly namespace: string;
  revision: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string | undefined;
  deployment?: DeploymentItem;
  readonly pods: PodItem[];
}

type ControlPlaneInputs = {
  readonly pods: Input<typeof pods>;
  readonly deployments: Input<typeof deployments>;
};

/** What may belong to a control plane: Services by namespace, injectors by the place of their Service. */
interface Around {
  readonly configMaps: Input<typeof configMaps>;
  readonly services: ReadonlyMap<string, readonly ServiceItem[]>;
  readonly injectors: ReadonlyMap<string | undefined, readonly InjectorWebhook[]>;
}

function placeOf({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

/** Deployments and pods by namespace and revision; of an update under way, what the Deployment asks for. */
function membersOf(
  inputs: ControlPlaneInputs,
  { safely }: Pick<DeriveContext, 'safely'>,
): ReadonlyMap<string, Members> {
  const found = new Map<string, Members>();
  for (const item of inputs.deployments.items) {
    const { containers } = item.spec?.template?.spec ?? {};
    const container = safely(() => controlPlaneContainer(containers), undefined);
    if (!container) continue;
    const labels = item.spec?.template?.metadata?.labels ?? {};
    const { namespace = '' } = item.metadata;
    const revision = labels[REVISION_LABEL] ?? item.metadata.labels?.[REVISION_LABEL] ?? 'default';
    found.set(`${namespace}/${revision}`, {
      namespace,
      revision,
      labels,
      image: container.spec.image,
      deployment: item,
      pods: [],
    });
  }
  for (const pod of inputs.pods.items) {
    const container = hasEnded(pod) ? undefined : safely(() => istiodContainer(pod), undefined);
    if (!container) continue;
    const { namespace = '', labels = {} } = pod.metadata;
    const named = container.spec.env?.find(({ name }) => name === 'REVISION')?.value || undefined;
    const maker = labels[REVISION_LABEL] === undefined ? makerOf(pod, found) : undefined;
    const revision = labels[REVISION_LABEL] ?? named ?? maker?.revision ?? 'default';
    if (maker) {
      maker.pods.push(pod);
      maker.revision = revision;
      continue;
    }
    getOrCreate(found, `${namespace}/${revision}`, () => ({
      namespace,
      revision,
      labels,
      image: container.spec.image,
      pods: [],
    })).pods.push(pod);
  }
  return found;
}

/** Only variables of the pod tell the revision where no label does, and those of a template are not kept. */
function makerOf(
  { metadata: { namespace, labels } }: PodItem,
  found: ReadonlyMap<string, Members>,
): Members | undefined {
  return [...found.values()].find(
    ({ deployment }) =>
      deployment?.metadata.namespace === namespace &&
      deployment?.spec?.selector !== undefined &&
      matchesSelector(labels, deployment.spec.selector),
  );
}

const GATEWAY_SCOPE = 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE';

function planeOf(
  members: Members,
  { services: all, configMaps: settings, injectors }: Around,
  context: Pick<DeriveContext, 'safely'>,
): IstioControlPlane {
  const { namespace, revision, labels, image, deployment } = members;
  const own = (all.get(namespace) ?? []).filter(({ spec }) => {
    const selector = spec?.selector ?? {};
    return Object.keys(selector).length > 0 && matchesLabels(labels, selector);
  });
  const suffix = revision === 'default' ? '' : `-${revision}`;
  const setting = (name: string) => {
    const found = settings.lookup({ namespace, name: `${name}${suffix}` });
    return found.state === 'present' ? found.item : undefined;
  };
  const injection = setting('istio-sidecar-injector');
  return {
    namespace,
    revision,
    kind: isPilot(labels, image) ? 'pilot' : 'istiod',
    version: istioImageVersion(image),
    deployment,
    pods: members.pods,
    services: own,
    injectors: own.flatMap(({ metadata }) => injectors.get(placeOf(metadata)) ?? []),
    mesh: setting('istio'),
    injection,
    settings: injection && injectionSettings(injection, context),
    scopesGateways: members.pods.some((pod) =>
      istiodContainer(pod)?.spec.env?.some(({ name, value }) => name === GATEWAY_SCOPE && value === 'true'),
    ),
  };
}

/** istiod is labelled so itself; the Pilot of 1.5 has both names and is one already. */
function isPilot(labels: Readonly<Record<string, string>>, image: string | undefined): boolean {
  const version = istioImageVersion(image);
  if (version) return version.major === 0 || (version.major === 1 && version.minor < 5);
  return labels.app === 'pilot' || labels['istio-mixer-type'] !== undefined;
}

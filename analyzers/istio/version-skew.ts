import { pods } from '../../src/artifacts/resources.ts';
import { parseImage } from '../../src/derive/image-reference.ts';
import {
  controlPlaneObject,
  controlPlaneRef,
  type IstioControlPlane,
  istioControlPlanes,
} from '../../src/derive/istio-control-planes.ts';
import { STATUS_ANNOTATION } from '../../src/derive/istio-labels.ts';
import { type IstioProxy, istioSidecars, proxiesApply } from '../../src/derive/istio-sidecars.ts';
import { istioSyncRows } from '../../src/derive/istio-sync-rows.ts';
import { type IstioVersion, istioMinorsAhead, istioVersion } from '../../src/derive/istio-version.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const TAGS = { level: 'likely', reason: 'versions are read from the tags of the images' } as const;
const RESTART = {
  text: 'Restart the workload: its pods are injected with the proxy of their control plane when they are created.',
  argv: ['kubectl', 'delete', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
} as const;
const ALL = {
  text: 'See the versions of all proxies.',
  argv: ['istioctl', 'proxy-status'],
} as const;

const needs = {
  pods,
  sidecars: istioSidecars,
  planes: istioControlPlanes,
  rows: optional(istioSyncRows),
};

export const versionSkew = defineAnalyzer({
  meta: {
    id: 'istio/version-skew',
    title: 'Istio proxies of another version than their control plane',
    description:
      'Proxies more than one minor version behind or any ahead of the control plane they are connected to, and pods that still run the proxy of before an upgrade.',
    messages: {
      proxyBehind: {
        severity: 'warning',
        confidence: TAGS,
        text: 'The Istio proxy of {pod:object} is of version {version:text}, its control plane {plane:object} of {planeVersion:text}: more than one minor version behind.',
        remedy: [RESTART, ALL],
        groupBy: ['plane', 'version', 'planeVersion'],
      },
      proxyAhead: {
        severity: ['warning', 'info'],
        confidence: TAGS,
        text: 'The Istio proxy of {pod:object} is of version {version:text}, newer than its control plane {plane:object} ({planeVersion:text}): it may be sent what it no longer takes.',
        remedy: [
          {
            text: 'Upgrade the control plane before the proxies; after a rollback of it, restart the workloads.',
          },
          RESTART,
          ALL,
        ],
        groupBy: ['plane', 'version', 'planeVersion'],
      },
      imageDiffers: {
        severity: 'info',
        confidence: {
          level: 'certain',
          reason: 'the image of the pod and that of the injector were compared',
        },
        text: 'The Istio proxy of {pod:object} has the image `{image:text}`, new pods get `{wanted:text}`.',
        remedy: [RESTART, ALL],
        groupBy: ['image', 'wanted'],
      },
    },
    checks: {
      near: {
        item: 'Istio proxy is of the version of its control plane',
        expected: 'at most one minor version behind',
        found: '{version:text}',
      },
    },
    references: [
      'https://istio.io/latest/docs/releases/supported-releases/#control-planedata-plane-skew',
      'istio/istio pkg/config/analysis/analyzers/injection/injection-image.go: IST0158',
    ],
  },
  needs,
  appliesTo: ({ sidecars, pods: all }) => proxiesApply(sidecars, all),
  analyze(inputs, context) {
    for (const proxy of inputs.sidecars.proxies)
      if (!proxy.pod.metadata.deletionTimestamp) judge(proxy, inputs, context);
    return undefined;
  },
});

type Context = AnalyzeContext<typeof versionSkew.meta.messages, NonNullable<typeof versionSkew.meta.checks>>;

function judge(proxy: IstioProxy, { planes, rows }: Inputs<typeof needs>, context: Context): void {
  const { pod, discovery, container } = proxy;
  const behind = planes.behindHost(discovery.host, pod.metadata.namespace);
  const version = proxy.version ?? istioVersion(rows.of(pod)[0]?.row.version);
  const plane = nearest(behind, version);
  const subject = subjectOf(pod);
  if (plane?.version && version) {
    const ahead = istioMinorsAhead(version, plane.version);
    if (ahead < -1 || ahead > 0) {
      const item = controlPlaneObject(plane);
      const common = {
        values: {
          pod: subject,
          version: version.text,
          plane: controlPlaneRef(plane),
          planeVersion: plane.version.text,
        },
        subject,
        related: [controlPlaneRef(plane)],
        evidence: [context.at(pod, `${container.pointer}/image`), context.at(item)] as const,
      };
      if (ahead < 0) context.report({ message: 'proxyBehind', ...common });
      else context.report({ message: 'proxyAhead', severity: ahead > 1 ? 'warning' : 'info', ...common });
      return;
    }
  }
  if (reportImage(proxy, behind, context)) return;
  if (version && plane) context.looked({ check: 'near', values: { version: version.text }, subject });
}

/** Of several control planes behind one address, that which is nearest: nobody knows which of them serves. */
function nearest(
  planes: readonly IstioControlPlane[],
  version: IstioVersion | undefined,
): IstioControlPlane | undefined {
  if (!version) return planes[0];
  const distance = ({ version: other }: IstioControlPlane) =>
    other ? Math.abs(istioMinorsAhead(version, other)) : 0;
  return [...planes].sort((a, b) => distance(a) - distance(b))[0];
}

const PROXY_IMAGE = 'sidecar.istio.io/proxyImage';

/** IST0158: pods that ask for an image of their own, and gateways that were not injected, are no pods of before. */
function reportImage(
  { pod, container }: IstioProxy,
  planes: readonly IstioControlPlane[],
  context: Context,
): boolean {
  const { annotations = {} } = pod.metadata;
  const [plane] = planes;
  const { image } = container.spec;
  if (planes.length !== 1 || !plane?.injection || image === undefined) return false;
  if (annotations[PROXY_IMAGE] !== undefined || annotations[STATUS_ANNOTATION] === undefined) return false;
  const wanted = plane.settings?.image;
  if (wanted === undefined || releaseOf(wanted) === releaseOf(image)) return false;
  const subject = subjectOf(pod);
  context.report({
    message: 'imageDiffers',
    values: { pod: subject, image, wanted },
    subject,
    related: [subjectOf(plane.injection)],
    evidence: [context.at(pod, `${container.pointer}/image`), context.at(plane.injection, '/data/values')],
  });
  return true;
}

/** Mirrors change the place of an image, and a ProxyConfig its variant: neither is another release. */
function releaseOf(image: string): string {
  return parseImage(image)?.tag?.replace(/-(?:distroless|debug)$/, '') ?? image;
}

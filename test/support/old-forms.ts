import type { FakeObject } from './fake-kube.ts';

/** In which version an object is served, and by which minor version of Kubernetes. */
export interface OldForm {
  readonly kind: string;
  readonly apiVersion: string;
  readonly minor: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** An object of today's version as an older version of its kind has it, with the fields that had come by then. */
export function oldForm(object: FakeObject, { kind, apiVersion, minor }: OldForm): object {
  const { apiVersion: _, kind: __, ...rest } = object;
  switch (`${kind} ${apiVersion}`) {
    case 'EndpointSlice discovery.k8s.io/v1beta1':
      return { ...rest, endpoints: (rest.endpoints as Fields[] | null)?.map(oldEndpoint) };
    case 'HorizontalPodAutoscaler autoscaling/v1':
      return autoscalerV1(rest as unknown as Autoscaler);
    case 'Ingress networking.k8s.io/v1beta1':
    case 'Ingress extensions/v1beta1':
      return { ...rest, spec: oldIngress(rest.spec as IngressSpec) };
    case 'CronJob batch/v1beta1':
      return {
        ...rest,
        spec: without(rest.spec, 'timeZone'),
        status: without(rest.status, 'lastSuccessfulTime'),
      };
    case 'PodDisruptionBudget policy/v1beta1':
      return { ...rest, spec: without(rest.spec, 'unhealthyPodEvictionPolicy') };
    default:
      // Served alike; `internalTrafficPolicy` came in 1.21 (alpha).
      if (kind === 'Service' && minor < 21)
        return { ...rest, spec: without(rest.spec, 'internalTrafficPolicy') };
      return rest;
  }
}

function without(fields: unknown, name: string): Fields {
  const { [name]: _, ...rest } = (fields ?? {}) as Fields;
  return rest;
}

/** `nodeName` was a gated field of v1beta1; the node stood in `topology`, as did zone and region. */
function oldEndpoint({ nodeName, zone, ...rest }: Fields): Fields {
  const topology = {
    ...(nodeName === undefined ? {} : { 'kubernetes.io/hostname': nodeName }),
    ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }),
  };
  return { ...rest, topology };
}

interface Autoscaler {
  readonly metadata: { readonly annotations?: Fields };
  readonly spec: { readonly metrics?: readonly { readonly resource?: Metric }[] };
  readonly status: {
    readonly conditions?: readonly object[];
    readonly currentMetrics?: readonly object[];
  };
}

interface Metric {
  readonly name: string;
  readonly target?: { readonly averageUtilization?: number };
}

/** v1 knows CPU only; the rest goes round in annotations (pkg/apis/autoscaling/annotations.go). */
function autoscalerV1({ metadata, spec, status }: Autoscaler): object {
  const { metrics = [], ...kept } = spec;
  const { conditions, currentMetrics, ...counts } = status;
  const cpu = metrics.find(({ resource }) => resource?.name === 'cpu')?.resource;
  const target = cpu?.target?.averageUtilization;
  const annotations = {
    ...metadata.annotations,
    ...(conditions ? { 'autoscaling.alpha.kubernetes.io/conditions': JSON.stringify(conditions) } : {}),
    ...(currentMetrics
      ? { 'autoscaling.alpha.kubernetes.io/current-metrics': JSON.stringify(currentMetrics) }
      : {}),
  };
  return {
    metadata: { ...metadata, annotations },
    spec: { ...kept, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: counts,
  };
}

interface Backend {
  readonly service?: {
    readonly name: string;
    readonly port: { readonly number?: number; readonly name?: string };
  };
}

interface IngressSpec {
  readonly defaultBackend?: Backend;
  readonly rules?: readonly {
    readonly host?: string;
    readonly http?: { readonly paths: readonly (Fields & { readonly backend: Backend })[] };
  }[];
}

function oldIngress({ defaultBackend, rules, ...rest }: IngressSpec): object {
  return {
    ...rest,
    ...(defaultBackend ? { backend: oldBackend(defaultBackend) } : {}),
    ...(rules
      ? {
          rules: rules.map(({ host, http }) => ({
            ...(host === undefined ? {} : { host }),
            ...(http
              ? {
                  http: { paths: http.paths.map((path) => ({ ...path, backend: oldBackend(path.backend) })) },
                }
              : {}),
          })),
        }
      : {}),
  };
}

function oldBackend({ service }: Backend): object {
  return { serviceName: service?.name, servicePort: service?.port.number ?? service?.port.name };
}

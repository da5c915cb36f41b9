import { document } from '../model/artifact.ts';
import { perItem } from '../model/per-item.ts';
import { listIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';
import { type MetricSample, parsePrometheusText } from './prometheus-text.ts';
import type { PodItem } from './resources.ts';

type Container = NonNullable<PodItem['spec']>['containers'][number];

/** A Kong ingress controller or gateway operator among the containers of a pod. */
export interface KongController {
  readonly container: Container;
  readonly kind: 'ingress controller' | 'operator';
  /** Port of its metrics; undefined when they are off. */
  readonly metricsPort: number | undefined;
  /** Port of its diagnostics; undefined unless they are on and leave secrets out. */
  readonly diagnosticsPort: number | undefined;
}

const CONTROLLER_IMAGE = /(?:^|\/)kubernetes-ingress-controller(?:[:@]|$)/;
const OPERATOR_IMAGE = /(?:^|\/)(?:gateway-operator|kong-operator)(?:-oss|-enterprise)?(?:[:@]|$)/;
/** Settings only the ingress controller reads; images of one's own bear other names. */
const SETTING =
  /^CONTROLLER_(?:KONG_ADMIN_URL|KONG_ADMIN_SVC|INGRESS_CLASS|PUBLISH_SERVICE|GATEWAY_API_CONTROLLER_NAME)$/;
/** Defaults of --metrics-bind-address and --diagnostic-server-port. */
const METRICS_PORT = 10_255;
const DIAGNOSTICS_PORT = 10_256;

/** The container of a pod that turns objects into configuration of Kong. */
export const kongController: (pod: PodItem) => KongController | undefined = perItem(findController);

function findController(pod: PodItem): KongController | undefined {
  for (const container of pod.spec?.containers ?? []) {
    const { image = '', env = [] } = container;
    const isOperator = OPERATOR_IMAGE.test(image);
    const isController = CONTROLLER_IMAGE.test(image) || env.some(({ name }) => SETTING.test(name));
    if (!isOperator && !isController) continue;
    const kind = isOperator ? 'operator' : 'ingress controller';
    const metricsPort = isOperator
      ? undefined
      : portOf(flag(container, 'METRICS_BIND_ADDRESS'), METRICS_PORT);
    return { container, kind, metricsPort, diagnosticsPort: diagnosticsOf(container) };
  }
  return undefined;
}

/** A dump that holds credentials and keys is never asked for. */
function diagnosticsOf(container: Container): number | undefined {
  if (!isOn(flag(container, 'DUMP_CONFIG')) || isOn(flag(container, 'DUMP_SENSITIVE_CONFIG')))
    return undefined;
  return portOf(flag(container, 'DIAGNOSTIC_SERVER_PORT'), DIAGNOSTICS_PORT);
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(?:true|1|t|enabled|)$/i.test(value);
}

/** A setting by its variable, else by its argument: `CONTROLLER_DUMP_CONFIG`, `--dump-config`. */
function flag({ env = [], args = [] }: Container, name: string): string | undefined {
  const variable = env.find((one) => one.name === `CONTROLLER_${name}`);
  if (variable) return variable.value ?? '';
  const argument = `--${name.toLowerCase().replaceAll('_', '-')}`;
  const given = args.find((one) => one === argument || one.startsWith(`${argument}=`));
  return given === undefined ? undefined : given.slice(argument.length + 1);
}

function portOf(value: string | undefined, fallback: number): number | undefined {
  if (value === undefined) return fallback;
  const port = Number(/(\d+)$/.exec(value)?.[1]);
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
}

/** An object of Kubernetes as the diagnostics name it. */
export interface NamedObject {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** An entity Kong refused, and why. */
export interface RefusedEntity {
  readonly type: string;
  readonly name: string;
  readonly errors: readonly string[];
}

/** What a controller says of its pushes. */
export interface KongControllerState {
  /** Objects that broke the last push, or the last translation; undefined where it does not say. */
  readonly brokenInPush?: number;
  readonly brokenInTranslation?: number;
  readonly failedPushes?: number;
  /** Unix seconds of the last push that Kong took. */
  readonly lastSuccess?: number;
  /** Whether a fallback without broken objects is in use, and what it leaves out. */
  readonly fallback?: { readonly triggered: boolean; readonly broken: readonly NamedObject[] };
  readonly refused: readonly RefusedEntity[];
  /** Paths that gave no usable answer, each with its reason. */
  readonly errors: readonly string[];
}

const PREFIX = 'ingress_controller_';
const KEPT: ReadonlySet<string> = new Set(
  [
    'configuration_push_count',
    'configuration_push_broken_resource_count',
    'configuration_push_last_successful',
    'translation_broken_resource_count',
  ].map((name) => `${PREFIX}${name}`),
);

/** The lines of metrics that may be stored. */
export function keptControllerMetrics(text: string): string {
  return text
    .split('\n')
    .filter((line) => KEPT.has(/^\w+/.exec(line)?.[0] ?? ''))
    .join('\n');
}

/**
 * Metrics and diagnostics of one Kong ingress controller. Scope object Pod. Stored: `{metrics: text, fallback,
 * refused, errors}`, without any configuration.
 */
export const kongControllerState = document<KongControllerState>({
  id: 'kong-controller-state',
  title: 'State of a Kong ingress controller',
  contentType: 'json',
  rearranged: true,
  maxBytes: 1024 * 1024,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const text = stringIn(stored.metrics);
    const metrics = parsePrometheusText(new TextEncoder().encode(text ?? ''), KEPT);
    const named = (name: string) => metrics.named(`${PREFIX}${name}`);
    const fallback = objectIn(stored.fallback);
    const found = {
      brokenInPush: largest(named('configuration_push_broken_resource_count')),
      brokenInTranslation: largest(named('translation_broken_resource_count')),
      failedPushes: sum(named('configuration_push_count').filter(({ labels }) => labels.success === 'false')),
      lastSuccess: largest(named('configuration_push_last_successful')),
      fallback:
        stringIn(fallback.status) === undefined
          ? undefined
          : {
              triggered: fallback.status === 'triggered',
              broken: listIn(fallback.brokenObjects).flatMap(objectNamed),
            },
    };
    return {
      ...(Object.fromEntries(
        Object.entries(found).filter(([, value]) => value !== undefined),
      ) as typeof found),
      refused: listIn(stored.refused).flatMap(entityIn),
      errors: listIn(stored.errors).filter((one) => typeof one === 'string'),
    };
  },
});

/** One value for each data plane: the worst, or the latest. */
function largest(samples: readonly MetricSample[]): number | undefined {
  return samples.length === 0 ? undefined : Math.max(...samples.map(({ value }) => value));
}

function sum(samples: readonly MetricSample[]): number | undefined {
  return samples.length === 0 ? undefined : samples.reduce((all, { value }) => all + value, 0);
}

function objectNamed(value: unknown): NamedObject[] {
  const { group, kind, namespace, name } = objectIn(value);
  const [known, called] = [stringIn(kind), stringIn(name)];
  if (known === undefined || called === undefined) return [];
  const space = stringIn(namespace);
  return [
    { group: stringIn(group) ?? '', kind: known, name: called, ...(space ? { namespace: space } : {}) },
  ];
}

function entityIn(value: unknown): RefusedEntity[] {
  const { type, name, errors } = objectIn(value);
  const texts = listIn(errors).filter((one) => typeof one === 'string');
  return texts.length === 0
    ? []
    : [{ type: stringIn(type) ?? '', name: stringIn(name) ?? '', errors: texts }];
}

/** How many refused entities are kept. */
const REFUSED_MAX = 50;

/**
 * What may be stored of the answer of Kong to a push it refused: names and messages, never the entities, which
 * hold credentials (`flattened_errors`, since Kong 3.2).
 */
export function refusedEntities(rawError: unknown): RefusedEntity[] {
  const { flattened_errors: flattened } = objectIn(rawError);
  return listIn(flattened)
    .slice(0, REFUSED_MAX)
    .map((one) => {
      const { entity_type: type, entity_name: name, errors } = objectIn(one);
      return {
        type: stringIn(type) ?? '',
        name: stringIn(name) ?? '',
        errors: listIn(errors).map((error) => {
          const { field, message } = objectIn(error);
          return [stringIn(field), stringIn(message)].filter((text) => text !== undefined).join(': ');
        }),
      };
    });
}

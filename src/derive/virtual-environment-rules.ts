import type { EnvironmentSpec, HeaderAlias } from './virtual-environment-spec.ts';

// What KtEnv's operator makes of a Service, re-told from alibaba/virtual-environment v0.5 and v0.6:
// pkg/component/router/istio/http/virtual_service_generator.go, destination_rule_generator.go, http_router.go.

/** A Service as the operator records it. */
export interface RoutedService {
  readonly name: string;
  /** Ports by name: all it looks at is whether the name begins with `http`. */
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  /** As the annotations list them, none left out. */
  readonly gateways: readonly string[];
  readonly hosts: readonly string[];
}

/** What a header must hold. */
export interface HeaderMatch {
  readonly name: string;
  readonly by: 'exact' | 'regex';
  readonly value: string;
}

/** One route: requests to a port, with a header or any, go to a subset. */
export interface ExpectedRoute {
  readonly port: number;
  /** None: the default route of the port. */
  readonly header?: HeaderMatch;
  /** Empty: to any pod of the Service. */
  readonly subset: string;
}

/** A subset with the value of the label its pods have. */
export interface ExpectedSubset {
  readonly name: string;
  readonly value: string;
}

/** What the operator makes of a Service with workloads in environments. */
export interface ExpectedRules {
  /** False: fewer than two routes and no gateway of its own, so that the operator deletes both objects. */
  readonly made: boolean;
  readonly gateways: readonly string[];
  readonly hosts: readonly string[];
  readonly routes: readonly ExpectedRoute[];
  /** One per workload: two workloads in one environment give the same subset twice. */
  readonly subsets: readonly ExpectedSubset[];
}

/** Name of the subset of an environment (istio_common.go, toSubsetName). */
export function subsetName(value: string): string {
  return value.replace(/[_.]/g, '-');
}

/**
 * The environment a value is routed to: itself, or its nearest parent that there is; levels are cut off at the
 * splitter from the right. Undefined when there is none.
 */
export function nearestEnvironment(
  value: string,
  present: ReadonlySet<string>,
  splitter: string,
): string | undefined {
  for (let one = value; ; one = one.slice(0, one.lastIndexOf(splitter))) {
    if (present.has(one)) return one;
    if (!one.includes(splitter)) return undefined;
  }
}

/**
 * What the operator makes of a Service: `values` are the environments of all workloads of the namespace, `related`
 * those of the workloads the Service selects, one per workload. Undefined when it selects none: then whatever there
 * is stays as it is.
 */
export function expectedRules(
  service: RoutedService,
  related: readonly string[],
  values: readonly string[],
  spec: EnvironmentSpec,
): ExpectedRules | undefined {
  if (related.length === 0) return undefined;
  const present = new Set(related);
  const usual = subsetName(spec.defaultSubset);
  const routes: ExpectedRoute[] = [];
  for (const { name, port } of service.ports) {
    if (!isRoutedPort(name)) continue;
    for (const value of values) {
      const nearest = nearestEnvironment(value, present, spec.splitter);
      const subset = nearest === undefined ? usual : subsetName(nearest);
      if (subset === usual) continue;
      routes.push(...headersOf(value, spec).map((header) => ({ port, header, subset })));
    }
    routes.push({ port, subset: usual });
  }
  const gateways = ['mesh', ...service.gateways];
  return {
    made: routes.length >= 2 || gateways.length >= 2,
    gateways,
    hosts: [service.name, ...service.hosts],
    routes,
    subsets: related.map((value) => ({ name: subsetName(value), value })),
  };
}

/** Whether the operator routes a port of this name; appProtocol does not count. */
export function isRoutedPort(name: string | undefined): boolean {
  return name?.startsWith('http') === true;
}

/** The headers that name an environment: the header itself and its aliases. */
export function headersOf(value: string, { header, aliases }: EnvironmentSpec): readonly HeaderMatch[] {
  return [{ name: header, by: 'exact', value }, ...aliases.map((alias) => aliasMatch(value, alias))];
}

/** Without a pattern or a placeholder the whole value of the header is compared. */
function aliasMatch(value: string, { name, pattern, placeholder }: HeaderAlias): HeaderMatch {
  if (pattern === '' || placeholder === '') return { name, by: 'exact', value };
  return { name, by: 'regex', value: pattern.replaceAll(placeholder, () => value) };
}

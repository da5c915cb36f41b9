import { apiServerMetrics } from '../../src/artifacts/api-server-metrics.ts';
import { ingresses } from '../../src/artifacts/network-resources.ts';
import { horizontalPodAutoscalers, podDisruptionBudgets } from '../../src/artifacts/policy-resources.ts';
import { cronJobs } from '../../src/artifacts/workload-resources.ts';
import { REMOVALS_AS_OF, removalOf } from '../../src/derive/api-removals.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type DocumentItem, optional } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import type { ResourceIdentity } from '../../src/model/json.ts';
import { type ExternalRef, subjectOf } from '../../src/model/subject.ts';

const SERVER: ExternalRef = { external: 'host', name: 'kube-apiserver' };
const METRIC = 'apiserver_requested_deprecated_apis';
const RELATED = 10;

export const deprecatedApiUsed = defineAnalyzer({
  meta: {
    id: 'kubernetes/deprecated-api-used',
    title: 'API version in use that is going away',
    description:
      'Versions of kinds that clients ask for, or manifests are written in, and a release removes.',
    messages: {
      requested: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the API server counts these requests since its start' },
        text: 'Something asks for `{resource:text}` in version `{api:text}`, which Kubernetes {removed:text} does not serve any more; use {use:text}.',
        remedy: [
          {
            text: 'Find the client before the upgrade: the audit log marks such requests with `k8s.io/deprecated` and names user and user agent. Operators and charts need a newer version.',
          },
          {
            text: 'See the counter.',
            argv: ['kubectl', 'get', '--raw', '/metrics'],
          },
        ],
        key: ['api', 'resource'],
      },
      written: {
        severity: 'info',
        confidence: { level: 'likely', reason: 'managedFields name the version it was last written in' },
        text: '{count:count} objects, {example:object} among them, were last written by `{manager:text}` as `{api:text}`, which Kubernetes {removed:text} does not serve any more; use {use:text} (table of {asOf:text}).',
        remedy: [
          {
            text: 'Write the manifest or chart they come from in the new version: the objects go on, but the old manifest cannot be applied again.',
          },
        ],
        key: ['api', 'manager'],
      },
    },
    checks: {
      current: {
        item: 'API versions in use',
        expected: 'none that a release removes',
        found: '{kinds:count} kinds looked at',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
      'k8s.io/api: zz_generated.prerelease-lifecycle.go of each group',
      'metric apiserver_requested_deprecated_apis{group,version,resource,subresource,removed_release}',
    ],
  },
  needs: {
    metrics: apiServerMetrics,
    ingresses: optional(ingresses),
    autoscalers: optional(horizontalPodAutoscalers),
    budgets: optional(podDisruptionBudgets),
    cronJobs: optional(cronJobs),
  },
  analyze({ metrics, ...kinds }, context) {
    const seen = new Set<string>();
    for (const document of metrics.items) reportRequested(document, seen, context);
    const lists: readonly (readonly [string, readonly Written[]])[] = [
      ['ingresses', kinds.ingresses.items],
      ['horizontalpodautoscalers', kinds.autoscalers.items],
      ['poddisruptionbudgets', kinds.budgets.items],
      ['cronjobs', kinds.cronJobs.items],
    ];
    for (const [resource, items] of lists) reportWritten(resource, items, context);
    context.looked({ check: 'current', values: { kinds: lists.length }, subject: SERVER });
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof deprecatedApiUsed.meta.messages,
  NonNullable<typeof deprecatedApiUsed.meta.checks>
>;

function reportRequested(
  document: DocumentItem<ReturnType<typeof apiServerMetrics.parse>>,
  /** Each API server counts for itself. */
  seen: Set<string>,
  context: Context,
): void {
  for (const [index, { name, labels, value }] of document.value.samples.entries()) {
    if (name !== METRIC) continue;
    const { group = '', version = '', resource = '', removed_release: removed = '' } = labels;
    const api = group === '' ? version : `${group}/${version}`;
    // Without a release it is only discouraged.
    if (value <= 0 || removed === '' || seen.has(`${api} ${resource}`)) continue;
    seen.add(`${api} ${resource}`);
    const use = removalOf(api, resource)?.use;
    context.report({
      message: 'requested',
      values: { api, resource, removed, use: use ? `\`${use}\`` : 'a newer version' },
      subject: SERVER,
      evidence: [context.at(document, `/samples/${index}`)],
    });
  }
}

interface Written extends ResourceIdentity {
  readonly metadata: ResourceIdentity['metadata'] & {
    readonly managedFields?: readonly {
      readonly manager?: string;
      readonly apiVersion?: string;
      readonly time?: string;
    }[];
  };
}

/** Objects are served in every version: only who wrote them tells which version the manifest is in. */
function reportWritten(resource: string, items: readonly Written[], context: Context): void {
  const found = new Map<
    string,
    { readonly api: string; readonly manager: string; readonly items: Written[] }
  >();
  for (const item of items) {
    for (const [manager, { apiVersion: api = '' }] of lastWrites(item)) {
      if (!removalOf(api, resource)) continue;
      getOrCreate(found, `${api} ${manager}`, () => ({ api, manager, items: [] })).items.push(item);
    }
  }
  for (const { api, manager, items: written } of found.values()) {
    const [example] = written;
    const removal = removalOf(api, resource);
    if (!example || !removal) continue;
    context.report({
      message: 'written',
      values: {
        count: written.length,
        example: subjectOf(example),
        manager,
        api,
        removed: `1.${removal.removedIn}`,
        use: removal.use ? `\`${removal.use}\`` : 'another kind',
        asOf: REMOVALS_AS_OF,
      },
      subject: subjectOf(example),
      related: written.slice(1, RELATED).map((item) => subjectOf(item)),
      evidence: [context.at(example, '/metadata/managedFields')],
    });
  }
}

/** The newest entry of each manager: an older one may be left of fields it wrote long ago. */
function lastWrites({ metadata }: Written) {
  const newest = new Map<string, NonNullable<Written['metadata']['managedFields']>[number]>();
  for (const entry of metadata.managedFields ?? []) {
    const { manager = '', time = '' } = entry;
    const known = newest.get(manager);
    if (!known || (known.time ?? '') < time) newest.set(manager, entry);
  }
  return newest;
}

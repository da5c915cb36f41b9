import { collectors } from '../../collectors/index.ts';
import { type PlannedList, planLists } from '../collect/plan.ts';
import { type Right, rightsOf } from '../collect/rights.ts';
import { type Selection, selectCollectors } from '../collect/selection.ts';
import { connect } from '../kube/connect.ts';
import { collectionPath } from '../kube/list.ts';
import type { CollectOptions } from '../model/collector.ts';
import { EXIT, UserError } from '../model/errors.ts';
import { type Discovery, KubeError } from '../model/kube.ts';

/** What decides which calls a collection makes. */
export interface DryRunRequest {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly only: readonly string[] | undefined;
  readonly skip: readonly string[] | undefined;
  readonly optIns: readonly string[];
  /** Whether values of Secrets are read first, to be removed elsewhere. */
  readonly knownSecrets: boolean;
  /** Whether all lists are to be of one moment. */
  readonly consistent?: boolean;
  readonly options: CollectOptions;
}

/** What finds the moment all lists are then of; they get `resourceVersion` and `resourceVersionMatch=Exact`. */
const MOMENT_CALLS: readonly string[] = [
  'GET /api/v1/namespaces?limit=1 # `--consistent`: the present version, twice',
  'GET /apis/apiregistration.k8s.io/v1/apiservices?limit=500 # `--consistent`: which groups have other versions',
  'GET /api/v1/events?limit=1 # `--consistent`: whether events share the store',
];

/** Prints every call a collection would make, those that depend on what is found as patterns; makes none but discovery. */
export async function dryRun(request: DryRunRequest): Promise<number> {
  const selection = selectCollectors(collectors, request);
  const { signal } = new AbortController();
  const kube = await connect({ kubeconfig: request.kubeconfig, context: request.context, signal });
  try {
    const discovery = await kube.discover(signal);
    const lines = callsOf(selection, discovery, request);
    process.stdout.write(`# ${kube.server}: what \`collect\` would ask; asked now: /api and /apis\n`);
    process.stdout.write(`${lines.join('\n')}\n`);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    throw new UserError('discovery-failed', error.message, {
      hint: 'what would be asked depends on the kinds the API server has',
      cause: error,
    });
  } finally {
    await kube.close();
  }
}

/** The calls in the order of their kinds: before everything, lists, what follows from them. */
export function callsOf(
  selection: Selection,
  discovery: Discovery,
  {
    options,
    optIns,
    knownSecrets,
    consistent = false,
  }: Pick<DryRunRequest, 'options' | 'optIns' | 'knownSecrets' | 'consistent'>,
): string[] {
  const { namespaces, portForward, nodes, kongAdminUrl } = options;
  const nodeNamespace = nodes?.namespace ?? '';
  const rights = rightsOf(selection, discovery, { namespaces, portForward, optIns, nodeNamespace });
  const lists = planLists(selection.selected, discovery).flatMap((plan) => listCalls(plan, namespaces));
  const others = rights.flatMap((right) => otherCalls(right, discovery));
  return [
    'GET /version # first of all',
    'GET /api # discovery',
    'GET /apis # discovery; one more per group version before Kubernetes 1.26',
    'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews # own rights, once and per namespace when some are missing',
    'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews # own rights, once when some are missing',
    'GET /api/v1/namespaces?limit=500&fieldSelector=metadata.name%3Dkube-system # identity of the cluster',
    ...(consistent ? MOMENT_CALLS : []),
    ...(knownSecrets ? listsOfSecrets(namespaces) : []),
    ...lists,
    ...others.filter((call) => !lists.some((list) => list.split(' # ')[0] === call.split(' # ')[0])),
    ...(kongAdminUrl === undefined
      ? []
      : ['GET of the URL of --kong-admin-url # Kong, not through the API server']),
    'TLS handshake # with the API server and each of its addresses, whose /livez and /readyz are read too',
  ];
}

function listCalls({ resource, owner, samples }: PlannedList, namespaces: readonly string[]): string[] {
  const scopes = resource.namespaced && namespaces.length > 0 ? namespaces : [undefined];
  const why = `${owner ?? 'for other collectors'}; pages of 500${samples === 2 ? '; once more at the end' : ''}`;
  return scopes.map((namespace) => `GET ${collectionPath(resource, namespace)}?limit=500 # ${why}`);
}

function listsOfSecrets(namespaces: readonly string[]): string[] {
  const scopes = namespaces.length > 0 ? namespaces : [undefined];
  const secrets = { group: '', version: 'v1', plural: 'secrets' };
  return scopes.map(
    (namespace) =>
      `GET ${collectionPath(secrets, namespace)}?limit=500 # \`--known-secrets\`: values to be removed`,
  );
}

/** Verbs that are asked for together and make one request, or several; `list` has its own line. */
const METHODS: Readonly<Record<string, string>> = {
  get: 'GET',
  create: 'POST',
  delete: 'DELETE',
  list: 'GET',
};

function otherCalls(
  { group = '', resource, url, namespace, verbs, whys }: Right,
  discovery: Discovery,
): string[] {
  const why = whys.join('; ');
  if (resource === undefined) return [`GET ${url} # ${why}`];
  const [plural = '', subresource] = resource.split('/');
  const kind = discovery.resources.find((one) => one.group === group && one.plural === plural);
  if (!kind) return [];
  const within = kind.namespaced ? (namespace ?? '{namespace}') : undefined;
  if (subresource !== undefined) {
    const path = `${pattern(kind, within)}/{name}/${subresource}`;
    const isSocket = verbs.includes('create');
    return [
      `GET ${path}${isSocket ? '' : subresource === 'proxy' ? '/…' : ''} # ${isSocket ? 'WebSocket; ' : ''}${why}`,
    ];
  }
  return verbs.map((verb) => {
    const path = pattern(kind, verb === 'list' ? namespace : within);
    const name = verb === 'get' || verb === 'delete' ? '/{name}' : '';
    return `${METHODS[verb] ?? verb} ${path}${name}${verb === 'list' ? '?limit=500' : ''} # ${why}`;
  });
}

function pattern(kind: Parameters<typeof collectionPath>[0], namespace: string | undefined): string {
  return collectionPath(kind, namespace).replaceAll('%7B', '{').replaceAll('%7D', '}');
}

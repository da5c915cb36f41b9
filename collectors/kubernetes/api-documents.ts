import { objectIn, parseJsonObject } from '../../src/artifacts/json-bytes.ts';
import { OPENAPI_ROOT, openApi, openApiBytes, openApiPath } from '../../src/artifacts/openapi.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import { type Discovery, KubeError, type Reply } from '../../src/model/kube.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';

type Context = CollectContext<Record<never, never>>;

/** Documents asked for: a group version each. */
const MAX_DOCUMENTS = 300;
/** Bytes of all documents; those of Kubernetes itself are about 7 MB. */
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;
/** Documents asked for at the same time. */
const PARALLEL = 3;

/** Schemas of what the server serves, for whoever explains its objects offline. */
export const apiDocuments = defineCollector({
  meta: {
    id: 'kubernetes/api-documents',
    title: 'OpenAPI documents',
    description:
      'Reads the schemas of all kinds the server serves, so that `kubectl explain` works with `kubecase serve`.',
    produces: [openApi],
    // After everything that tells of the cluster's state.
    priority: 95,
  },
  needs: {},
  rbac: (discovery) => [
    {
      rule: { nonResourceURLs: [OPENAPI_ROOT, ...pathsOf(discovery)], verbs: ['get'] },
      why: 'reads the schemas of what the server serves',
    },
  ],
  async collect(context) {
    const { bundle, discovery, kube } = context;
    let served: ReadonlySet<string> | undefined;
    await bundle.add(openApi, CLUSTER_SCOPE, async () => {
      const { body, observedAt } = await read(OPENAPI_ROOT, context);
      const names = Object.keys(objectIn(parseJsonObject(body).paths));
      served = new Set(names.map((name) => `${OPENAPI_ROOT}/${name}`));
      const paths = Object.fromEntries(names.map((name) => [name, {}]));
      return { body: openApiBytes({ path: OPENAPI_ROOT, document: { paths } }), observedAt };
    });
    const wanted = pathsOf(discovery).filter((path) => served?.has(path));
    const scopeOf = (path: string): Scope => ({ type: 'endpoint', endpoint: `${kube.server}${path}` });
    const room: Room = { left: MAX_TOTAL_BYTES };
    const queue = wanted.slice(0, MAX_DOCUMENTS).values();
    const work = async (): Promise<void> => {
      for (let next = queue.next(); !next.done; next = queue.next())
        await addOne(next.value, scopeOf(next.value), { context, room });
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    for (const path of wanted.slice(MAX_DOCUMENTS))
      bundle.unread(openApi, scopeOf(path), 'skipped', `only ${MAX_DOCUMENTS} documents are read`);
  },
});

/** Bytes that may still be read. */
interface Room {
  left: number;
}

/** The documents of what `serve` shows: each kind in the version its objects were read in. */
function pathsOf({ resources }: Discovery): string[] {
  return [...new Set(resources.map(openApiPath))];
}

async function addOne(
  path: string,
  scope: Scope,
  { context, room }: { readonly context: Context; readonly room: Room },
): Promise<void> {
  if (room.left <= 0) {
    const reason = `the documents before it took the ${MAX_TOTAL_BYTES} bytes there are for them`;
    context.bundle.unread(openApi, scope, 'skipped', reason);
    return;
  }
  await context.bundle.add(openApi, scope, async (): Promise<SourceReply> => {
    const { body, observedAt } = await read(path, context);
    room.left -= body.length;
    return { body: openApiBytes({ path, document: parseJsonObject(body) }), observedAt };
  });
}

async function read(path: string, { kube, signal }: Context): Promise<Reply> {
  const { maxBytes } = openApi;
  const reply = await kube.get(path, { signal, maxBytes, accept: 'application/json' });
  if (reply.truncated) throw new KubeError('bad-reply', `GET ${path}: longer than ${maxBytes} bytes`);
  return reply;
}

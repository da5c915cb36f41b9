import { OPENAPI_ROOT, openApi } from '../artifacts/openapi.ts';
import type { ManifestEntry } from '../bundle/manifest.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import { type ApiError, unknownPath } from './api-error.ts';
import type { Catalog } from './catalog.ts';
import { rowError } from './seen.ts';
import { readEntry } from './source.ts';

/** Answers `/openapi/v3` with the documents there are, and each of them as the server gave it. */
export async function openApiAnswer(catalog: Catalog, path: string): Promise<Answer> {
  const entries = new Map(catalog.documents(openApi.id).map((entry) => [pathOf(entry), entry]));
  if (entries.size === 0) throw absent(catalog);
  if (path === OPENAPI_ROOT) {
    const names = [...entries.keys()].filter((one) => one.startsWith(`${OPENAPI_ROOT}/`)).sort();
    const paths = names.map(
      (one) => [one.slice(OPENAPI_ROOT.length + 1), { serverRelativeURL: one }] as const,
    );
    return jsonAnswer({ paths: Object.fromEntries(paths) }, catalog.observed);
  }
  const entry = entries.get(path);
  if (entry === undefined) throw unknownPath();
  const { document } = openApi.parse(await readEntry(catalog.source, entry.path, openApi.maxBytes));
  return jsonAnswer(document, entry.observedAt?.time ?? catalog.observed);
}

/** The path is the end of the endpoint; the index has the scope of the cluster. */
function pathOf({ scope }: ManifestEntry): string {
  if (scope.type !== 'endpoint') return OPENAPI_ROOT;
  const at = scope.endpoint.indexOf(`${OPENAPI_ROOT}/`);
  return at < 0 ? '' : scope.endpoint.slice(at);
}

function absent(catalog: Catalog): ApiError {
  const row = catalog.seen.document(openApi.id);
  // 404 is what clients know of servers without: they go on without schemas.
  if (row === undefined || row.outcome === 'not-found') return unknownPath();
  return rowError(OPENAPI_ROOT, row);
}

import { apiServerHealth } from '../artifacts/api-server-health.ts';
import { apiServerMetrics } from '../artifacts/api-server-metrics.ts';
import { apiServerVersion } from '../artifacts/api-server-version.ts';
import type { ManifestEntry } from '../bundle/manifest.ts';
import type { DocumentArtifact } from '../model/artifact.ts';
import type { Answer } from './answer.ts';
import { textAnswer } from './answer.ts';
import { ApiError, unknownPath } from './api-error.ts';
import type { Catalog } from './catalog.ts';
import { rowError } from './seen.ts';
import { readEntry } from './source.ts';

/** Answers `/version` with what the API server said. */
export async function versionAnswer(catalog: Catalog): Promise<Answer> {
  const [entry] = catalog.documents(apiServerVersion.id);
  if (entry === undefined) throw absent(catalog, apiServerVersion, '/version');
  return bytesAnswer(catalog, entry, apiServerVersion, 'application/json');
}

/** Answers `/metrics` with what the API server said. */
export async function metricsAnswer(catalog: Catalog): Promise<Answer> {
  const [entry] = catalog.documents(apiServerMetrics.id);
  if (entry === undefined) throw absent(catalog, apiServerMetrics, '/metrics');
  return bytesAnswer(catalog, entry, apiServerMetrics, 'text/plain; version=0.0.4; charset=utf-8');
}

/** Answers `/livez` and `/readyz` with the stored reply: its status, and its text where it is asked for. */
export async function healthAnswer(catalog: Catalog, path: string, verbose: boolean): Promise<Answer> {
  const entries = catalog.documents(apiServerHealth.id);
  for (const entry of entries) {
    const bytes = await readEntry(catalog.source, entry.path, apiServerHealth.maxBytes);
    const health = apiServerHealth.parse(bytes);
    if (health.path !== path) continue;
    const text = verbose || !health.ok ? health.text : 'ok';
    return textAnswer(text, entry.observedAt?.time ?? catalog.observed, health.status);
  }
  throw entries.length > 0 ? unknownPath() : absent(catalog, apiServerHealth, path);
}

async function bytesAnswer(
  catalog: Catalog,
  entry: ManifestEntry,
  artifact: DocumentArtifact,
  type: string,
): Promise<Answer> {
  const body = await readEntry(catalog.source, entry.path, artifact.maxBytes);
  return { status: 200, type, body, observed: entry.observedAt?.time ?? catalog.observed };
}

function absent(catalog: Catalog, artifact: DocumentArtifact, path: string): ApiError {
  const row = catalog.seen.document(artifact.id);
  if (row !== undefined) return rowError(path, row);
  return new ApiError(403, `${path} cannot be shown from this bundle: it was not collected`);
}

import { OPENAPI_ROOT } from '../artifacts/openapi.ts';
import type { ApiResource } from '../model/kube.ts';
import { acceptedForm } from './accept.ts';
import { accessReview, rulesReview } from './access-review.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import { ApiError, methodNotAllowed, unknownPath } from './api-error.ts';
import type { Catalog } from './catalog.ts';
import { discoveryRoot, discoveryType, groupAnswer, versionAnswer as versionResources } from './discovery.ts';
import { listAnswer, rowOf, tableHead } from './list-answer.ts';
import { logAnswer } from './log-answer.ts';
import { type FoundObject, findObject } from './objects.ts';
import { openApiAnswer } from './openapi.ts';
import { healthAnswer, metricsAnswer, versionAnswer } from './server-documents.ts';
import { metadataOnly, tableFor } from './table.ts';

/** One request, as far as it decides the answer. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly accept: string | undefined;
  /** Reads the body as JSON; throws ApiError. */
  json(): Promise<unknown>;
}

const REVIEWS =
  /^\/apis\/authorization\.k8s\.io\/v1(?:beta1)?\/(selfsubjectaccessreviews|selfsubjectrulesreviews)$/;

/** Answers one request from the bundle. Throws ApiError for everything that is not there. */
export async function answer(catalog: Catalog, request: ApiRequest): Promise<Answer> {
  const review = REVIEWS.exec(request.path)?.[1];
  if (review !== undefined && request.method === 'POST') {
    const body = await request.json();
    const make = review === 'selfsubjectaccessreviews' ? accessReview : rulesReview;
    return jsonAnswer(make(catalog, body), catalog.observed, 201);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
  return (await serverAnswer(catalog, request)) ?? groupVersionAnswer(catalog, request);
}

/** Answers of the server itself rather than of a kind; undefined: it is a path below a group. */
async function serverAnswer(catalog: Catalog, request: ApiRequest): Promise<Answer | undefined> {
  const { query, accept = '' } = request;
  const path = request.path.replace(/(?<=.)\/$/, '');
  switch (path) {
    case '/api':
    case '/apis': {
      const root = path === '/api' ? 'api' : 'apis';
      const reply = jsonAnswer(discoveryRoot(catalog, root, accept), catalog.observed);
      return { ...reply, type: discoveryType(accept) };
    }
    case '/version':
      return versionAnswer(catalog);
    case '/metrics':
      return metricsAnswer(catalog);
    case '/livez':
    case '/readyz':
      return healthAnswer(catalog, path, query.has('verbose'));
    default:
      return isOpenApi(path) ? openApiAnswer(catalog, path) : undefined;
  }
}

function isOpenApi(path: string): boolean {
  return path === OPENAPI_ROOT || path.startsWith(`${OPENAPI_ROOT}/`);
}

async function groupVersionAnswer(catalog: Catalog, request: ApiRequest): Promise<Answer> {
  const segments = request.path.split('/').slice(1).map(decoded);
  const [root, ...rest] = segments.at(-1) === '' ? segments.slice(0, -1) : segments;
  if (root === 'apis' && rest.length === 1)
    return jsonAnswer(groupAnswer(catalog, rest[0] ?? ''), catalog.observed);
  const [group, version, ...below] = root === 'api' ? ['', ...rest] : rest;
  if ((root !== 'api' && root !== 'apis') || group === undefined || version === undefined)
    throw unknownPath();
  if (below.length === 0) return jsonAnswer(versionResources(catalog, group, version), catalog.observed);
  const target = targetOf(catalog, { group, version }, below);
  if (!target) throw unknownPath();
  return resourceAnswer(catalog, request, target);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw unknownPath();
  }
}

/** What a path below a group version names. */
interface Target {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

function targetOf(
  catalog: Catalog,
  { group, version }: { group: string; version: string },
  below: readonly string[],
): Target | undefined {
  const isNamespaced = below[0] === 'namespaces' && below.length > 2;
  const namespaced = isNamespaced ? catalog.find(group, version, below[2] ?? '') : undefined;
  const [plural = '', name, subresource, ...more] = namespaced ? below.slice(2) : below;
  const resource = namespaced ?? catalog.find(group, version, plural);
  if (resource === undefined || more.length > 0) return undefined;
  const namespace = namespaced ? below[1] : undefined;
  // Objects with a namespace have none of their own outside it.
  if (resource.namespaced !== (namespace !== undefined) && (name !== undefined || namespace !== undefined))
    return undefined;
  return { resource, namespace, name, subresource };
}

async function resourceAnswer(catalog: Catalog, request: ApiRequest, target: Target): Promise<Answer> {
  const { query, accept } = request;
  const { resource, namespace, name, subresource } = target;
  if (!resource.verbs.includes(name === undefined ? 'list' : 'get')) throw methodNotAllowed();
  if (['true', '1'].includes(query.get('watch') ?? ''))
    throw new ApiError(405, 'watch is not served: a bundle does not change');
  if (name === undefined)
    return listAnswer(catalog, { resource, namespace, query, form: acceptedForm(accept) });
  if (subresource === undefined || subresource === 'status') {
    const found = await findObject(catalog, { resource, namespace, name });
    return objectAnswer(catalog, request, resource, found);
  }
  if (resource.group !== '' || resource.plural !== 'pods') throw unknownPath();
  if (subresource !== 'log')
    throw new ApiError(405, `${subresource} is not served: there is no pod behind a bundle`);
  return logAnswer(catalog, await findObject(catalog, { resource, namespace, name }), query);
}

async function objectAnswer(
  catalog: Catalog,
  { query, accept }: ApiRequest,
  resource: ApiResource,
  found: FoundObject,
): Promise<Answer> {
  const { bytes, value, observed } = found;
  const form = acceptedForm(accept);
  if (form.as === 'metadata') return jsonAnswer(metadataOnly(value, form.version), observed);
  if (form.as === 'objects') {
    return {
      status: 200,
      type: 'application/json',
      body: Buffer.concat([bytes, Buffer.from('\n')]),
      observed,
    };
  }
  const table = await tableFor(catalog, resource, query.get('includeObject'));
  const head = tableHead(table, form.version, {});
  const row = JSON.parse(rowOf(table, observed)(bytes).toString());
  const type = `application/json;as=Table;v=${form.version};g=meta.k8s.io`;
  return { ...jsonAnswer({ ...head, rows: [row] }, observed), type };
}

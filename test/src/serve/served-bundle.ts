import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { EntryInput } from '../../../src/bundle/entry-input.ts';
import { openBundleWriter } from '../../../src/bundle/writer.ts';
import type { CoverageRow } from '../../../src/model/coverage.ts';
import type { ApiResource } from '../../../src/model/kube.ts';
import { CLUSTER_SCOPE, type Scope } from '../../../src/model/scope.ts';
import { type ServedBundle, startServe } from '../../../src/serve/server.ts';
import { type BundleSource, openSource } from '../../../src/serve/source.ts';
import { apiResource } from '../../support/fake-kube.ts';
import { OBSERVED } from '../../support/fake-reply.ts';
import { itemOf, METADATA, passThrough, temporaryFolder } from '../bundle/bundle-fixture.ts';

/** Kinds the served bundles below know. */
export const KINDS: readonly ApiResource[] = [
  apiResource('', 'Event', 'events'),
  apiResource('', 'Namespace', 'namespaces', { namespaced: false }),
  apiResource('', 'Node', 'nodes', { namespaced: false }),
  apiResource('', 'Pod', 'pods', { shortNames: ['po'], subresources: ['log', 'portforward'] }),
  apiResource('', 'Secret', 'secrets'),
  apiResource('apps', 'Deployment', 'deployments'),
  apiResource('authorization.k8s.io', 'SubjectAccessReview', 'subjectaccessreviews', { verbs: ['create'] }),
  apiResource('example.org', 'Widget', 'widgets', { version: 'v1beta1', versions: ['v1beta1'] }),
  apiResource('apiextensions.k8s.io', 'CustomResourceDefinition', 'customresourcedefinitions', {
    namespaced: false,
  }),
];

/** What a served bundle is made of. */
export interface BundleParts {
  readonly kinds?: readonly ApiResource[];
  readonly failures?: readonly { readonly groupVersion: string; readonly reason: string }[];
  readonly entries?: readonly EntryInput[];
  readonly coverage?: readonly CoverageRow[];
}

/** A LIST of one kind as an entry, observed when everything is. */
export function list(
  resource: ApiResource,
  scope: Scope,
  items: readonly object[],
  more: Partial<Extract<EntryInput, { type: 'resources' }>> = {},
): EntryInput {
  const { group, version, kind, plural } = resource;
  return {
    type: 'resources',
    group,
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind,
    resource: plural,
    scope,
    whole: true,
    items: [items.map(itemOf)],
    listMetadata: () => ({ resourceVersion: '991' }),
    ending: () => ({ observedAt: OBSERVED }),
    ...more,
  };
}

/** The kind of this name. */
export function kindOf(name: string): ApiResource {
  const found = KINDS.find(({ kind }) => kind === name);
  if (!found) throw new Error(`no kind ${name}`);
  return found;
}

export function namespace(name: string): Scope {
  return { type: 'namespace', namespace: name };
}

/** A row that says a kind was collected everywhere. */
export function collected(artifact: string, scope: Scope = CLUSTER_SCOPE): CoverageRow {
  return { artifact, scope, outcome: 'collected' };
}

/** Writes a bundle of these parts; returns its file. */
export async function writeBundle({ kinds = KINDS, failures = [], ...parts }: BundleParts): Promise<string> {
  const file = join(temporaryFolder(), 'bundle.tar.gz');
  const writer = await openBundleWriter({ file, metadata: METADATA, redaction: passThrough() });
  await writer.add({
    type: 'document',
    artifact: 'api-discovery',
    contentType: 'json',
    scope: CLUSTER_SCOPE,
    bytes: Buffer.from(JSON.stringify({ resources: kinds, failures })),
    ending: () => ({ observedAt: OBSERVED }),
  });
  for (const entry of parts.entries ?? []) await writer.add(entry);
  for (const row of parts.coverage ?? []) writer.coverage(row);
  await writer.finish({ complete: true });
  return file;
}

/** An answer of the server. */
export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly json: any;
}

/** What of a request a test changes. */
export interface Changes {
  readonly method?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Without the token of the kubeconfig. */
  readonly anonymous?: boolean;
}

/** A bundle that is served until the test ends. */
export interface Serving extends ServedBundle {
  get(path: string, changes?: Changes): Promise<Got>;
}

const running: ServedBundle[] = [];

afterEach(async () => {
  for (const served of running.splice(0)) await served.close();
});

/** Serves an archive or a folder. */
export async function serveFile(input: string): Promise<Serving> {
  return serveSource(await openSource(input));
}

/** Serves what a test opened itself. */
export async function serveSource(source: BundleSource): Promise<Serving> {
  const served = await startServe({ source, port: 0 });
  running.push(served);
  return { ...served, get: (path, changes) => ask(served, path, changes) };
}

/** Serves a bundle of these parts. */
export async function serve(parts: BundleParts): Promise<Serving> {
  return serveFile(await writeBundle(parts));
}

function ask(served: ServedBundle, path: string, changes: Changes = {}): Promise<Got> {
  const config = JSON.parse(served.kubeconfig);
  const ca = Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64');
  const { method = 'GET', accept = 'application/json', anonymous = false, headers, body } = changes;
  const authorization = anonymous ? {} : { authorization: `Bearer ${config.users[0].user.token}` };
  return new Promise((resolve, reject) => {
    // A test may send another name than the one it connects to.
    const checkServerIdentity = () => undefined;
    const all = { accept, ...authorization, ...headers };
    const options = { method, ca, agent: false as const, checkServerIdentity, headers: all };
    const request = httpsRequest(served.url + path, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = response.headers['content-type']?.includes('json') && text !== '';
        const json = isJson ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

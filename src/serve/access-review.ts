import { resourcesId } from '../model/artifact.ts';
import { ApiError } from './api-error.ts';
import type { Catalog } from './catalog.ts';
import { type JsonObject, textAt, valueAt } from './json-path.ts';

/** What can be done with a bundle. */
const VERBS = ['get', 'list', 'watch'];

/** Answers `kubectl auth can-i`: allowed is what was collected, and nothing that changes anything. */
export function accessReview(catalog: Catalog, body: unknown): JsonObject {
  const spec = valueAt(body, 'spec');
  if (typeof spec !== 'object' || spec === null) throw new ApiError(400, 'the review has no spec');
  const reason = refusal(catalog, spec);
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: textAt(body, 'apiVersion') || 'authorization.k8s.io/v1',
    metadata: {},
    spec,
    status: { allowed: reason === undefined, reason: reason ?? 'it is in the bundle' },
  };
}

function refusal(catalog: Catalog, spec: object): string | undefined {
  const attributes = valueAt(spec, 'resourceAttributes');
  const verb = textAt(attributes ?? valueAt(spec, 'nonResourceAttributes'), 'verb');
  if (!VERBS.includes(verb)) return 'a bundle is read-only';
  if (attributes === undefined) return undefined;
  const group = textAt(attributes, 'group');
  const plural = textAt(attributes, 'resource');
  const resource = catalog.resources.find((one) => one.group === group && one.plural === plural);
  if (resource === undefined) return 'the cluster serves no such kind';
  const namespace = textAt(attributes, 'namespace');
  const scope = resource.namespaced && namespace !== '' ? namespace : undefined;
  const seen = catalog.seen.of(resourcesId(group, resource.kind), scope);
  return seen.state === 'unseen' ? seen.reason : undefined;
}

/** Answers `kubectl auth can-i --list`: the kinds that were collected. */
export function rulesReview(catalog: Catalog, body: unknown): JsonObject {
  const namespace = textAt(body, 'spec', 'namespace');
  const rules = catalog.resources.flatMap((resource) => {
    const { group, kind, plural, namespaced } = resource;
    const scope = namespaced && namespace !== '' ? namespace : undefined;
    if (catalog.seen.of(resourcesId(group, kind), scope).state === 'unseen') return [];
    return [{ apiGroups: [group], resources: [plural], verbs: VERBS }];
  });
  return {
    kind: 'SelfSubjectRulesReview',
    apiVersion: textAt(body, 'apiVersion') || 'authorization.k8s.io/v1',
    metadata: {},
    spec: {},
    status: { resourceRules: rules, nonResourceRules: [], incomplete: false },
  };
}

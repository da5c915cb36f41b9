import type { PolicyRule } from '../model/coverage.ts';
import type { Report } from '../model/report.ts';
import type { Scope } from '../model/scope.ts';
import { say } from './say.ts';
import type { Texts } from './texts.en.ts';
import { visibleInline } from './visible-text.ts';

/** The texts with the titles of documents that only the report knows. */
export function withTitles(texts: Texts, report: Pick<Report, 'catalog'>): Texts {
  return { ...texts, artifact: { ...texts.artifact, titles: report.catalog.artifacts } };
}

/** What an artifact holds, from its id: `resources:apps/Deployment` → `Deployment objects (apps)`. */
export function describeArtifact(id: string, texts: Texts): string {
  if (id === 'logs') return texts.artifact.logs;
  const title = texts.artifact.titles[id];
  if (title !== undefined) return visibleInline(title);
  const match = /^resources:([^/]+)\/(.+)$/.exec(id);
  if (!match) return visibleInline(id);
  const [, group = '', kind = ''] = match.map(visibleInline);
  return group === 'core'
    ? say(texts.artifact.resources, { kind })
    : say(texts.artifact.resourcesOfGroup, { kind, group });
}

/** A scope in words, names between backticks. */
export function describeScope(scope: Scope, texts: Texts): string {
  switch (scope.type) {
    case 'cluster':
      return texts.scope.cluster;
    case 'container': {
      const text = scope.previous ? texts.scope.previous : texts.scope.container;
      return say(text, {
        container: nameInCode(scope.container),
        namespace: nameInCode(scope.namespace),
        pod: nameInCode(scope.pod),
      });
    }
    case 'object': {
      const path = scope.namespace === undefined ? scope.name : `${scope.namespace}/${scope.name}`;
      return say(texts.scope.object, { kind: nameInCode(scope.kind), name: nameInCode(path) });
    }
    case 'namespace':
      return say(texts.scope.namespace, { namespace: nameInCode(scope.namespace) });
    case 'node':
      return say(texts.scope.node, { node: nameInCode(scope.node) });
    case 'unit':
      return say(texts.scope.unit, { unit: nameInCode(scope.unit), node: nameInCode(scope.node) });
    case 'endpoint':
      return say(texts.scope.endpoint, { endpoint: nameInCode(scope.endpoint) });
  }
}

/** An RBAC rule as one element of a role's `rules`, in YAML flow style. */
export function describeRule(rule: PolicyRule): string {
  const fields = (['apiGroups', 'resources', 'resourceNames', 'nonResourceURLs', 'verbs'] as const)
    .filter((field) => rule[field] !== undefined)
    .map((field) => `${field}: [${(rule[field] ?? []).map((value) => quoted(value)).join(', ')}]`);
  return `- {${fields.join(', ')}}`;
}

function quoted(value: string): string {
  return JSON.stringify(visibleInline(value));
}

/** A name as it may stand between backticks. */
export function nameInCode(text: string): string {
  return visibleInline(text).replaceAll('`', "'");
}

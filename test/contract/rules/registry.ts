import type {
  Artifact,
  DocumentArtifact,
  LogSignalsArtifact,
  Need,
  Needs,
} from '../../../src/model/artifact.ts';
import type { AnyCollector, RequiredRule } from '../../../src/model/collector.ts';
import type { PolicyRule } from '../../../src/model/coverage.ts';
import type { ApiResource, Discovery } from '../../../src/model/kube.ts';
import type { Violation } from './source-tree.ts';
import type { Registry } from './units.ts';

/** A literal shorter than this is found everywhere and slows the scan of all logs. */
export const LITERAL_MIN_BYTES = 8;

/** Every artifact a set of needs asks for, with what derived values ask for in turn. */
export function artifactsNeeded(needs: Needs): Artifact[] {
  return Object.values(needs).flatMap((need: Need): Artifact[] => {
    const artifact: Artifact = need.type === 'optional' || need.type === 'samples' ? need.artifact : need;
    return artifact.type === 'derived' ? [artifact, ...artifactsNeeded(artifact.needs)] : [artifact];
  });
}

/** Every need is produced by some collector, derived, the record of the collection, or held by other tools' bundles. */
export function needViolations({ analyzers, collectors }: Registry): Violation[] {
  const produced = new Set(collectors.flatMap((one) => one.meta.produces.map((artifact) => artifact.id)));
  const allKinds = collectors.some((collector) => collector.meta.producesAllKinds);
  const violations: Violation[] = [];
  for (const [folder, units] of Object.entries({ analyzers, collectors })) {
    for (const { meta, needs } of units) {
      for (const artifact of artifactsNeeded(needs)) {
        if (artifact.type === 'derived' || artifact.type === 'record') continue;
        if (produced.has(artifact.id) || (artifact.type === 'resources' && allKinds)) continue;
        if (artifact.type === 'document' && artifact.foreign !== undefined) continue;
        const message = `needs ${artifact.id} (${artifact.title}), which no collector produces`;
        violations.push({ path: `${folder}/${meta.id}.ts`, message });
      }
    }
  }
  return violations;
}

/** One id, one declaration: two tokens of one id would split the coverage and the items between them. */
export function tokenViolations({ analyzers, collectors }: Registry): Violation[] {
  const violations: Violation[] = [];
  const tokens = new Map<string, unknown>();
  const meet = (path: string, artifact: Artifact | AnyCollector['meta']['produces'][number]): void => {
    // Signals are many declarations over the one artifact `logs`.
    if (artifact.type === 'log-signals') return;
    const declared = artifact.type === 'resources' ? (artifact.partOf ?? artifact) : artifact;
    const known = tokens.get(artifact.id);
    if (known !== undefined && known !== declared) {
      violations.push({ path, message: `${artifact.id} is declared twice; import the one declaration` });
    }
    tokens.set(artifact.id, declared);
  };
  for (const { meta, needs } of collectors) {
    const path = `collectors/${meta.id}.ts`;
    for (const artifact of [...meta.produces, ...artifactsNeeded(needs)]) meet(path, artifact);
    for (const document of meta.produces.filter((one): one is DocumentArtifact => one.type === 'document')) {
      if (document.title.trim() === '') violations.push({ path, message: `${document.id} has no title` });
    }
  }
  for (const { meta, needs } of analyzers) {
    for (const artifact of artifactsNeeded(needs)) meet(`analyzers/${meta.id}.ts`, artifact);
  }
  return violations;
}

/** Log literals are long enough for the one pass over all logs. */
export function literalViolations({ analyzers }: Registry): Violation[] {
  const violations: Violation[] = [];
  for (const { meta, needs } of analyzers) {
    const signals = artifactsNeeded(needs).filter(
      (one): one is LogSignalsArtifact => one.type === 'log-signals',
    );
    for (const [name, pattern] of signals.flatMap((one) => Object.entries(one.patterns))) {
      const path = `analyzers/${meta.id}.ts`;
      if (pattern.any.length === 0) violations.push({ path, message: `pattern ${name} has no literal` });
      for (const literal of pattern.any) {
        const bytes = Buffer.byteLength(literal);
        if (bytes >= LITERAL_MIN_BYTES) continue;
        const message = `pattern ${name}: "${literal}" has ${bytes} bytes, at least ${LITERAL_MIN_BYTES}`;
        violations.push({ path, message });
      }
    }
  }
  return violations;
}

/**
 * Rights are enumerated: no `*`, only reading verbs (and what port-forward needs), each with its reason. Creating,
 * removing and running commands is for collectors that say so and run by a flag only.
 */
export function rbacViolations(collectors: readonly AnyCollector[], discovery: Discovery): Violation[] {
  const violations: Violation[] = [];
  for (const collector of collectors) {
    const path = `collectors/${collector.meta.id}.ts`;
    for (const required of collector.rbac(discovery)) {
      const { rule, why } = required;
      const name = JSON.stringify(rule);
      if (why.trim() === '') violations.push({ path, message: `rule ${name} has no reason` });
      for (const problem of ruleProblems(required, collector))
        violations.push({ path, message: `rule ${name} ${problem}` });
    }
    if (collector.meta.createsObjects && collector.meta.optIn === undefined)
      violations.push({ path, message: 'creates objects without a flag of its own' });
    for (const { resource } of collector.lists?.(discovery) ?? []) {
      if (allowsList(collector, discovery, resource)) continue;
      violations.push({ path, message: `lists ${resource.plural} without a rule that allows it` });
    }
  }
  return violations;
}

/** What a collector that creates objects may ask for beside reading. */
function isTemporary({ resources = [], verbs }: PolicyRule, verb: string): boolean {
  if (resources.every((one) => one === 'pods/exec')) return verb === 'create';
  const removed = verbs.includes('create') && verbs.includes('delete');
  const kinds = resources.every((one) => one === 'jobs' || one === 'daemonsets');
  return kinds && removed && (verb === 'create' || verb === 'delete');
}

function ruleProblems({ rule, optIn }: RequiredRule, { meta }: AnyCollector): string[] {
  const problems: string[] = [];
  const parts = [rule.apiGroups, rule.resources, rule.resourceNames, rule.verbs];
  if (parts.some((part) => part?.some((value) => value.includes('*')))) {
    problems.push('holds a `*`: name each kind');
  }
  if (rule.verbs.length === 0) problems.push('has no verb');
  for (const verb of rule.verbs) {
    const isPortForward = verb === 'create' && rule.resources?.every((one) => one === 'pods/portforward');
    if (['get', 'list', 'watch'].includes(verb) || isPortForward) continue;
    if ((meta.createsObjects || optIn === '--exec') && isTemporary(rule, verb)) continue;
    problems.push(`has the verb ${verb}: collecting only reads`);
  }
  return problems;
}

function allowsList(collector: AnyCollector, discovery: Discovery, { group, plural }: ApiResource): boolean {
  return collector
    .rbac(discovery)
    .some(
      ({ rule }) =>
        rule.verbs.includes('list') &&
        rule.apiGroups?.includes(group) === true &&
        rule.resources?.includes(plural) === true,
    );
}

import type { HelmReleaseItem } from '../../src/artifacts/flux-resources.ts';
import { appliesWithout, definedGroups } from '../../src/derive/defined-groups.ts';
import { type FluxItem, type FluxNeed, type FluxObject, fluxObjects } from '../../src/derive/flux-objects.ts';
import { helmReleaseRef } from '../../src/derive/helm-revisions.ts';
import { sentence } from '../../src/derive/issuance-case.ts';
import { releaseParts } from '../../src/derive/release-parts.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** Controllers try again after five minutes at most (`interval` of DKP's objects) and take some to wait for pods. */
const PENDING_SECONDS = 600;
/** Named in a text. */
const NAMED_PARTS = 5;
/** Reasons of a HelmRelease whose own operation went wrong (helm-controller v2beta1 to v2). */
const OPERATION_FAILED =
  /^(?:Install|Upgrade|Test|Rollback|Uninstall|Init|GetLastRelease|Reconciliation)(?:Failed|Error)$|^RetriesExceeded$/;

const SAID = { level: 'certain', reason: 'the conditions of the objects of Flux say so' } as const;
const UNRECONCILED = {
  severity: 'warning',
  confidence: SAID,
  effect: 'not-reconciled',
  explains: [{ effect: 'not-reconciled', via: ['same-object'] }],
} as const;
const SHOW = {
  text: 'See all objects of Flux in its namespace with their messages; without the command line of Flux, `kubectl get` of the kind shows the same.',
  argv: ['flux', 'get', 'all', '-n', '{object.namespace}'],
} as const;

const GROUPS = ['helm', 'kustomize', 'source'].map((toolkit) => `${toolkit}.toolkit.fluxcd.io`);

const needs = { flux: fluxObjects, parts: optional(releaseParts), defined: definedGroups };

export const fluxNotReconciled = defineAnalyzer({
  meta: {
    id: 'kubernetes/flux-not-reconciled',
    title: 'Object of Flux not reconciled',
    description:
      'HelmReleases, Kustomizations and sources of Flux that are not ready, followed to the source or the dependency that keeps them.',
    messages: {
      needMissing: {
        ...UNRECONCILED,
        text: '{object:object} is not ready: {need:object}, which it names, does not exist.',
        remedy: [{ text: 'Create what it names, or correct the reference.' }, SHOW],
        groupBy: ['need'],
      },
      needNotReady: {
        ...UNRECONCILED,
        text: '{object:object} is not ready: it waits for {need:object}, which is not ready itself.',
        remedy: [{ text: 'Mend what it waits for first.' }, SHOW],
      },
      releaseFailed: {
        ...UNRECONCILED,
        text: '{object:object} is not ready: {reason:text}, {detail:text}{parts:text}.',
        remedy: [
          {
            text: 'Mend the workload or the values it names; then let it try again, since retries end after `remediation.retries`.',
            argv: [
              'flux',
              'reconcile',
              'helmrelease',
              '{object.name}',
              '-n',
              '{object.namespace}',
              '--force',
            ],
          },
          SHOW,
        ],
      },
      notReady: {
        ...UNRECONCILED,
        text: '{object:object} is not ready: {reason:text}, {detail:text}.',
        remedy: [
          {
            text: 'A source: its address, its credentials and the way of the cluster to it. A Kustomization: the object its message names.',
          },
          SHOW,
        ],
        groupBy: ['detail'],
      },
      notLookedAt: {
        ...UNRECONCILED,
        text: '{object:object} has no condition {age:duration} after it was made: no controller of Flux looks at it.',
        remedy: [
          {
            text: 'See whether the controllers run.',
            argv: ['kubectl', 'get', 'pods', '--all-namespaces', '-l', 'app.kubernetes.io/part-of=flux'],
          },
        ],
      },
      suspended: {
        severity: 'info',
        confidence: SAID,
        text: '{object:object} is suspended: changes are not brought to the cluster.',
        remedy: [{ text: 'Set `spec.suspend` to false when it is to go on.' }],
      },
    },
    checks: {
      reconciled: { item: 'Object of Flux is ready', expected: 'Ready', found: 'Ready' },
    },
    references: [
      'https://fluxcd.io/flux/components/helm/helmreleases/#helmrelease-status',
      'https://fluxcd.io/flux/components/kustomize/kustomizations/#kustomization-status',
      'fluxcd/helm-controller api/v2beta1, v2beta2, v2: condition reasons',
    ],
  },
  needs,
  appliesTo({ flux: { all, gaps }, defined }) {
    if (all.length > 0) return true;
    return appliesWithout(gaps, { groups: GROUPS, defined, reason: 'the cluster has no objects of Flux' });
  },
  analyze(inputs, context) {
    for (const object of inputs.flux.all) judge(object, inputs, context);
    const [gap] = inputs.flux.gaps;
    const subject = { group: 'helm.toolkit.fluxcd.io', kind: 'HelmRelease', name: 'all' };
    if (gap) context.looked({ check: 'reconciled', unseen: gap, subject });
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof fluxNotReconciled.meta.messages,
  NonNullable<typeof fluxNotReconciled.meta.checks>
>;

function judge(object: FluxObject, inputs: Inputs<typeof needs>, context: Context): void {
  const { item } = object;
  const subject = subjectOf(item);
  if (item.metadata.deletionTimestamp) return;
  const { index, ready } = readyOf(item);
  if (item.spec?.suspend) {
    const evidence = [context.at(item, '/spec/suspend')] as const;
    context.report({ message: 'suspended', values: { object: subject }, subject, evidence });
    return;
  }
  if (ready?.status === 'True') {
    context.looked({ check: 'reconciled', values: {}, subject });
    return;
  }
  if (!ready && isStatic(item)) return;
  const since = ready?.lastTransitionTime ?? item.metadata.creationTimestamp;
  const age = context.age(since, item);
  const old = isOlder(age, PENDING_SECONDS);
  // `Unknown` is a reconciliation under way.
  if (!age || !old || ready?.status === 'Unknown') {
    const unseen = old === undefined ? 'since when is not known' : 'it is being reconciled';
    context.looked({ check: 'reconciled', unseen, subject });
    return;
  }
  if (!ready) {
    const values = { object: subject, age: Math.round(age.seconds) };
    context.report({
      message: 'notLookedAt',
      values,
      subject,
      evidence: [context.at(item)],
      ...begun(since),
    });
    return;
  }
  const pointer = `/status/conditions/${index}`;
  const shown = { subject, pointer, since };
  if (!reportNeed(object, shown, context)) reportOwn(object, shown, inputs, context);
}

/** Since Flux 2.3 nobody writes the status of a repository in a registry: it is read where a chart names it. */
function isStatic({ kind, spec }: FluxItem): boolean {
  return kind === 'HelmRepository' && spec?.type === 'oci';
}

interface Shown {
  readonly subject: ObjectRef;
  /** JSON Pointer to the condition. */
  readonly pointer: string;
  readonly since: string | undefined;
}

/** Says which object it needs is missing or not ready; false when that is none. */
function reportNeed({ item, needs: named }: FluxObject, shown: Shown, context: Context): boolean {
  const { subject, pointer, since } = shown;
  const missing = named.find(({ found }) => found.state === 'absent');
  const own = context.at(item, pointer);
  if (missing) {
    const { kind, namespace = '', name } = missing.ref;
    const artifact = { id: `resources:${missing.ref.group}/${kind}` };
    const absent = context.absent({ artifact, scope: { type: 'namespace', namespace }, name });
    context.report({
      message: 'needMissing',
      values: { object: subject, need: missing.ref },
      subject,
      related: [missing.ref],
      evidence: [own, context.at(item, missing.pointer), absent],
      ...begun(since),
    });
    return true;
  }
  const waiting = named.find((one) => isUnready(one));
  if (waiting?.found.state !== 'present') return false;
  const need = waiting.found.item;
  const other = readyOf(need);
  context.report({
    message: 'needNotReady',
    values: { object: subject, need: waiting.ref },
    subject,
    related: [waiting.ref],
    evidence: [own, context.at(need, `/status/conditions/${other.index}`)],
    ...begun(since),
  });
  return true;
}

function reportOwn(
  { item }: FluxObject,
  { subject, pointer, since }: Shown,
  { parts }: Inputs<typeof needs>,
  context: Context,
): void {
  const { ready } = readyOf(item);
  const { reason = 'no reason is given' } = ready ?? {};
  const values = { object: subject, reason, detail: sentence(ready?.message) };
  const own = context.at(item, pointer);
  if (item.kind !== 'HelmRelease' || !OPERATION_FAILED.test(reason)) {
    context.report({ message: 'notReady', values, subject, evidence: [own], ...begun(since) });
    return;
  }
  const release = releaseOf(item);
  const unwell = parts.unwell(release.target, release.name).slice(0, NAMED_PARTS);
  const told = unwell.length === 0 ? '' : `; ${unwell.map(({ text }) => text).join(', ')}`;
  context.report({
    message: 'releaseFailed',
    values: { ...values, parts: told },
    subject,
    related: [helmReleaseRef(release.storage, release.name), ...unwell.map((part) => subjectOf(part.item))],
    evidence: [own, ...unwell.map((part) => context.at(part.item, part.pointer))],
    ...begun(since),
  });
}

/**
 * The Helm release of a HelmRelease: `<targetNamespace>-<name>` where it names a target but no release. Helm
 * stores it beside the HelmRelease unless that says otherwise.
 */
function releaseOf(item: HelmReleaseItem): { storage: string; target: string; name: string } {
  const { releaseName, targetNamespace, storageNamespace } = item.spec ?? {};
  const { name, namespace = '' } = item.metadata;
  return {
    storage: storageNamespace ?? namespace,
    target: targetNamespace ?? namespace,
    name: releaseName ?? (targetNamespace === undefined ? name : `${targetNamespace}-${name}`),
  };
}

function readyOf({ status }: FluxItem) {
  const index = (status?.conditions ?? []).findIndex(({ type }) => type === 'Ready');
  return { index, ready: status?.conditions?.[index] };
}

function isUnready({ found }: FluxNeed): boolean {
  return found.state === 'present' && readyOf(found.item).ready?.status === 'False';
}

function begun(since: string | undefined): { since?: string } {
  return since === undefined ? {} : { since };
}

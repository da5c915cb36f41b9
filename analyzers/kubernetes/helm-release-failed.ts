import { type HelmReleaseState, helmRevisions } from '../../src/derive/helm-revisions.ts';
import { releaseParts, type UnwellPart } from '../../src/derive/release-parts.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** An operation of Helm ends after five minutes by default (`--timeout`); hooks get as long again. */
const PENDING_SECONDS = 600;
/** Helm keeps ten revisions by default (`--history-max`). */
const KEPT_REVISIONS = 10;
/** Named in a text. */
const NAMED_PARTS = 5;

const LABELS = { level: 'certain', reason: 'the labels of the stored revisions say so' } as const;
const UNDEPLOYED = {
  severity: 'warning',
  confidence: LABELS,
  effect: 'not-reconciled',
  explains: [{ effect: 'not-reconciled', via: ['same-object'] }],
} as const;
const HISTORY = {
  text: 'See the revisions; the description of the last one says what Helm was told.',
  argv: ['helm', 'history', '{release.name}', '-n', '{release.namespace}'],
} as const;

const needs = { releases: helmRevisions, parts: optional(releaseParts) };

export const helmReleaseFailed = defineAnalyzer({
  meta: {
    id: 'kubernetes/helm-release-failed',
    title: 'Helm release failed',
    description:
      'Helm releases whose last operation failed or was broken off, or of which nothing is deployed, by the labels of their stored revisions.',
    messages: {
      failed: {
        ...UNDEPLOYED,
        text: 'Revision {revision:count} of {release:object} failed: {standing:text}{parts:text}.',
        remedy: [
          HISTORY,
          {
            text: 'Mend what it names and upgrade again, or go back to the last revision that was deployed.',
            argv: ['helm', 'rollback', '{release.name}', '-n', '{release.namespace}'],
          },
        ],
      },
      pending: {
        ...UNDEPLOYED,
        text: '{release:object} has been `{status:text}` for {age:duration}: the Helm that began revision {revision:count} never ended it, and Helm refuses every other operation until then (`another operation (install/upgrade/rollback) is in progress`){parts:text}.',
        remedy: [
          { text: 'Make sure that no pipeline or controller is still at it.' },
          HISTORY,
          {
            text: 'Go back to the last revision that was deployed; a first install that never ended is to be uninstalled instead.',
            argv: ['helm', 'rollback', '{release.name}', '-n', '{release.namespace}'],
          },
        ],
      },
      nothingDeployed: {
        ...UNDEPLOYED,
        text: 'None of the {count:count} stored revisions of {release:object} is deployed; the last one is `{status:text}`{parts:text}.',
        remedy: [
          HISTORY,
          {
            text: 'Go back to a revision that ran with `helm rollback` and its number: an upgrade needs one that is deployed (`has no deployed releases`).',
          },
        ],
      },
      manyRevisions: {
        severity: 'info',
        confidence: LABELS,
        text: '{release:object} keeps {count:count} revisions, each of them a whole copy of its objects in etcd.',
        remedy: [
          {
            text: 'Limit the history (`--history-max`, or `maxHistory` of a HelmRelease): the next upgrade removes the rest.',
          },
        ],
      },
    },
    checks: {
      released: {
        item: 'Helm release is deployed',
        expected: 'the last revision is deployed',
        found: 'revision {revision:count} is deployed',
      },
    },
    references: [
      'helm/helm pkg/storage/driver/secrets.go: labels owner, name, status, version, modifiedAt',
      'helm/helm pkg/action/action.go: another operation (install/upgrade/rollback) is in progress',
      'https://helm.sh/docs/helm/helm_upgrade/ (--history-max 10)',
    ],
  },
  needs,
  appliesTo({ releases: { all, gaps } }) {
    if (all.length > 0) return true;
    if (gaps.length > 0) return { applies: 'unseen', gaps };
    return { applies: false, reason: 'no Helm release is stored in the cluster' };
  },
  analyze(inputs, context) {
    for (const release of inputs.releases.all) judge(release, inputs, context);
    const [gap] = inputs.releases.gaps;
    const subject = { group: '', kind: 'Secret', name: 'all' };
    if (gap) context.looked({ check: 'released', unseen: gap, subject });
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof helmReleaseFailed.meta.messages,
  NonNullable<typeof helmReleaseFailed.meta.checks>
>;

function judge(release: HelmReleaseState, { parts }: Inputs<typeof needs>, context: Context): void {
  const { subject, revisions, gap } = release;
  const [{ status, revision, shown }] = revisions;
  // A later revision that was not seen may have made it good.
  if (gap) {
    context.looked({ check: 'released', unseen: gap, subject });
    return;
  }
  if (revisions.length > KEPT_REVISIONS) {
    const values = { release: subject, count: revisions.length };
    const evidence = [context.at(shown.item, shown.pointer)] as const;
    context.report({ message: 'manyRevisions', values, subject, evidence });
  }
  if (status === 'deployed') context.looked({ check: 'released', values: { revision }, subject });
  else if (status !== 'uninstalled') {
    const unwell = parts.unwell(release.namespace, release.name).slice(0, NAMED_PARTS);
    report(release, unwell, context);
  }
}

function report(release: HelmReleaseState, unwell: readonly UnwellPart[], context: Context): void {
  const { subject, revisions } = release;
  const [{ status, revision, shown, changed }] = revisions;
  const common = {
    subject,
    related: unwell.map(({ item }) => subjectOf(item)),
    evidence: evidenceOf(shown, unwell, context),
    ...(changed ? { since: changed } : {}),
  };
  const values = { release: subject, parts: textOf(unwell) };
  if (status === 'failed') {
    const standing = standingOf(release);
    context.report({ message: 'failed', values: { ...values, revision, standing }, ...common });
  } else if (status.startsWith('pending-') || status === 'uninstalling') {
    const age = context.age(changed, shown.item);
    const old = isOlder(age, PENDING_SECONDS);
    if (age && old) {
      const told = { ...values, status, revision, age: Math.round(age.seconds) };
      context.report({ message: 'pending', values: told, ...common });
    } else context.looked({ check: 'released', unseen: `it is ${status}`, subject });
  } else if (!release.deployed) {
    const told = { ...values, status, count: revisions.length };
    context.report({ message: 'nothingDeployed', values: told, ...common });
  }
}

function standingOf({ deployed }: HelmReleaseState): string {
  if (!deployed) return 'no revision of it is deployed';
  return `revision ${deployed.revision} is still the deployed one, with what the failed one already changed`;
}

function textOf(unwell: readonly UnwellPart[]): string {
  return unwell.length === 0 ? '' : `; ${unwell.map(({ text }) => text).join(', ')}`;
}

function evidenceOf(
  shown: { readonly item: object; readonly pointer: string },
  unwell: readonly UnwellPart[],
  context: Context,
): EvidenceRefs {
  return [
    context.at(shown.item, shown.pointer),
    ...unwell.map(({ item, pointer }) => context.at(item, pointer)),
  ];
}

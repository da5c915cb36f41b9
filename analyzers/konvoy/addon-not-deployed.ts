import { clusterAddons } from '../../src/artifacts/konvoy-resources.ts';
import { deployments } from '../../src/artifacts/workload-resources.ts';
import { appliesWithout, definedGroups } from '../../src/derive/defined-groups.ts';
import { type HelmReleaseState, helmReleaseRef, helmRevisions } from '../../src/derive/helm-revisions.ts';
import { ADDON_NAMESPACE, type KonvoyAddon, konvoyAddons } from '../../src/derive/konvoy-addons.ts';
import { releaseParts } from '../../src/derive/release-parts.ts';
import { specWritten } from '../../src/derive/workload-revisions.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { type Subject, subjectOf } from '../../src/model/subject.ts';

/** Our choice: twice what the slowest charts (a StatefulSet with claims) take to come up. */
const DEPLOYING_SECONDS = 600;
/** Named in a text. */
const NAMED_PARTS = 5;
const CONTROLLER = 'kubeaddons-controller-manager';

const SAID = { level: 'certain', reason: 'the status of the addon says so' } as const;
const UNDEPLOYED = {
  severity: 'warning',
  confidence: SAID,
  effect: 'not-reconciled',
  explains: [{ effect: 'not-reconciled', via: ['same-object'] }],
} as const;
const AGAIN = {
  text: 'Deploy the addons again; what is deployed already stays as it is.',
  argv: ['konvoy', 'deploy', 'addons'],
} as const;

const needs = {
  addons: konvoyAddons,
  releases: helmRevisions,
  parts: releaseParts,
  deployments: optional(deployments),
  defined: definedGroups,
};

export const addonNotDeployed = defineAnalyzer({
  meta: {
    id: 'konvoy/addon-not-deployed',
    title: 'Addon of Konvoy not deployed',
    description:
      'Addons and ClusterAddons that are not ready: the addon they wait for, or the release, workloads, claims and load balancers of their own that keep them.',
    messages: {
      requirementMissing: {
        ...UNDEPLOYED,
        text: '{addon:object} is not deployed: it requires an addon with `{labels:text}`, and the cluster has none.',
        remedy: [
          {
            text: 'Enable the required addon in cluster.yaml (`addons.addonsList`), or disable the one that requires it.',
          },
          AGAIN,
        ],
        check: 'deployed',
      },
      requirementNotReady: {
        ...UNDEPLOYED,
        text: '{addon:object} is not deployed: it waits for {required:object}, which is not ready itself{root:text}.',
        remedy: [{ text: 'Mend the addon it waits for first.' }, AGAIN],
        check: 'deployed',
      },
      notDeployed: {
        ...UNDEPLOYED,
        text: '{addon:object} is not deployed (stage `{stage:text}`): {detail:text}.',
        remedy: [
          {
            text: 'Find out why its pods do not run: findings about them stand beside this one.',
            argv: ['kubectl', 'get', 'deployments,statefulsets,daemonsets,pods', '-n', '{namespace}'],
          },
          {
            text: 'See how its Helm release ended in namespace `{namespace:text}`.',
            argv: ['helm', 'list', '--all', '-n', '{namespace}'],
          },
          AGAIN,
        ],
        check: 'deployed',
      },
      notLookedAt: {
        ...UNDEPLOYED,
        text: '{addon:object} has no status {age:duration} after it was made: the controller of addons has not looked at it{controller:text}.',
        remedy: [
          {
            text: 'See whether the controller runs, and read its log.',
            argv: ['kubectl', 'logs', `deployment/${CONTROLLER}`, '-n', ADDON_NAMESPACE, '--tail', '100'],
          },
        ],
        check: 'deployed',
      },
    },
    checks: {
      deployed: {
        checklist: 'check-addons',
        item: 'Addon is deployed and ready',
        expected: 'ready, with what it requires',
        found: 'ready',
      },
    },
    references: [
      'mesosphere/kubernetes-base-addons addons/: spec.requires, spec.chartReference',
      'kubeaddons.mesosphere.io/v1beta1, v1beta2: status.ready, status.stage',
      'konvoy check addons: every enabled addon is installed and runs',
    ],
  },
  needs,
  appliesTo({ addons: { all, gaps }, defined }) {
    if (all.length > 0) return true;
    const reason = 'the cluster has no addons of Konvoy';
    return appliesWithout(gaps, { groups: ['kubeaddons.mesosphere.io'], defined, reason });
  },
  analyze(inputs, context) {
    for (const addon of inputs.addons.all) {
      if (addon.item.metadata.deletionTimestamp) continue;
      const subject = subjectOf(addon.item);
      if (addon.ready) context.looked({ check: 'deployed', values: {}, subject });
      else judge(addon, inputs, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof addonNotDeployed.meta.messages,
  NonNullable<typeof addonNotDeployed.meta.checks>
>;

function judge(addon: KonvoyAddon, inputs: Inputs<typeof needs>, context: Context): void {
  const { item } = addon;
  const subject = subjectOf(item);
  const changed = specWritten(item) ?? item.metadata.creationTimestamp;
  const age = context.age(changed, item);
  const old = isOlder(age, DEPLOYING_SECONDS);
  if (!age || !old) {
    const unseen = old === undefined ? 'since when is not known' : 'it was changed a few minutes ago';
    context.looked({ check: 'deployed', unseen, subject });
    return;
  }
  if (reportRequirement(addon, inputs, context)) return;
  const seconds = Math.round(age.seconds);
  if (item.status === undefined || (item.status.ready === undefined && addon.stage === undefined))
    reportUntouched(addon, { age: seconds, inputs, context });
  else reportOwn(addon, inputs, context);
}

/** Says which required addon keeps this one; false when all of them are ready. */
function reportRequirement(
  { item, requirements }: KonvoyAddon,
  { addons }: Inputs<typeof needs>,
  context: Context,
): boolean {
  const subject = subjectOf(item);
  const missing = requirements.find(({ met }) => met === undefined);
  if (missing && addons.gaps.length === 0) {
    const evidence = [
      context.at(item, missing.pointer),
      context.absent({ artifact: clusterAddons, scope: CLUSTER_SCOPE, name: missing.name ?? missing.text }),
    ] as const;
    const values = { addon: subject, labels: missing.text };
    context.report({ message: 'requirementMissing', values, subject, evidence });
    return true;
  }
  const waiting = requirements.find(({ met }) => met && !met.ready);
  if (!waiting?.met) return false;
  const required = subjectOf(waiting.met.item);
  const last = rootOf(waiting.met);
  const root = last === waiting.met ? '' : `; at the end of the chain is ${last.item.metadata.name}`;
  context.report({
    message: 'requirementNotReady',
    values: { addon: subject, required, root },
    subject,
    related: [required],
    evidence: [context.at(item, waiting.pointer), context.at(waiting.met.item, statusOf(waiting.met))],
  });
  return true;
}

/** The addon at the end of the chain of those that are not ready. */
function rootOf(addon: KonvoyAddon): KonvoyAddon {
  const passed = new Set<KonvoyAddon>();
  let root = addon;
  while (!passed.has(root)) {
    passed.add(root);
    const next = root.requirements.find(({ met }) => met && !met.ready)?.met;
    if (next) root = next;
  }
  return root;
}

function reportOwn(addon: KonvoyAddon, inputs: Inputs<typeof needs>, context: Context): void {
  const { item, namespace, releases, stage = 'none' } = addon;
  const subject = subjectOf(item);
  const release = releases
    .map((name) => inputs.releases.find(namespace, name))
    .find((one) => one !== undefined);
  const unwell = releases.flatMap((name) => inputs.parts.unwell(namespace, name)).slice(0, NAMED_PARTS);
  const told = [releaseText(release), ...unwell.map(({ text }) => text)].filter((text) => text !== undefined);
  const evidence: EvidenceRefs = [
    context.at(item, statusOf(addon)),
    ...(release ? [context.at(release.revisions[0].shown.item, release.revisions[0].shown.pointer)] : []),
    ...unwell.map(({ item: part, pointer }) => context.at(part, pointer)),
  ];
  context.report({
    message: 'notDeployed',
    values: {
      addon: subject,
      stage,
      namespace,
      detail: told.length > 0 ? told.join(', ') : 'nothing of its release in the bundle says why',
    },
    subject,
    related: [
      ...releases.map((name) => helmReleaseRef(namespace, name)),
      ...unwell.map((part) => subjectOf(part.item)),
    ],
    evidence,
  });
}

/** What the release says; undefined when it says that it is well, or when later revisions may be missing. */
function releaseText(release: HelmReleaseState | undefined): string | undefined {
  if (!release || release.gap) return undefined;
  const [{ status, revision }] = release.revisions;
  if (status === 'deployed') return undefined;
  return `revision ${revision} of its Helm release ${release.name} is ${status}`;
}

function reportUntouched(
  { item }: KonvoyAddon,
  { age, inputs, context }: { age: number; inputs: Inputs<typeof needs>; context: Context },
): void {
  const subject = subjectOf(item);
  const found = inputs.deployments.lookup({ namespace: ADDON_NAMESPACE, name: CONTROLLER });
  const related: Subject[] = [];
  const evidence: EvidenceRef[] = [];
  let controller = '';
  if (found.state === 'present') {
    const ready = found.item.status?.readyReplicas ?? 0;
    if (ready === 0) controller = `, and ${CONTROLLER} has no ready pod`;
    related.push(subjectOf(found.item));
    evidence.push(context.at(found.item, '/status'));
  } else if (found.state === 'absent') {
    controller = `, and there is no Deployment ${CONTROLLER} in namespace ${ADDON_NAMESPACE}`;
    const scope = { type: 'namespace', namespace: ADDON_NAMESPACE } as const;
    evidence.push(context.absent({ artifact: deployments, scope, name: CONTROLLER }));
  }
  const values = { addon: subject, age, controller };
  context.report({
    message: 'notLookedAt',
    values,
    subject,
    related,
    evidence: [context.at(item), ...evidence],
  });
}

function statusOf({ item }: KonvoyAddon): string {
  return item.status === undefined ? '' : '/status';
}

import { helmReleaseObjects, kustomizations } from '../../src/artifacts/flux-resources.ts';
import {
  type AppDeploymentItem,
  appDeployments,
  apps,
  clusterApps,
} from '../../src/artifacts/konvoy-resources.ts';
import { configMaps } from '../../src/artifacts/resources.ts';
import { appliesWithout, definedGroups } from '../../src/derive/defined-groups.ts';
import { sentence } from '../../src/derive/issuance-case.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Inputs } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** As long as the objects of Flux behind it are given. */
const PENDING_SECONDS = 600;
const GROUP = 'apps.kommander.d2iq.io';

const SAID = { level: 'certain', reason: 'the objects of the application say so' } as const;
const UNDEPLOYED = { severity: 'warning', confidence: SAID, effect: 'not-reconciled' } as const;
const SHOW = {
  text: 'See its clusters with their conditions.',
  argv: [
    'kubectl',
    'describe',
    'appdeployments.apps.kommander.d2iq.io',
    '{deployment.name}',
    '-n',
    '{deployment.namespace}',
  ],
} as const;

const needs = {
  appDeployments,
  apps,
  clusterApps,
  configMaps,
  releases: helmReleaseObjects,
  kustomizations,
  defined: definedGroups,
};

export const applicationNotDeployed = defineAnalyzer({
  meta: {
    id: 'konvoy/application-not-deployed',
    title: 'Application of DKP not deployed',
    description:
      'AppDeployments of DKP and NKP whose application, configuration, Kustomization or HelmRelease is missing or not ready.',
    messages: {
      appMissing: {
        ...UNDEPLOYED,
        text: '{deployment:object} names {app:object}, which does not exist: nothing is deployed for it.',
        remedy: [
          {
            text: 'Correct `spec.appRef`: names of applications end in their version, and old versions leave the catalogue with an upgrade.',
            argv: ['kubectl', 'get', 'clusterapps.apps.kommander.d2iq.io'],
          },
        ],
      },
      overridesMissing: {
        ...UNDEPLOYED,
        text: '{deployment:object} takes its configuration from {configMap:object}, which does not exist.',
        remedy: [
          { text: 'Create the ConfigMap with the key `values.yaml`, or take the reference out.' },
          SHOW,
        ],
      },
      notEnabled: {
        ...UNDEPLOYED,
        text: '{deployment:object} is not deployed on cluster `{cluster:text}`: {detail:text}.',
        remedy: [SHOW],
        key: ['cluster'],
      },
      partNotReady: {
        ...UNDEPLOYED,
        text: '{deployment:object} is not deployed: {part:object} of the same name is not ready, {detail:text}.',
        remedy: [{ text: 'Mend what the finding about that object names.' }, SHOW],
      },
    },
    checks: {
      deployed: {
        checklist: 'check-addons',
        item: 'Application is deployed',
        expected: 'application, Kustomization and HelmRelease are there and ready',
        found: '{app:text}',
      },
    },
    references: [
      'apps.kommander.d2iq.io v1alpha2, v1alpha3: spec.appRef, status.clusters[].conditions AppDeploymentEnabled',
      'Nutanix NKP guide, troubleshooting of applications: AppDeployment, Kustomization, HelmRelease, HelmChart',
    ],
  },
  needs,
  appliesTo({ appDeployments: { items, coverage }, defined }) {
    if (items.length > 0) return true;
    const reason = 'the cluster has no AppDeployments of DKP';
    return appliesWithout(coverage.gaps, { groups: [GROUP], defined, reason });
  },
  analyze(inputs, context) {
    for (const item of inputs.appDeployments.items) {
      if (item.metadata.deletionTimestamp) continue;
      const told =
        reportApp(item, inputs, context) ||
        reportOverrides(item, inputs, context) ||
        reportPart(item, inputs, context) ||
        reportClusters(item, context);
      const app = item.spec?.appRef?.name ?? 'no application is named';
      if (!told) context.looked({ check: 'deployed', values: { app }, subject: subjectOf(item) });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof applicationNotDeployed.meta.messages,
  NonNullable<typeof applicationNotDeployed.meta.checks>
>;

function reportApp(item: AppDeploymentItem, inputs: Inputs<typeof needs>, context: Context): boolean {
  const { kind, name } = item.spec?.appRef ?? {};
  const { namespace = '' } = item.metadata;
  if (!name || (kind !== 'App' && kind !== 'ClusterApp')) return false;
  const isWide = kind === 'ClusterApp';
  const found = isWide ? inputs.clusterApps.lookup({ name }) : inputs.apps.lookup({ namespace, name });
  if (found.state !== 'absent') return false;
  const subject = subjectOf(item);
  const app: ObjectRef = { group: GROUP, kind, name, ...(isWide ? {} : { namespace }) };
  const scope = isWide ? CLUSTER_SCOPE : ({ type: 'namespace', namespace } as const);
  const absent = context.absent({ artifact: isWide ? clusterApps : apps, scope, name });
  context.report({
    message: 'appMissing',
    values: { deployment: subject, app },
    subject,
    evidence: [context.at(item, '/spec/appRef'), absent],
  });
  return true;
}

function reportOverrides(item: AppDeploymentItem, inputs: Inputs<typeof needs>, context: Context): boolean {
  const { namespace = '' } = item.metadata;
  const named = [
    { name: item.spec?.configOverrides?.name, pointer: '/spec/configOverrides' },
    ...(item.spec?.clusterConfigOverrides ?? []).map(({ configMapName }, index) => ({
      name: configMapName,
      pointer: `/spec/clusterConfigOverrides/${index}`,
    })),
  ];
  const missing = named.find(
    ({ name }) => name && inputs.configMaps.lookup({ namespace, name }).state === 'absent',
  );
  if (!missing?.name) return false;
  const subject = subjectOf(item);
  const configMap: ObjectRef = { group: '', kind: 'ConfigMap', namespace, name: missing.name };
  const scope = { type: 'namespace', namespace } as const;
  context.report({
    message: 'overridesMissing',
    values: { deployment: subject, configMap },
    subject,
    evidence: [
      context.at(item, missing.pointer),
      context.absent({ artifact: configMaps, scope, name: missing.name }),
    ],
  });
  return true;
}

/** The Kustomization and the HelmRelease of an application are called as its AppDeployment is. */
function reportPart(item: AppDeploymentItem, inputs: Inputs<typeof needs>, context: Context): boolean {
  const { namespace = '', name } = item.metadata;
  for (const collection of [inputs.kustomizations, inputs.releases]) {
    const found = collection.lookup({ namespace, name });
    if (found.state !== 'present') continue;
    const conditions = found.item.status?.conditions ?? [];
    const index = conditions.findIndex(({ type, status }) => type === 'Ready' && status === 'False');
    const since = conditions[index]?.lastTransitionTime;
    if (index < 0 || isOlder(context.age(since, found.item), PENDING_SECONDS) !== true) continue;
    const subject = subjectOf(item);
    const part = subjectOf(found.item);
    context.report({
      message: 'partNotReady',
      values: { deployment: subject, part, detail: sentence(conditions[index]?.message) },
      subject,
      related: [part],
      evidence: [context.at(found.item, `/status/conditions/${index}`), context.at(item, '/spec')],
      ...(since ? { since } : {}),
    });
    return true;
  }
  return false;
}

function reportClusters(item: AppDeploymentItem, context: Context): boolean {
  const subject = subjectOf(item);
  let told = false;
  for (const [at, { name, conditions = [] }] of (item.status?.clusters ?? []).entries()) {
    const index = conditions.findIndex(
      ({ type, status }) => type === 'AppDeploymentEnabled' && status === 'False',
    );
    const condition = conditions[index];
    const since = condition?.lastTransitionTime ?? item.metadata.creationTimestamp;
    if (!condition || isOlder(context.age(since, item), PENDING_SECONDS) !== true) continue;
    told = true;
    context.report({
      message: 'notEnabled',
      values: { deployment: subject, cluster: name, detail: sentence(condition.message ?? condition.reason) },
      subject,
      evidence: [context.at(item, `/status/clusters/${at}/conditions/${index}`)],
      ...(since ? { since } : {}),
    });
  }
  return told;
}

import { apiServerVersion } from '../../src/artifacts/api-server-version.ts';
import { parseKubernetesVersion } from '../../src/derive/kubernetes-version.ts';
import type { EnvironmentComponent } from '../../src/derive/virtual-environment-components.ts';
import { isBefore } from '../../src/derive/virtual-environment-programs.ts';
import { environmentNamespaces } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Input } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** The first version with manifests of apiextensions.k8s.io/v1 and admissionregistration.k8s.io/v1. */
const MANIFESTS_OF_V1 = [0, 6, 0] as const;
/** The first minor version of Kubernetes that serves neither of the two as v1beta1. */
const WITHOUT_V1BETA1 = 22;

const needs = { environments: environmentNamespaces, version: apiServerVersion };

export const versionOutdated = defineAnalyzer({
  meta: {
    id: 'virtual-environment/version-outdated',
    title: 'Version of KtEnv too old for its cluster',
    description: 'Operators and webhooks of KtEnv whose manifests the API server no longer takes.',
    messages: {
      manifestsNotServed: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'both versions are known, and what the older one ships' },
        text: '{component:object} is of KtEnv {version:text}, whose manifests use `apiextensions.k8s.io/v1beta1` and `admissionregistration.k8s.io/v1beta1`; Kubernetes {cluster:text} serves neither since 1.22, so CRD and webhook cannot be installed again.',
        remedy: [
          {
            text: 'Install KtEnv v0.6.0: CRD and webhook from `deploy/global`, then the operator in each namespace.',
            argv: [
              'kubectl',
              'get',
              'crd/virtualenvironments.env.alibaba.com',
              'mutatingwebhookconfiguration/virtual-environment-webhook',
            ],
          },
        ],
        groupBy: ['version'],
      },
    },
    checks: {
      current: {
        item: 'Version of KtEnv suits the cluster',
        expected: 'v0.6.0 or newer from Kubernetes 1.22 on',
        found: '{version:text}',
      },
    },
    references: [
      'alibaba/virtual-environment v0.5.4 and v0.6.0 deploy/global',
      'https://kubernetes.io/docs/reference/using-api/deprecation-guide/#v1-22',
    ],
  },
  needs,
  appliesTo: ({ environments }) => environments.applies,
  analyze({ environments, version: documents }, context) {
    const [server] = documents.items;
    const { webhook, namespaces } = environments;
    const operators = new Set(namespaces.flatMap(({ operator }) => operator ?? []));
    for (const component of [...operators, ...(webhook ? [webhook] : [])]) {
      if (server) judge(component, server, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof versionOutdated.meta.messages,
  NonNullable<typeof versionOutdated.meta.checks>
>;
type Server = Input<typeof apiServerVersion>['items'][number];

function judge(component: EnvironmentComponent, server: Server, context: Context): void {
  const { version, deployment, pods } = component;
  const item = deployment ?? pods[0];
  const { gitVersion } = server.value;
  const cluster = parseKubernetesVersion(gitVersion);
  // The tag of an image of one's own is no version of KtEnv.
  if (!item || !version || !cluster) return;
  const subject = subjectOf(item);
  if (!isBefore(version, MANIFESTS_OF_V1) || cluster.minor < WITHOUT_V1BETA1) {
    context.looked({ check: 'current', subject, values: { version: version.text } });
    return;
  }
  context.report({
    message: 'manifestsNotServed',
    values: { component: subject, version: version.text, cluster: gitVersion },
    subject,
    evidence: [context.at(item, '/spec'), context.at(server, '/gitVersion')],
  });
}

import {
  type CustomResourceDefinitionItem,
  customResourceDefinitions,
} from '../../src/artifacts/extension-resources.ts';
import { services } from '../../src/artifacts/network-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { serviceBackends } from '../../src/derive/service-backends.ts';
import { reachOf } from '../../src/derive/service-reach.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** The API server establishes a kind within seconds. */
const ESTABLISHED_SECONDS = 300;
const SETTLED_SECONDS = 60;

const SAID = { level: 'certain', reason: 'the conditions of the CustomResourceDefinition say so' } as const;
const SHOW = {
  text: 'See its conditions.',
  argv: ['kubectl', 'get', 'customresourcedefinition', '{definition.name}', '-o', 'yaml'],
} as const;

const needs = {
  definitions: customResourceDefinitions,
  services: optional(services),
  pods: optional(pods),
  backends: optional(serviceBackends),
};

export const customResourceDefinitionUnhealthy = defineAnalyzer({
  meta: {
    id: 'kubernetes/custom-resource-definition-unhealthy',
    title: 'Custom kind not served properly',
    description:
      'CustomResourceDefinitions whose names clash, that are not served, or that cannot be converted.',
    messages: {
      namesClash: {
        severity: 'warning',
        confidence: SAID,
        text: '{definition:object} is not served under its names: {detail:text}.',
        remedy: [
          { text: 'Rename one of the two kinds or delete the one that is not needed.' },
          SHOW,
          { text: 'See which kinds there are.', argv: ['kubectl', 'api-resources', '--sort-by=name'] },
        ],
        effect: 'api-group-unavailable',
      },
      notEstablished: {
        severity: 'warning',
        confidence: SAID,
        text: '{definition:object} is not served yet: {detail:text}.',
        remedy: [SHOW],
        effect: 'api-group-unavailable',
      },
      conversionUnavailable: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'definition, Service and endpoints agree' },
        text: 'Objects of {definition:object} cannot be converted between its versions {versions:text}: {service:object} {reason:text}. Reading and writing them in any but the stored version fails, and so does deleting a namespace that holds any.',
        remedy: [
          { text: 'Bring up what serves the conversion; the operator of the kind usually does.' },
          SHOW,
          {
            text: 'If the operator is gone for good, set `spec.conversion.strategy` to `None`, which is right where the versions have the same fields.',
            argv: ['kubectl', 'edit', 'customresourcedefinition', '{definition.name}'],
          },
        ],
        effect: 'api-group-unavailable',
        explains: [{ effect: 'object-not-deleted', via: ['same-object'] }],
      },
      schemaNotStructural: {
        severity: 'info',
        confidence: SAID,
        text: '{definition:object} has a schema that is not structural: {detail:text}.',
        remedy: [{ text: 'Correct the schema: defaults and pruning do not work without.' }, SHOW],
      },
      oldVersionsStored: {
        severity: 'info',
        confidence: SAID,
        text: '{definition:object} still lists the stored versions {stored:text} although only {storage:text} is written: the others cannot be removed from it.',
        remedy: [
          {
            text: 'Before an upgrade that removes them: write every object once anew, then take the old versions out of `status.storedVersions`.',
          },
        ],
      },
    },
    checks: {
      served: {
        item: 'Custom kind is served',
        expected: 'names accepted and established',
        found: 'established',
      },
    },
    references: [
      'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/',
      'apiextensions.k8s.io/v1: conditions NamesAccepted, Established, NonStructuralSchema',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const item of inputs.definitions.items) {
      if (item.metadata.deletionTimestamp) continue;
      judgeConditions(item, context);
      judgeConversion(item, inputs, context);
      judgeVersions(item, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof customResourceDefinitionUnhealthy.meta.messages,
  NonNullable<typeof customResourceDefinitionUnhealthy.meta.checks>
>;

function judgeConditions(item: CustomResourceDefinitionItem, context: Context): void {
  const conditions = item.status?.conditions ?? [];
  const definition = subjectOf(item);
  const found = (type: string, status: string) => {
    const index = conditions.findIndex((one) => one.type === type && one.status === status);
    const condition = conditions[index];
    if (!condition) return undefined;
    const detail = (condition.message || condition.reason || 'no reason is given')
      .replace(/\s+/g, ' ')
      .replace(/\.$/, '');
    return {
      values: { definition, detail },
      subject: definition,
      evidence: [context.at(item, `/status/conditions/${index}`)] as const,
      ...(condition.lastTransitionTime === undefined ? {} : { since: condition.lastTransitionTime }),
    };
  };
  const clash = found('NamesAccepted', 'False');
  const unborn = found('Established', 'False');
  const isOld = isOlder(context.age(item.metadata.creationTimestamp, item), ESTABLISHED_SECONDS) === true;
  if (clash && isOld) context.report({ message: 'namesClash', ...clash });
  else if (unborn && isOld) context.report({ message: 'notEstablished', ...unborn });
  else if (conditions.length > 0 && !clash && !unborn) {
    context.looked({ check: 'served', values: {}, subject: definition });
  }
  const loose = found('NonStructuralSchema', 'True');
  if (loose) context.report({ message: 'schemaNotStructural', ...loose });
}

const REASONS = {
  serviceMissing: 'does not exist',
  portMissing: 'has no such port',
  noEndpoints: 'has no ready endpoint',
} as const;

function judgeConversion(
  item: CustomResourceDefinitionItem,
  inputs: Inputs<typeof needs>,
  context: Context,
): void {
  const { strategy, webhook } = item.spec?.conversion ?? {};
  const served = (item.spec?.versions ?? []).filter((one) => one.served).map((one) => one.name);
  const { service: reference } = webhook?.clientConfig ?? {};
  // One version needs no conversion.
  if (strategy !== 'Webhook' || !reference || served.length < 2) return;
  const { namespace, name, port } = reference;
  const service: ObjectRef = { group: '', kind: 'Service', namespace, name };
  const reach = reachOf(service, port ?? 443, {
    ...inputs,
    isSettled: (time, one) => isOlder(context.age(time, one), SETTLED_SECONDS),
  });
  if (reach.state === 'fine' || reach.state === 'passing' || reach.state === 'unseen') return;
  const definition = subjectOf(item);
  context.report({
    message: 'conversionUnavailable',
    values: { definition, versions: served, service, reason: REASONS[reach.state] },
    subject: definition,
    related: [service, ...(reach.state === 'noEndpoints' ? reach.behind : [])],
    evidence: [
      context.at(item, '/spec/conversion'),
      reach.state === 'serviceMissing'
        ? context.absent({ artifact: services, scope: { type: 'namespace', namespace }, name })
        : context.at(reach.service, '/spec'),
    ],
  });
}

function judgeVersions(item: CustomResourceDefinitionItem, context: Context): void {
  const stored = item.status?.storedVersions ?? [];
  const storage = item.spec?.versions?.find((one) => one.storage)?.name;
  const old = stored.filter((one) => one !== storage);
  // A version that is still served may lawfully be stored; one that is not, or is deprecated, is on its way out.
  const leaving = old.filter(
    (one) => !(item.spec?.versions ?? []).some((version) => version.name === one && version.served),
  );
  if (storage === undefined || leaving.length === 0) return;
  const definition = subjectOf(item);
  context.report({
    message: 'oldVersionsStored',
    values: { definition, stored, storage },
    subject: definition,
    evidence: [context.at(item, '/status/storedVersions')],
  });
}

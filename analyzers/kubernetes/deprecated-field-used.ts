import { ingresses } from '../../src/artifacts/network-resources.ts';
import { pods } from '../../src/artifacts/resources.ts';
import {
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
} from '../../src/artifacts/storage-resources.ts';
import { daemonSets, deployments, statefulSets } from '../../src/artifacts/workload-resources.ts';
import {
  type DeprecatedField,
  fieldsOfClaim,
  fieldsOfClass,
  fieldsOfIngress,
  fieldsOfPod,
  fieldsOfTemplate,
  fieldsOfVolume,
} from '../../src/derive/deprecated-fields.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import type { ResourceIdentity } from '../../src/model/json.ts';
import { subjectOf } from '../../src/model/subject.ts';

const RELATED = 10;

const needs = {
  deployments,
  statefulSets,
  daemonSets,
  pods: optional(pods),
  ingresses: optional(ingresses),
  claims: optional(persistentVolumeClaims),
  volumes: optional(persistentVolumes),
  classes: optional(storageClasses),
};

export const deprecatedFieldUsed = defineAnalyzer({
  meta: {
    id: 'kubernetes/deprecated-field-used',
    title: 'Field in use that was replaced',
    description: 'Labels, annotations and volume plugins that Kubernetes has replaced, each with its users.',
    messages: {
      used: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the objects carry it' },
        text: '{count:count} {kind:text} objects, {example:object} among them, use `{field:text}` ({fate:text}); {use:text} stands in its place.',
        remedy: [
          {
            text: 'Change it in the manifests or charts the objects come from, before an upgrade does it for you.',
          },
        ],
        key: ['field', 'kind'],
      },
    },
    checks: {
      current: {
        item: 'Labels, annotations and volume plugins in use',
        expected: 'none that was replaced',
        found: '{objects:count} objects looked at',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/labels-annotations-taints/',
      'https://kubernetes.io/docs/concepts/storage/volumes/#volume-types (removed plugins)',
      'https://kubernetes.io/docs/concepts/services-networking/ingress/#deprecated-annotation',
    ],
  },
  needs,
  analyze(inputs, context) {
    const used = new Map<string, { readonly field: DeprecatedField; readonly items: ResourceIdentity[] }>();
    let objects = 0;
    for (const [item, fields] of lookThrough(inputs)) {
      objects += 1;
      for (const field of fields)
        getOrCreate(used, `${item.kind} ${field.name}`, () => ({ field, items: [] })).items.push(item);
    }
    for (const { field, items } of used.values()) {
      const [example] = items;
      if (!example) continue;
      const { name, use, fate, pointer } = field;
      context.report({
        message: 'used',
        values: {
          count: items.length,
          kind: example.kind,
          example: subjectOf(example),
          field: name,
          fate,
          use,
        },
        subject: subjectOf(example),
        related: items.slice(1, RELATED).map((item) => subjectOf(item)),
        evidence: [context.at(example, pointer)],
      });
    }
    const [first] = inputs.deployments.items;
    if (first) context.looked({ check: 'current', values: { objects }, subject: subjectOf(first) });
    return undefined;
  },
});

function* lookThrough(
  inputs: Inputs<typeof needs>,
): Generator<readonly [ResourceIdentity, readonly DeprecatedField[]]> {
  for (const { items } of [inputs.deployments, inputs.statefulSets, inputs.daemonSets])
    for (const item of items) yield [item, fieldsOfTemplate(item)];
  for (const item of inputs.pods.items) yield [item, fieldsOfPod(item)];
  for (const item of inputs.ingresses.items) yield [item, fieldsOfIngress(item)];
  for (const item of inputs.claims.items) yield [item, fieldsOfClaim(item)];
  for (const item of inputs.volumes.items) yield [item, fieldsOfVolume(item)];
  for (const item of inputs.classes.items) yield [item, fieldsOfClass(item)];
}

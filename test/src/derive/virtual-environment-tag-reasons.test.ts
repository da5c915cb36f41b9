import { describe, expect, it } from 'vitest';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { objectGraph } from '../../../src/derive/object-graph.ts';
import {
  differenceReason,
  missingReason,
  workloadOf,
} from '../../../src/derive/virtual-environment-tag-reasons.ts';
import {
  environmentWebhookLog,
  type LabelSetting,
  webhookWords,
} from '../../../src/derive/virtual-environment-webhook.ts';
import { environmentNamespaces } from '../../../src/derive/virtual-environments.ts';
import { ago, anyObject, controlledBy } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { inEnvironment } from '../../support/virtual-environment-builders.ts';
import {
  taggedPod,
  WEBHOOK_NAMESPACE,
  WEBHOOK_POD,
  webhookPod,
} from '../../support/virtual-environment-tag-builders.ts';

const PREFIX = 'app-js-dev-5d8f7-';

/** What is said of an untagged pod created an hour ago, when the webhook wrote this. */
function reasonAfter(text: string, seconds = 3600, container = 'server', pod = WEBHOOK_POD): string {
  const inputs = inputsFrom(
    { environments: environmentNamespaces, pods, log: environmentWebhookLog },
    {
      objects: [webhookPod(), taggedPod('app-js', 'dev', {})],
      logs: [
        {
          namespace: WEBHOOK_NAMESPACE,
          pod,
          container,
          text: `${ago(seconds)} [Warn] 2026-01-15 11:00:00 ${text}\n`,
        },
      ],
    },
  );
  const words = webhookWords(inputs.log, inputs.environments.webhook);
  const one = inputs.pods.items.find(({ metadata }) => metadata.name.startsWith('app-js')) as PodItem;
  return missingReason(
    { pod: one, verdict: 'untagged' },
    { call: undefined, words, labelledSince: undefined },
  ).why;
}

describe('why a pod has no tag', () => {
  it('is what the webhook wrote of it by the name its controller gives', () => {
    expect(reasonAfter(`No sidecar container found on pod ${PREFIX}`)).toMatch(/no container `istio-proxy`/);
    expect(reasonAfter(`No environment tag found on pod ${PREFIX}`)).toMatch(/none of its labels/);
  });

  it('is read in the wording of old versions, and by the whole name', () => {
    expect(reasonAfter(`no sidecar container found on pod ${PREFIX}x2x9z`)).toMatch(/no container/);
  });

  it('is not what was written of an earlier pod, of another workload, or by another program', () => {
    const usual = /nothing seen says why/;

    expect(reasonAfter(`No sidecar container found on pod ${PREFIX}`, 7200)).toMatch(usual);
    expect(reasonAfter('No sidecar container found on pod app-js-dev-')).toMatch(usual);
    expect(reasonAfter('No sidecar container found on pod app-go-dev-5d8f7-')).toMatch(usual);
    expect(reasonAfter(`No sidecar container found on pod ${PREFIX}`, 3600, 'server', 'other')).toMatch(
      usual,
    );
  });
});

describe('why a tag is not what the label says', () => {
  const pod = taggedPod(
    'app-js',
    'dev',
    {},
    { metadata: { labels: { 'virtual-env': 'dev', stage: 'test' } } },
  );
  const read = (...labels: string[]) =>
    ({ state: 'set', labels, pod: pod as unknown as PodItem, pointer: '' }) as LabelSetting;
  const reason = (setting: LabelSetting) =>
    differenceReason(pod as unknown as PodItem, 'virtual-env', setting);

  it('is another label that comes first', () => {
    expect(reason(read('stage', 'virtual-env'))).toBe('since the webhook reads `stage` first');
  });

  it('is a change of the label where its own comes first, or nothing is known of the webhook', () => {
    expect(reason(read('virtual-env', 'stage'))).toMatch(/label was changed/);
    expect(reason({ state: 'elsewhere' })).toMatch(/label was changed/);
  });
});

it('names the workload whose template is changed', () => {
  const set = anyObject('apps/v1', 'ReplicaSet', 'app-js-dev-5d8f7', 'shop', {
    metadata: controlledBy('Deployment', 'app-js-dev'),
  });
  const objects = [inEnvironment('app-js', 'dev'), set, taggedPod('app-js', 'dev', {})];
  const { graph, pods: all } = inputsFrom({ graph: objectGraph, pods }, { objects });

  expect(workloadOf(all.items[0] as PodItem, graph)).toMatchObject({
    kind: 'Deployment',
    name: 'app-js-dev',
  });
});

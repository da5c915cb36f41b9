import type { SeedRow } from '../seed-row.ts';
import {
  IN_THE_PROXY,
  NO_CURL,
  OR_NOWHERE,
  ORDINARY_SIDECARS_ONLY,
  OTHER_REASONS_FOR_NO_TAG,
  SILENT_WITHOUT_EFFECT,
  SOUND_IS_NOT_ENOUGH,
  TAGGED_WHEN_ASKED,
} from './corrections.ts';

const TAG = 'virtual-environment/tag-missing';
const WEBHOOK = 'virtual-environment/tag-webhook-failing';
const FILTER = 'virtual-environment/tag-filter-ineffective';
const SCRIPT = 'virtual-environment/tag-filter-inactive';

/** The chapter about requests that do not get the tag of their environment. */
export const tagRows: readonly SeedRow[] = [
  {
    lines: 60,
    kind: 'symptom',
    says: 'Requests do not get the header of their environment.',
    answers: [{ analyzer: TAG }, { analyzer: FILTER }, { analyzer: SCRIPT }, { analyzer: WEBHOOK }],
    correction: TAGGED_WHEN_ASKED,
  },
  {
    lines: 62,
    kind: 'step',
    says: 'First, when a pod is created: the webhook writes its environment label into `VIRTUAL_ENVIRONMENT_TAG` of the sidecar.',
    answers: [
      { analyzer: TAG, check: 'tags' },
      { analyzer: TAG, check: 'labels' },
      { analyzer: TAG, message: ['nativeSidecar', 'proxyRenamed', 'labelNotRead'] },
      { analyzer: WEBHOOK, check: 'settings' },
    ],
    correction: ORDINARY_SIDECARS_ONLY,
  },
  {
    lines: 62,
    kind: 'step',
    says: 'Then, for each request that leaves: the sidecar reads the variable and writes the header.',
    answers: [
      { analyzer: SCRIPT, check: 'filterActive' },
      { analyzer: FILTER, check: 'filter' },
    ],
  },
  {
    lines: [64, 68],
    kind: 'command',
    says: 'See whether the pod has the variable `VIRTUAL_ENVIRONMENT_TAG`.',
    answers: [
      { analyzer: TAG, check: 'tags' },
      { analyzer: TAG, message: ['untagged', 'createdBefore', 'tagDiffers'] },
    ],
    correction: IN_THE_PROXY,
  },
  {
    lines: 70,
    kind: 'symptom',
    says: 'The variable is not there: see whether the webhook is deployed.',
    answers: [
      { analyzer: TAG, message: ['webhookMissing', 'namespaceNotCovered', 'labelNotRead', 'nativeSidecar'] },
      { analyzer: TAG, check: 'namespaceLabel' },
      { analyzer: WEBHOOK, message: ['labelsUnset', 'reviewsNotAnswered', 'requestsNotRead'] },
      { analyzer: WEBHOOK, check: 'reviews' },
      { analyzer: 'admission/webhook-unavailable' },
      { analyzer: 'admission/webhook-certificate-invalid' },
    ],
    correction: OTHER_REASONS_FOR_NO_TAG,
  },
  {
    lines: 72,
    kind: 'symptom',
    says: 'The variable is there: the fault lies with the sidecar.',
    answers: [{ analyzer: FILTER }, { analyzer: SCRIPT }, { analyzer: TAG, message: 'tagDiffers' }],
  },
  {
    lines: [74, 78],
    kind: 'command',
    says: 'Read the log of the sidecar for errors of the script.',
    answers: [
      { analyzer: SCRIPT, check: 'script' },
      { analyzer: SCRIPT, message: 'scriptFails' },
      { collector: 'kubernetes/logs' },
    ],
    correction: SILENT_WITHOUT_EFFECT,
  },
  {
    lines: [80, 84],
    kind: 'command',
    says: 'Look at the EnvoyFilter, which has the name of the VirtualEnvironment.',
    answers: [
      { analyzer: FILTER, check: 'filter' },
      { analyzer: FILTER, message: ['missing', 'outdated', 'leftOver', 'oldName', 'oldType'] },
    ],
    correction: SOUND_IS_NOT_ENOUGH,
  },
  {
    lines: [86, 90],
    kind: 'command',
    says: 'It is there and as it should be: look for the script in the configuration of the sidecar.',
    answers: [
      { collector: 'istio/proxy-config' },
      { analyzer: SCRIPT, check: 'filterActive' },
      { analyzer: SCRIPT, message: 'absent' },
    ],
    correction: NO_CURL,
  },
  {
    lines: 92,
    kind: 'step',
    says: '`virtual.environment.lua` stands in `active_state` of a listener, or in `error_state`.',
    answers: [
      { analyzer: SCRIPT, check: 'filterActive' },
      { analyzer: SCRIPT, message: ['refused', 'absent'] },
    ],
    correction: OR_NOWHERE,
  },
  {
    lines: 92,
    kind: 'remedy',
    says: 'In `error_state`: look for a conflict with what another operator makes.',
    answers: [
      { analyzer: SCRIPT, message: 'refused' },
      { analyzer: 'istio/proxy-out-of-sync', message: ['listenerRefused', 'rejected', 'filterRefused'] },
      { analyzer: 'istio/filter-order-uncertain' },
    ],
  },
];

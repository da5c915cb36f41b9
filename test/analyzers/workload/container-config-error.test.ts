import { containerConfigError } from '../../../analyzers/workload/container-config-error.ts';
import { configMaps, pods, secrets } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, condition, pod, secret } from '../../support/builders.ts';
import { waitingPod } from '../../support/start-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

function failing(message: string, parts: Parameters<typeof waitingPod>[2] = {}) {
  return waitingPod('web-1', { reason: 'CreateContainerConfigError', message }, parts);
}

function configMap(name: string, keys: readonly string[]) {
  const data = Object.fromEntries(keys.map((key) => [`f:${key}`, {}]));
  return anyObject('v1', 'ConfigMap', name, 'shop', {
    metadata: { managedFields: [{ manager: 'helm', fieldsV1: { 'f:data': { '.': {}, ...data } } }] },
  });
}

const subject = 'Pod/shop/web-1';
const MISSING_SECRET = 'secret "db-pass" not found';
const MISSING_KEY = "couldn't find key LOG_LEVEL in ConfigMap shop/app-config";

testAnalyzer(containerConfigError, {
  silent: [
    { name: 'a running pod', given: { objects: [pod('web')] } },
    {
      name: 'a pod that waits for its image',
      given: { objects: [waitingPod('web-1', { reason: 'ImagePullBackOff' })] },
    },
    {
      name: 'a pod that is being deleted',
      given: {
        objects: [failing(MISSING_SECRET, { metadata: { deletionTimestamp: ago(20) } })],
      },
    },
    {
      name: 'a pod that was evicted while it waited',
      given: { objects: [failing(MISSING_SECRET, { status: { phase: 'Failed', reason: 'Evicted' } })] },
    },
  ],
  reports: [
    {
      name: 'a Secret that exists by now, while the container still waits',
      given: { objects: [failing(MISSING_SECRET), secret('db-pass')] },
      expect: [{ message: 'sourceAppeared', subject, severity: 'warning', confidence: 'likely' }],
    },
    {
      name: 'a missing Secret, none alike',
      given: { objects: [failing(MISSING_SECRET), secret('registry')] },
      expect: [
        {
          message: 'sourceMissing',
          subject,
          severity: 'critical',
          confidence: 'certain',
          since: ago(600),
          values: { missing: { group: '', kind: 'Secret', namespace: 'shop', name: 'db-pass' } },
        },
      ],
    },
    {
      name: 'a missing ConfigMap while the start is seconds old',
      given: {
        objects: [
          failing('configmap "nocm" not found', {
            status: { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(20) })] },
          }),
        ],
      },
      expect: [
        {
          message: 'sourceMissing',
          subject,
          severity: 'warning',
          values: { missing: { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'nocm' } },
        },
      ],
    },
    {
      name: 'a misspelt Secret',
      given: { objects: [failing(MISSING_SECRET), secret('db-pas'), secret('other')] },
      expect: [
        {
          message: 'sourceMisspelt',
          subject,
          values: { nearest: { group: '', kind: 'Secret', namespace: 'shop', name: 'db-pas' } },
        },
      ],
    },
    {
      name: 'Secrets were not listed: the words of the kubelet suffice',
      given: { objects: [failing(MISSING_SECRET)], forbidden: [secrets] },
      expect: [{ message: 'sourceMissing', subject, confidence: 'certain' }],
    },
    {
      name: 'a key that is not there',
      given: { objects: [failing(MISSING_KEY), configMap('app-config', ['REGION'])] },
      expect: [{ message: 'keyMissing', subject, values: { name: 'LOG_LEVEL' } }],
    },
    {
      name: 'a key that is written otherwise',
      given: { objects: [failing(MISSING_KEY), configMap('app-config', ['LOGLEVEL', 'REGION'])] },
      expect: [{ message: 'keyMisspelt', subject, values: { name: 'LOG_LEVEL', nearest: 'LOGLEVEL' } }],
    },
    {
      name: 'ConfigMaps were not listed: the key is missing all the same',
      given: { objects: [failing(MISSING_KEY)], forbidden: [configMaps] },
      expect: [{ message: 'keyMissing', subject }],
    },
    {
      name: 'runAsNonRoot and an image that runs as root',
      given: {
        objects: [
          failing(
            'container has runAsNonRoot and image will run as root (pod: "web-1_shop(3bd94646-592b-4974-95d4-b06c22e3fbc7)", container: app)',
          ),
        ],
      },
      expect: [{ message: 'imageRunsAsRoot', subject, values: { image: 'shop/app:1' } }],
    },
    {
      name: 'runAsNonRoot and an image whose user has no number',
      given: {
        objects: [
          failing(
            'container has runAsNonRoot and image has non-numeric user (nginx), cannot verify user is non-root (pod: "web-1_shop(3bd9)", container: app)',
          ),
        ],
      },
      expect: [{ message: 'userNotNumeric', subject, values: { user: 'nginx' } }],
    },
    {
      name: 'runAsNonRoot and runAsUser 0',
      given: {
        objects: [
          failing('container\'s runAsUser breaks non-root policy (pod: "web-1_shop(3bd9)", container: app)'),
        ],
      },
      expect: [{ message: 'rootAsked', subject }],
    },
    {
      name: 'a subPath that cannot be made',
      given: {
        objects: [failing('failed to create subPath directory for volumeMount "data" of container "app"')],
      },
      expect: [{ message: 'subPathFailed', subject, values: { volume: 'data' } }],
    },
    {
      name: 'a kubelet that gets no answer',
      given: { objects: [failing('failed to sync secret cache: timed out waiting for the condition')] },
      expect: [{ message: 'sourceNotRead', subject, confidence: 'likely' }],
    },
    {
      name: 'words nobody knows',
      given: { objects: [failing('host IP unknown; known addresses: []')] },
      expect: [
        { message: 'notConfigured', subject, values: { detail: 'host IP unknown; known addresses: []' } },
      ],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});

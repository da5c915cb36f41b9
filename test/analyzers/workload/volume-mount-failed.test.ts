import { volumeMountFailed } from '../../../analyzers/workload/volume-mount-failed.ts';
import { configMaps, events, pods, secrets } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, event, pod, secret } from '../../support/builders.ts';
import { creatingPod } from '../../support/start-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import { boundClaim, mountErrors, mountFailure, mountingPod, subject } from './volume-cases.ts';

const NO_CONFIG = 'MountVolume.SetUp failed for volume "v" : configmap "nocm" not found';
const MULTI =
  'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node and can\'t be attached to another';
const claimed = mountingPod({ persistentVolumeClaim: { claimName: 'data' } });
const waiting = mountingPod({ secret: { secretName: 'tls' } });
const sandboxed = mountingPod({});

function attachment(nodeName: string) {
  return anyObject('storage.k8s.io/v1', 'VolumeAttachment', 'csi-1', null, {
    spec: { attacher: 'csi.example', nodeName, source: { persistentVolumeName: 'pvc-1' } },
  });
}

testAnalyzer(volumeMountFailed, {
  silent: [
    { name: 'a pod that runs since', given: mountFailure(NO_CONFIG, pod('web-1')) },
    {
      name: 'an optional source',
      given: { objects: [mountingPod({ configMap: { name: 'extra', optional: true } })] },
    },
    {
      name: 'a kubelet that waits for a moment',
      given: mountFailure(
        'MountVolume.SetUp failed for volume "v" : failed to sync configmap cache: timed out waiting for the condition',
        mountingPod({}, 20),
      ),
    },
    {
      name: 'the volumes are there: the sandbox fails since',
      given: {
        objects: [
          sandboxed,
          event(sandboxed, { reason: 'FailedMount', message: NO_CONFIG, lastTimestamp: ago(300) }),
          event(sandboxed, { reason: 'FailedCreatePodSandBox', message: 'Failed to create pod sandbox: x' }),
        ],
      },
    },
    {
      name: 'lists that were not seen accuse nobody',
      given: { objects: [waiting], forbidden: [secrets, configMaps] },
    },
    {
      name: 'a pod that is being deleted',
      given: mountFailure(NO_CONFIG, creatingPod('web-1', { metadata: { deletionTimestamp: ago(5) } })),
    },
  ],
  reports: [
    {
      name: 'a Secret that exists by now',
      given: {
        objects: [
          ...mountFailure('MountVolume.SetUp failed for volume "v" : secret "tls" not found', waiting)
            .objects,
          secret('tls'),
        ],
      },
      expect: [{ message: 'sourceAppeared', subject, severity: 'warning', confidence: 'likely' }],
    },
    {
      name: 'a missing ConfigMap, as the event and the list say',
      given: mountFailure(NO_CONFIG, mountingPod({ configMap: { name: 'nocm' } })),
      expect: [
        {
          message: 'sourceMissing',
          subject,
          severity: 'critical',
          confidence: 'certain',
          since: ago(600),
          values: {
            volume: 'v',
            missing: { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'nocm' },
          },
        },
      ],
    },
    {
      name: 'a missing Secret where the events have expired',
      given: { objects: [waiting] },
      expect: [{ message: 'sourceMissing', subject, confidence: 'likely' }],
    },
    {
      name: 'a missing Secret of a projected volume, where Secrets were not listed',
      given: {
        ...mountFailure(
          'MountVolume.SetUp failed for volume "v" : [secret "tls" not found, configmap "ca" not found]',
          mountingPod({ projected: { sources: [{ secret: { name: 'tls' } }] } }),
        ),
        forbidden: [secrets],
      },
      expect: [{ message: 'sourceMissing', subject, confidence: 'certain' }],
    },
    {
      name: 'a misspelt Secret',
      given: { objects: [waiting, secret('tls-web'), secret('unrelated')] },
      expect: [
        {
          message: 'sourceMisspelt',
          subject,
          values: { nearest: { group: '', kind: 'Secret', namespace: 'shop', name: 'tls-web' } },
        },
      ],
    },
    {
      name: 'a volume another pod holds on another node',
      given: {
        objects: [
          ...mountFailure(MULTI, claimed, 'FailedAttachVolume').objects,
          boundClaim(),
          pod('web-0', {
            spec: {
              nodeName: 'node-2',
              volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }],
            },
          }),
        ],
      },
      expect: [
        {
          message: 'attachedElsewhere',
          subject,
          values: { volume: 'pvc-1', other: { group: '', kind: 'Node', name: 'node-2' } },
        },
      ],
    },
    {
      name: 'a volume a node keeps after its pod is gone',
      given: {
        objects: [
          ...mountFailure(MULTI, claimed, 'FailedAttachVolume').objects,
          boundClaim(),
          attachment('node-9'),
        ],
      },
      expect: [{ message: 'stillAttached', subject, values: { other: ['node-9'] } }],
    },
    ...mountErrors,
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'a pod waits with a volume, and its events were refused',
      given: {
        objects: [...mountFailure(MULTI, claimed).objects.slice(0, 1), boundClaim()],
        forbidden: [events],
      },
      reason: /not allowed/,
    },
  ],
});

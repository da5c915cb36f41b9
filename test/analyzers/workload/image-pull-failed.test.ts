import { describe, expect, it } from 'vitest';
import { imagePullFailed } from '../../../analyzers/workload/image-pull-failed.ts';
import { pods, secrets } from '../../../src/artifacts/resources.ts';
import { ago, containerStatus, event, pod, secret } from '../../support/builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';
import {
  backOff,
  denied,
  IMAGE,
  reported,
  silent,
  silentCause,
  subject,
  waiting,
} from './image-pull-failed-cases.ts';

testAnalyzer(imagePullFailed, {
  silent,
  reports: [
    {
      name: 'a registry whose name is not resolved, by the words of Kubernetes 1.36',
      given: {
        objects: [
          waiting(
            'ImagePullBackOff',
            'failed to pull and unpack image "registry.invalid/none:1": failed to resolve reference "registry.invalid/none:1": failed to do request: Head "https://registry.invalid/v2/none/manifests/1": dial tcp: lookup registry.invalid on 10.255.255.53:53: dial udp 10.255.255.53:53: connect: network is unreachable',
            { image: 'registry.invalid/none:1' },
          ),
        ],
      },
      expect: [
        {
          message: 'nameNotResolved',
          subject,
          confidence: 'certain',
          values: { host: 'registry.invalid', image: 'registry.invalid/none:1', container: 'app' },
          since: ago(900),
        },
      ],
    },
    reported(
      'a registry that is not reached',
      backOff('dial tcp 192.0.2.7:443: i/o timeout'),
      'unreachable',
      {
        host: 'registry.example',
        detail: 'dial tcp 192.0.2.7:443: i/o timeout',
      },
    ),
    reported('a registry the kubelet calls unavailable', waiting('RegistryUnavailable'), 'unreachable', {
      host: 'registry.example',
    }),
    reported(
      'a registry that fails',
      backOff(
        'unexpected status from HEAD request to https://registry.example/v2/shop/app/manifests/1: 503 Service Unavailable',
      ),
      'failing',
    ),
    reported(
      'a certificate nobody here signed',
      backOff('tls: failed to verify certificate: x509: certificate signed by unknown authority'),
      'certificateRejected',
    ),
    reported(
      'a registry without TLS',
      backOff(
        'failed to do request: Head "https://registry.example/v2/shop/app/manifests/1": http: server gave HTTP response to HTTPS client',
      ),
      'plainHttp',
    ),
    reported(
      'the pull limit of the Docker Hub',
      backOff(
        'unexpected status from HEAD request to https://registry-1.docker.io/v2/shop/app/manifests/1: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit',
        'docker.io/shop/app:1',
      ),
      'rateLimited',
      { host: 'docker.io' },
    ),
    reported(
      'a mirror that refuses',
      backOff(
        'unexpected status from HEAD request to https://mirror.example/v2/library/nginx/manifests/1?ns=docker.io: 403 Forbidden',
        'nginx:1',
      ),
      'mirrorRefuses',
      { host: 'mirror.example' },
    ),
    reported(
      'no access without a pull Secret',
      backOff('unauthorized: authentication required'),
      'accessDenied',
      {
        credentials: 'no pull Secret',
      },
    ),
    {
      name: 'no access with a pull Secret that is there',
      given: { objects: [denied, secret('regcred', { type: 'kubernetes.io/dockerconfigjson' })] },
      expect: [{ message: 'accessDenied', subject, values: { credentials: 'pull Secret regcred' } }],
    },
    {
      name: 'a pull Secret that is not in the complete list of Secrets',
      given: { objects: [denied] },
      expect: [
        {
          message: 'pullSecretMissing',
          subject,
          values: { secret: { group: '', kind: 'Secret', namespace: 'shop', name: 'regcred' } },
        },
      ],
    },
    {
      name: 'Secrets were refused: their absence is not claimed',
      given: { objects: [denied], forbidden: [secrets] },
      expect: [{ message: 'accessDenied', subject }],
    },
    {
      name: 'Secrets were refused, but the kubelet says the Secret is missing',
      given: {
        objects: [
          denied,
          event(denied, {
            reason: 'FailedToRetrieveImagePullSecret',
            message:
              'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
          }),
        ],
        forbidden: [secrets],
      },
      expect: [{ message: 'pullSecretMissing', subject }],
    },
    reported(
      'a repository that is missing or hidden',
      backOff(
        'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
        'docker.io/shop/ap:1',
      ),
      'missingOrDenied',
      { image: 'docker.io/shop/ap:1' },
    ),
    reported('a tag that does not exist', backOff(`${IMAGE}: not found`), 'notFound', {
      image: IMAGE,
      detail: `${IMAGE}: not found`,
    }),
    reported('an unsigned image', waiting('SignatureValidationFailed'), 'signatureRejected'),
    reported(
      'an image for another processor',
      waiting(
        'ErrImagePull',
        `failed to pull and unpack image "${IMAGE}": no match for platform in manifest: not found`,
      ),
      'noSuchPlatform',
      { node: { group: '', kind: 'Node', name: 'node-1' } },
    ),
    reported(
      'a full disk',
      waiting('ErrImagePull', 'write /var/lib/containerd/ingest/1/data: no space left on device'),
      'diskFull',
    ),
    reported(
      'a stopped container runtime is not a registry that refuses connections',
      waiting(
        'ErrImagePull',
        'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"',
      ),
      'runtimeNotAnswering',
    ),
    reported(
      'an image that may not be pulled',
      waiting(
        'ErrImageNeverPull',
        'Container image "example.com/absent:1" is not present with pull policy of Never',
        { image: 'example.com/absent:1' },
      ),
      'neverPull',
    ),
    reported(
      'an invalid reference, by the words of Kubernetes 1.36',
      waiting(
        'InvalidImageName',
        'Failed to apply default image tag "BAD IMAGE:::": couldn\'t parse image name "BAD IMAGE:::": invalid reference format: repository name (library/BAD IMAGE) must be lowercase',
        { image: 'BAD IMAGE:::' },
      ),
      'invalidName',
      { image: 'BAD IMAGE:::' },
    ),
    reported('no cause known', silentCause, 'cannotPull'),
    {
      name: 'the cause from an event, as Kubernetes 1.31 and older have it',
      given: {
        objects: [
          silentCause,
          event(silentCause, {
            reason: 'Failed',
            message: `Failed to pull image "${IMAGE}": rpc error: code = Unknown desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": failed to do request: Head "https://registry.example/v2/shop/app/manifests/1": dial tcp: lookup registry.example: no such host`,
          }),
        ],
      },
      expect: [
        {
          message: 'nameNotResolved',
          subject,
          confidence: 'likely',
          values: {
            detail:
              'Head "https://registry.example/v2/shop/app/manifests/1": dial tcp: lookup registry.example: no such host',
          },
        },
      ],
    },
    {
      name: 'an event about another image does not explain this one',
      given: {
        objects: [
          silentCause,
          event(silentCause, {
            reason: 'Failed',
            message: 'Failed to pull image "registry.example/shop/sidecar:2": no such host',
          }),
        ],
      },
      expect: [{ message: 'cannotPull', subject, confidence: 'certain' }],
    },
    {
      name: 'an init container',
      given: {
        objects: [
          pod('web', {
            spec: { initContainers: [{ name: 'migrate', image: IMAGE }] },
            status: {
              phase: 'Pending',
              initContainerStatuses: [
                containerStatus('migrate', {
                  image: IMAGE,
                  state: { waiting: { reason: 'ErrImagePull', message: `${IMAGE}: not found` } },
                }),
              ],
              containerStatuses: [
                containerStatus('app', { state: { waiting: { reason: 'PodInitializing' } } }),
              ],
            },
          }),
        ],
      },
      expect: [{ message: 'notFound', subject, values: { container: 'migrate' } }],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});

describe('an image that is not pulled', () => {
  it('names the registry as related, so that causes outside the cluster can be joined', () => {
    const { findings } = runOn(imagePullFailed, {
      objects: [backOff('dial tcp 192.0.2.7:443: i/o timeout')],
    });

    expect(findings[0]?.related).toEqual([{ external: 'registry', name: 'registry.example' }]);
  });

  it('is one cause for each registry when the registry is at fault, and for each image when the image is', () => {
    const { nameNotResolved, unreachable, rateLimited, notFound } = imagePullFailed.meta.messages;

    expect([nameNotResolved, unreachable, rateLimited].map((message) => message.groupBy)).toEqual([
      ['host'],
      ['host'],
      ['host'],
    ]);
    expect(notFound.groupBy).toEqual(['image']);
  });
});

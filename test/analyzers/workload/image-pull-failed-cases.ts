import { ago, type Built, containerStatus, event, pod } from '../../support/builders.ts';
import type { AnalyzerCases } from '../../support/test-analyzer.ts';

export const IMAGE = 'registry.example/shop/app:1';
export const subject = 'Pod/shop/web';

export function waiting(reason: string, cause = '', { image = IMAGE, spec = {} } = {}): Built {
  const message =
    reason === 'ImagePullBackOff'
      ? `Back-off pulling image "${image}"${cause === '' ? '' : `: ErrImagePull: ${cause}`}`
      : cause;
  return pod('web', {
    spec: { containers: [{ name: 'app', image }], ...spec },
    status: {
      phase: 'Pending',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(900) }],
      containerStatuses: [
        containerStatus('app', { ready: false, image, state: { waiting: { reason, message } } }),
      ],
    },
  });
}

export function backOff(cause: string, image = IMAGE, spec = {}): Built {
  const prefix = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": `;
  return waiting('ImagePullBackOff', prefix + cause, { image, spec });
}

export function reported(name: string, object: Built, message: string, values = {}) {
  return { name, given: { objects: [object] }, expect: [{ message, subject, values }] };
}

export const silentCause = waiting('ImagePullBackOff');
export const withSecret = { imagePullSecrets: [{ name: 'regcred' }] };
export const denied = backOff('unauthorized: authentication required', IMAGE, withSecret);

/** Pods that have their images, or wait for something else. */
export const silent: AnalyzerCases['silent'] = [
  { name: 'a running pod', given: { objects: [pod('web')] } },
  {
    name: 'a container that is being created',
    given: { objects: [waiting('ContainerCreating')] },
  },
  {
    name: 'a crash loop is another fault',
    given: { objects: [waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container=app')] },
  },
  {
    name: 'an image that failed an hour ago and runs now: events are not judged',
    given: {
      objects: [silentCause]
        .map((object) => ({ ...object, status: pod('web').status }))
        .flatMap((object) => [
          object,
          event(object, { reason: 'Failed', message: `Failed to pull image "${IMAGE}": i/o timeout` }),
        ]),
    },
  },
  {
    name: 'a pod that is being deleted',
    given: {
      objects: [{ ...silentCause, metadata: { name: 'web', namespace: 'shop', deletionTimestamp: ago(9) } }],
    },
  },
  {
    name: 'an evicted pod that never got its image',
    given: {
      objects: [{ ...silentCause, status: { ...(silentCause.status as object), phase: 'Failed' } }],
    },
  },
  {
    name: 'a debug container with a misspelt image',
    given: {
      objects: [
        pod('web', {
          status: {
            ephemeralContainerStatuses: [
              containerStatus('debugger', { state: { waiting: { reason: 'ImagePullBackOff' } } }),
            ],
          },
        }),
      ],
    },
  },
];

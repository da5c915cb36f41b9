import { ago, condition, node, pod } from '../../support/builders.ts';
import { httpProbe, readySibling, unreadyPod } from '../../support/probe-builders.ts';
import type { AnalyzerCases } from '../../support/test-analyzer.ts';

const subject = 'Pod/shop/web-5d4f9-a';
const web = unreadyPod('web-5d4f9-a');
const down = node('node-1', { status: { conditions: [condition('Ready', 'Unknown')] } });

/** Pods that are not ready and no fault of workload/pod-not-ready. */
export const silentPods: AnalyzerCases['silent'] = [
  { name: 'a ready pod', given: { objects: [pod('web')] } },
  {
    name: 'ten minutes unready beside a ready pod of its revision',
    given: { objects: [unreadyPod('web-5d4f9-a', {}, {}, ago(600)), readySibling('web-5d4f9-b')] },
  },
  {
    name: 'a start of two minutes when no pod is ready',
    given: {
      objects: [unreadyPod('web-5d4f9-a', {}, { state: { running: { startedAt: ago(118) } } }, ago(120))],
    },
  },
  {
    name: 'a start of eight minutes within what its startup probe allows',
    given: {
      objects: [
        unreadyPod(
          'web-5d4f9-a',
          { startupProbe: httpProbe({ failureThreshold: 80 }) },
          { started: false, state: { running: { startedAt: ago(478) } } },
          ago(480),
        ),
      ],
    },
  },
  {
    name: 'a pod that is being deleted, one that has ended, and one that is not placed',
    given: {
      objects: [
        { ...web, metadata: { ...web.metadata, name: 'a', deletionTimestamp: ago(20) } },
        {
          ...web,
          metadata: { ...web.metadata, name: 'b' },
          status: { ...(web.status as object), phase: 'Failed' },
        },
        { ...web, metadata: { ...web.metadata, name: 'c' }, spec: { containers: [] } },
      ],
    },
  },
  {
    name: 'a crash loop and an image that cannot be pulled are other faults',
    given: {
      objects: [
        unreadyPod(
          'web-5d4f9-a',
          {},
          { restartCount: 7, state: { waiting: { reason: 'CrashLoopBackOff' } } },
        ),
        unreadyPod('web-5d4f9-b', {}, { state: { waiting: { reason: 'ImagePullBackOff' } } }),
        unreadyPod(
          'web-5d4f9-c',
          {},
          { restartCount: 7, lastState: { terminated: { finishedAt: ago(60) } } },
        ),
      ],
    },
  },
  {
    name: 'a Job whose container is done while its sidecar runs',
    given: {
      objects: [
        unreadyPod('web-5d4f9-a', {}, { state: { terminated: { exitCode: 0, reason: 'Completed' } } }),
      ],
    },
  },
  {
    name: 'a container without a readiness probe',
    given: { objects: [unreadyPod('web-5d4f9-a', { readinessProbe: undefined })] },
  },
  {
    name: 'a container started again a minute ago, after a reboot that took twenty',
    given: {
      objects: [
        node('node-1'),
        ...['a', 'b', 'c', 'd', 'e'].map((name) =>
          unreadyPod(
            `web-5d4f9-${name}`,
            {},
            {
              restartCount: 1,
              state: { running: { startedAt: ago(60) } },
              lastState: { terminated: { reason: 'Unknown', exitCode: 255, finishedAt: ago(70) } },
            },
          ),
        ),
      ],
    },
  },
  {
    name: 'an init container that runs',
    given: {
      objects: [unreadyPod('web-5d4f9-a', {}, { state: { waiting: { reason: 'PodInitializing' } } })],
    },
  },
  {
    name: 'a node that was taken out',
    given: {
      objects: [web, { ...down, spec: { unschedulable: true } }],
    },
    info: [{ message: 'nodeNotReady', subject, severity: 'info' }],
  },
];

import { expansionStuck } from '../../../analyzers/storage/expansion-stuck.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { persistentVolumeClaims } from '../../../src/artifacts/storage-resources.ts';
import { ago, type Built, condition, event } from '../../support/builders.ts';
import { claim, user } from '../../support/storage-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'PersistentVolumeClaim/shop/data';

function growing(status: Record<string, unknown> = {}): Built {
  return claim('data', { spec: { resources: { requests: { storage: '20Gi' } } }, status });
}

function since(type: string, seconds: number, message?: string): Record<string, unknown> {
  const more = message === undefined ? {} : { message };
  return { conditions: [condition(type, 'True', { lastTransitionTime: ago(seconds), ...more })] };
}

const pending = (seconds: number) => growing(since('FileSystemResizePending', seconds));
const asked = growing();

testAnalyzer(expansionStuck, {
  silent: [
    { name: 'as large as asked', given: { objects: [claim('data')] } },
    {
      name: 'larger than asked',
      given: { objects: [claim('data', { status: { capacity: { storage: '12Gi' } } })] },
    },
    { name: 'growing for a minute', given: { objects: [growing(since('Resizing', 60))] } },
    { name: 'raised, since when is not known', given: { objects: [growing()] } },
    {
      name: 'the file system is about to grow in a running pod',
      given: { objects: [pending(60), user('web', ['data'])] },
    },
    {
      name: 'the file system waits for a pod, and pods were refused',
      given: { objects: [pending(9000)], forbidden: [pods] },
    },
    {
      name: 'the file system waits for a pod',
      given: { objects: [pending(9000)] },
      info: [{ message: 'waitsForPod', subject, severity: 'info', values: { wanted: '20Gi' } }],
    },
  ],
  reports: [
    {
      name: 'an error in the conditions',
      given: { objects: [growing(since('ControllerResizeError', 90, 'disk limit reached.'))] },
      expect: [
        {
          message: 'failed',
          subject,
          severity: 'warning',
          values: { detail: 'disk limit reached', capacity: '10Gi', wanted: '20Gi' },
          since: ago(90),
        },
      ],
    },
    {
      name: 'a size the storage will never give',
      given: { objects: [growing({ allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' } })] },
      expect: [{ message: 'failed', subject, values: { detail: 'ControllerResizeInfeasible' } }],
    },
    {
      name: 'an event of the resizer',
      given: {
        objects: [
          asked,
          event(asked, { reason: 'VolumeResizeFailed', message: 'resize volume failed: quota' }),
        ],
      },
      expect: [{ message: 'failed', subject, values: { detail: 'resize volume failed: quota' } }],
    },
    {
      name: 'the file system does not grow in a running pod',
      given: { objects: [pending(900), user('web', ['data'])] },
      expect: [{ message: 'fileSystemPending', subject, values: { age: 900 } }],
    },
    {
      name: 'nobody answers',
      given: { objects: [growing(since('Resizing', 900))] },
      expect: [{ message: 'notAnswered', subject, confidence: 'likely', values: { age: 900 } }],
    },
  ],
  unknown: [
    { name: 'claims were refused', given: { forbidden: [persistentVolumeClaims] }, reason: /not allowed/ },
  ],
});

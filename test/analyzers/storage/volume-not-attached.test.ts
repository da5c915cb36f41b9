import { describe, expect, it } from 'vitest';
import { volumeNotAttached } from '../../../analyzers/storage/volume-not-attached.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { volumeAttachments } from '../../../src/artifacts/storage-resources.ts';
import { ago, type Built, condition, node } from '../../support/builders.ts';
import { attachment, claim, user, volume, waitingUser } from '../../support/storage-builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'PersistentVolumeClaim/shop/data';
const stored = [claim('data'), volume('pv-data', 'data')];
const both = [node('node-1'), node('node-2')];
const waiting = waitingUser('web-new', ['data']);
const held = attachment('pv-data', 'node-2');

function named(name: string): never {
  return expect.objectContaining({ name }) as never;
}

function leaving(seconds: number, status: Record<string, unknown> = { attached: true }): Built {
  return attachment('pv-data', 'node-2', { metadata: { deletionTimestamp: ago(seconds) }, status });
}

function refused(message: string): Built {
  return attachment('pv-data', 'node-1', {
    status: { attached: false, attachError: { message, time: ago(500) } },
  });
}

testAnalyzer(volumeNotAttached, {
  silent: [
    {
      name: 'attached where its pod is',
      given: { objects: [...stored, ...both, attachment('pv-data', 'node-1'), user('web', ['data'])] },
    },
    {
      name: 'attached where its pod waits for something else',
      given: { objects: [...stored, ...both, attachment('pv-data', 'node-1'), waiting] },
    },
    {
      name: 'a pod that has waited a minute',
      given: {
        objects: [
          ...stored,
          ...both,
          held,
          waitingUser('web-new', ['data'], { seconds: 60 }),
          user('web-old', ['data'], { nodeName: 'node-2' }),
        ],
      },
    },
    {
      name: 'a volume for many nodes',
      given: {
        objects: [
          claim('data'),
          volume('pv-data', 'data', { spec: { accessModes: ['ReadWriteMany'] } }),
          ...both,
          held,
          waiting,
        ],
      },
    },
    {
      name: 'an old error of a volume no pod waits for',
      given: { objects: [...stored, refused('too many volumes')] },
    },
    {
      name: 'being attached for two minutes and more',
      given: {
        objects: [
          ...stored,
          attachment('pv-data', 'node-1', { status: { attached: false } }),
          waitingUser('web-new', ['data'], { seconds: 200 }),
        ],
      },
    },
    { name: 'being detached for a minute', given: { objects: [...stored, leaving(60)] } },
    {
      name: 'left by its pod four minutes ago: it is detached by force later',
      given: {
        objects: [...stored, ...both, held, waitingUser('web-new', ['data'], { seconds: 240 })],
      },
    },
  ],
  reports: [
    {
      name: 'the storage refuses to attach it',
      given: { objects: [...stored, refused('rpc error: too many volumes.'), waiting] },
      expect: [
        {
          message: 'attachFailed',
          subject,
          severity: 'critical',
          values: {
            detail: 'rpc error: too many volumes',
            pod: named('web-new'),
            node: named('node-1'),
            attachment: 'csi-pv-data-node-1',
          },
          since: ago(500),
        },
      ],
    },
    {
      name: 'nobody attaches it',
      given: {
        objects: [...stored, attachment('pv-data', 'node-1', { status: { attached: false } }), waiting],
      },
      expect: [{ message: 'attachSilent', subject, values: { age: 900, driver: 'disk.csi.example.com' } }],
    },
    {
      name: 'a pod that runs elsewhere holds it',
      given: {
        objects: [...stored, ...both, held, waiting, user('web-old', ['data'], { nodeName: 'node-2' })],
      },
      expect: [
        {
          message: 'heldByRunningPod',
          subject,
          values: {
            pod: named('web-new'),
            node: named('node-1'),
            other: named('web-old'),
            otherNode: named('node-2'),
          },
        },
      ],
    },
    {
      name: 'a node that is not ready holds it',
      given: {
        objects: [
          ...stored,
          node('node-1'),
          node('node-2', { status: { conditions: [condition('Ready', 'Unknown')] } }),
          held,
          waiting,
          user('web-old', ['data'], { nodeName: 'node-2' }),
        ],
      },
      expect: [
        {
          message: 'heldByDeadNode',
          subject,
          values: { otherNode: named('node-2'), others: ['shop/web-old'] },
        },
      ],
    },
    {
      name: 'a node that is gone holds it',
      given: { objects: [...stored, node('node-1'), held, waiting] },
      expect: [
        {
          message: 'heldByGoneNode',
          subject,
          values: { otherName: 'node-2', attachment: 'csi-pv-data-node-2' },
        },
      ],
    },
    {
      name: 'it stays attached though no pod uses it there, nodes refused',
      given: { objects: [...stored, held, waiting], forbidden: [nodes] },
      expect: [{ message: 'heldByNobody', subject, values: { otherNode: named('node-2') } }],
    },
    {
      name: 'it cannot be detached, and a pod waits',
      given: {
        objects: [
          ...stored,
          ...both,
          leaving(900, { attached: true, detachError: { message: 'still in use' } }),
          waiting,
        ],
      },
      expect: [
        {
          message: 'detachStuck',
          subject,
          severity: 'critical',
          values: { age: 900, detail: 'still in use', node: named('node-2') },
        },
      ],
    },
    {
      name: 'it cannot be detached, and nobody waits; its claim is gone',
      given: { objects: [volume('pv-data', 'data'), leaving(900)] },
      expect: [
        {
          message: 'detachStuck',
          subject: 'PersistentVolume/pv-data',
          severity: 'warning',
          values: { detail: 'the driver gives no error' },
        },
      ],
    },
  ],
  unknown: [
    { name: 'attachments were refused', given: { forbidden: [volumeAttachments] }, reason: /not allowed/ },
  ],
});

describe('a volume that another node holds', () => {
  it('names nodes and pods that could explain it, not the pod that waits', () => {
    const ending = { deletionTimestamp: ago(600) };
    const old = user('web-old', ['data'], { nodeName: 'node-2' });
    const stuck = { ...old, metadata: { ...old.metadata, ...ending } };
    const related = (one: Built) =>
      runOn(volumeNotAttached, {
        objects: [...stored, ...both, held, waiting, one],
      }).findings[0]?.related.map(({ name }) => name);

    expect(related(old)).toEqual(['pv-data', 'node-1', 'node-2']);
    expect(related(stuck)).toEqual(['pv-data', 'node-1', 'node-2', 'web-old']);
  });
});

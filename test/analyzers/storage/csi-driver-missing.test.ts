import { expect } from 'vitest';
import { csiDriverMissing } from '../../../analyzers/storage/csi-driver-missing.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { csiNodes } from '../../../src/artifacts/storage-resources.ts';
import { pod } from '../../support/builders.ts';
import {
  claim,
  csiNode,
  DRIVER,
  nodePlugin,
  user,
  volume,
  waitingUser,
} from '../../support/storage-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'PersistentVolumeClaim/shop/data';
const stored = [claim('data'), volume('pv-data', 'data')];
const waiting = waitingUser('web', ['data']);

testAnalyzer(csiDriverMissing, {
  silent: [
    {
      name: 'registered and ready',
      given: { objects: [...stored, waiting, csiNode('node-1'), nodePlugin('node-1')] },
    },
    {
      name: 'a plugin that is not ready while no pod waits',
      given: { objects: [...stored, user('web', ['data']), csiNode('node-1'), nodePlugin('node-1', false)] },
    },
    { name: 'a node without pods that need it', given: { objects: [pod('web'), csiNode('node-1', [])] } },
    {
      name: 'a pod that has waited a minute on a new node',
      given: {
        objects: [...stored, waitingUser('web', ['data'], { seconds: 60 }), csiNode('node-1', [])],
      },
    },
    {
      name: 'a driver no node registers, whose pods run',
      given: { objects: [...stored, user('web', ['data']), csiNode('node-1', [])] },
    },
    {
      name: 'a volume of no CSI driver',
      given: {
        objects: [
          claim('data'),
          volume('pv-data', 'data', { spec: { csi: undefined, nfs: { server: 'nfs', path: '/' } } }),
          waiting,
          csiNode('node-1', []),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'no pod of the driver on the node',
      given: { objects: [...stored, waiting, csiNode('node-1', []), nodePlugin('node-2')] },
      expect: [
        {
          message: 'notInstalled',
          subject,
          severity: 'critical',
          values: { driver: DRIVER, node: expect.objectContaining({ name: 'node-1' }) as never },
        },
      ],
    },
    {
      name: 'a driver for a volume the pod names itself, on a node without CSINode',
      given: {
        objects: [
          pod('web', {
            spec: { volumes: [{ name: 'secrets', csi: { driver: 'secrets.csi.example.com' } }] },
            status: { phase: 'Pending', containerStatuses: [], conditions: [] },
          }),
        ],
      },
      expect: [
        { message: 'notInstalled', subject: 'Pod/shop/web', values: { driver: 'secrets.csi.example.com' } },
      ],
    },
    {
      name: 'the pod of the driver is not ready',
      given: { objects: [...stored, waiting, csiNode('node-1', []), nodePlugin('node-1', false)] },
      expect: [
        {
          message: 'pluginNotReady',
          subject,
          values: { plugin: expect.objectContaining({ name: 'disk-csi-node-node-1' }) as never },
        },
      ],
    },
    {
      name: 'the pod of the driver is ready and has not registered it',
      given: { objects: [...stored, waiting, csiNode('node-1', []), nodePlugin('node-1')] },
      expect: [{ message: 'notRegistered', subject, values: { driver: DRIVER } }],
    },
    {
      name: 'a driver that went away under running pods',
      given: { objects: [...stored, user('web', ['data']), csiNode('node-1', []), csiNode('node-2')] },
      expect: [
        {
          message: 'lostWhileInUse',
          subject: 'Node/node-1',
          severity: 'warning',
          values: { count: 1, driver: DRIVER },
        },
      ],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'CSINodes were refused',
      given: { objects: [...stored, waiting], forbidden: [csiNodes] },
      reason: /CSINode/,
    },
  ],
});

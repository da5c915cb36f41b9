import { volumeNodeAffinityUnsatisfiable } from '../../../analyzers/storage/volume-node-affinity-unsatisfiable.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { persistentVolumes } from '../../../src/artifacts/storage-resources.ts';
import { type Built, node, pod } from '../../support/builders.ts';
import { claim, mounting, user, volume } from '../../support/storage-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'PersistentVolumeClaim/shop/data';
const HOST = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

function tied(key: string, ...values: string[]): Built {
  const nodeSelectorTerms = [{ matchExpressions: [{ key, operator: 'In', values }] }];
  return volume('pv-data', 'data', { spec: { nodeAffinity: { required: { nodeSelectorTerms } } } });
}

function labelled(name: string, zone: string): Built {
  return node(name, { metadata: { labels: { [HOST]: name, [ZONE]: zone } } });
}

const waiting = pod('web', {
  spec: { nodeName: undefined, ...mounting('data') },
  status: { phase: 'Pending', conditions: [], containerStatuses: [] },
});

testAnalyzer(volumeNodeAffinityUnsatisfiable, {
  silent: [
    { name: 'its node is there', given: { objects: [claim('data'), tied(HOST, 'a'), labelled('a', 'z1')] } },
    {
      name: 'one of its zones has a node',
      given: { objects: [claim('data'), tied(ZONE, 'z9', 'z1'), labelled('a', 'z1')] },
    },
    { name: 'tied to nothing', given: { objects: [claim('data'), volume('pv-data', 'data')] } },
    {
      name: 'a volume no claim is bound to',
      given: {
        objects: [
          volume('pv-data', null, {
            spec: {
              nodeAffinity: {
                required: {
                  nodeSelectorTerms: [
                    { matchExpressions: [{ key: HOST, operator: 'In', values: ['gone'] }] },
                  ],
                },
              },
            },
          }),
        ],
      },
    },
    {
      name: 'a volume kept for an earlier claim of the same name',
      given: { objects: [claim('data'), { ...tied(HOST, 'gone'), status: { phase: 'Released' } }] },
    },
    { name: 'a volume whose claim is gone', given: { objects: [tied(HOST, 'gone'), labelled('a', 'z1')] } },
  ],
  reports: [
    {
      name: 'the node of a local volume is gone, and a pod waits',
      given: { objects: [claim('data'), tied(HOST, 'gone'), labelled('a', 'z1'), waiting] },
      expect: [{ message: 'nodeGone', subject, severity: 'critical', values: { wanted: [`${HOST}=gone`] } }],
    },
    {
      name: 'no node in its zone, and its pod still runs',
      given: { objects: [claim('data'), tied(ZONE, 'z9'), labelled('a', 'z1'), user('web', ['data'])] },
      expect: [{ message: 'placeGone', subject, severity: 'warning', values: { wanted: [`${ZONE}=z9`] } }],
    },
  ],
  unknown: [
    {
      name: 'nodes were refused',
      given: { objects: [claim('data'), tied(HOST, 'gone')], forbidden: [nodes] },
      reason: /Node/,
    },
    { name: 'volumes were refused', given: { forbidden: [persistentVolumes] }, reason: /not allowed/ },
  ],
});

import { orphanedPodVolumes } from '../../../analyzers/storage/orphaned-pod-volumes.ts';
import { node } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const FIRST = '3c8b709b-17b9-4772-9c0e-fc22fbe48c8e';
const SECOND = '5a9af992-8b62-4485-9d85-4ebab4ab8a57';

function structured(uid: string): string {
  return `E0115 11:58:00.000000    1234 kubelet_volumes.go:263] "There were many similar errors. Turn up verbosity to see them." err="orphaned pod \\"${uid}\\" found, but error not a directory occurred when trying to remove the volumes dir" numErrs=1\n`;
}

function plain(uid: string): string {
  return `E0115 11:58:00.000000    1234 kubelet_volumes.go:140] Orphaned pod "${uid}" found, but volume paths are still present on disk : There were a total of 2 errors similar to this. Turn up verbosity to see them.\n`;
}

function log(text: string, unit = 'kubelet') {
  return { logs: [{ node: 'node-1', unit, text }] };
}

testAnalyzer(orphanedPodVolumes, {
  silent: [
    { name: 'a quiet log', given: log('I0115 11:58:00.000000 1234 kubelet.go:1] "Starting"\n') },
    { name: 'said once, while a pod was being removed', given: log(structured(FIRST)) },
    {
      name: 'pods the kubelet cleans up after a restart',
      given: log(
        `I1120 05:36:27.421372   31517 kubelet_pods.go:1414] "Clean up containers for orphaned pod we had not seen before" podUID="${FIRST}"\n`.repeat(
          5,
        ),
      ),
    },
    {
      name: 'said again and again',
      given: {
        objects: [node('node-1')],
        ...log(structured(FIRST).repeat(2) + structured(SECOND).repeat(2)),
      },
      info: [
        {
          message: 'leftBehind',
          subject: 'Node/node-1',
          severity: 'info',
          values: {
            why: 'error not a directory occurred when trying to remove the volumes dir',
            uids: [FIRST, SECOND],
          },
        },
      ],
    },
    {
      name: 'said by an old kubelet, in the journal of a node that was not seen',
      given: log(plain(FIRST).repeat(4), 'journal'),
      info: [
        {
          message: 'leftBehind',
          subject: 'Node/node-1',
          values: { why: 'volume paths are still present on disk', uids: [FIRST] },
        },
      ],
    },
    { name: 'no log of a kubelet', given: {}, status: 'not-applicable' },
  ],
  reports: [],
  unknown: [{ name: 'logs were refused', given: { forbidden: [{ id: 'logs' }] }, reason: /not allowed/ }],
});

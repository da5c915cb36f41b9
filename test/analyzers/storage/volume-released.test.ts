import { volumeReleased } from '../../../analyzers/storage/volume-released.ts';
import { persistentVolumes } from '../../../src/artifacts/storage-resources.ts';
import { ago } from '../../support/builders.ts';
import { volume } from '../../support/storage-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const RETAIN = { persistentVolumeReclaimPolicy: 'Retain' };
const subject = 'PersistentVolume/pv-1';

function released(spec: Record<string, unknown>, seconds?: number) {
  const since = seconds === undefined ? {} : { lastPhaseTransitionTime: ago(seconds) };
  return { objects: [volume('pv-1', 'data', { spec, status: { phase: 'Released', ...since } })] };
}

testAnalyzer(volumeReleased, {
  silent: [
    { name: 'bound', given: { objects: [volume('pv-1', 'data', { spec: RETAIN })] } },
    { name: 'free', given: { objects: [volume('pv-1', null, { spec: RETAIN })] } },
    { name: 'being deleted for a minute', given: released({}, 60) },
    { name: 'to be deleted, since when is not told', given: released({}) },
    {
      name: 'kept on purpose',
      given: released(RETAIN, 9000),
      info: [
        { message: 'retained', subject, severity: 'info', values: { capacity: '10Gi' }, since: ago(9000) },
      ],
    },
    {
      name: 'not deleted for an hour',
      given: released({}, 3600),
      info: [{ message: 'notReclaimed', subject, values: { age: 3600 } }],
    },
  ],
  reports: [],
  unknown: [
    { name: 'volumes were refused', given: { forbidden: [persistentVolumes] }, reason: /not allowed/ },
  ],
});

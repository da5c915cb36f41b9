import { describe, expect, it } from 'vitest';
import { parseAutoscalerStatus } from '../../../src/artifacts/autoscaler-status.ts';

const TEXT = `Cluster-autoscaler status at 2023-03-02 12:00:00.123 +0000 UTC:
Cluster-wide:
  Health:      Healthy (ready=4 unready=0 notStarted=0 registered=4)
               LastProbeTime:      2023-03-02 11:59:58 +0000 UTC
  ScaleUp:     NoActivity (ready=4 registered=4)

NodeGroups:
  Name:        pool-a
  Health:      Healthy (ready=3 registered=3 cloudProviderTarget=3 (minSize=1, maxSize=3))
  ScaleUp:     NoActivity (ready=3 cloudProviderTarget=3)

  Name:        pool-b
  Health:      Unhealthy (ready=1 registered=1 cloudProviderTarget=2 (minSize=0, maxSize=9))
  ScaleUp:     Backoff (ready=1 cloudProviderTarget=2)
`;
const YAML = `time: 2026-01-15 11:59:00 +0000 UTC
autoscalerStatus: Running
clusterWide:
  health:
    status: Unhealthy
nodeGroups:
- name: pool-a
  health: {status: Healthy, cloudProviderTarget: 3, minSize: 1, maxSize: 9}
  scaleUp:
    status: Backoff
    backoffInfo: {errorCode: QUOTA_EXCEEDED, errorMessage: Quota CPUS exceeded}
- health: {}
`;

describe('parseAutoscalerStatus', () => {
  it('reads the text of versions before 1.30', () => {
    expect(parseAutoscalerStatus(TEXT)).toEqual({
      health: 'Healthy',
      groups: [
        { name: 'pool-a', health: 'Healthy', target: 3, maximum: 3, scaleUp: 'NoActivity', error: undefined },
        { name: 'pool-b', health: 'Unhealthy', target: 2, maximum: 9, scaleUp: 'Backoff', error: undefined },
      ],
    });
  });

  it('reads YAML with the error of the cloud; a group without a name is left out', () => {
    expect(parseAutoscalerStatus(YAML)).toEqual({
      health: 'Unhealthy',
      groups: [
        {
          name: 'pool-a',
          health: 'Healthy',
          target: 3,
          maximum: 9,
          scaleUp: 'Backoff',
          error: 'Quota CPUS exceeded',
        },
      ],
    });
  });

  it.each(['', 'Initializing', ': {', '[1, 2]'])('gives up on %j', (text) => {
    expect(parseAutoscalerStatus(text)).toBeUndefined();
  });
});

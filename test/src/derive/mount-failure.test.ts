import { describe, expect, it } from 'vitest';
import { readMountError } from '../../../src/derive/mount-failure.ts';

describe('readMountError', () => {
  it.each([
    [
      'MountVolume.SetUp failed for volume "v" : secret "nosec" not found',
      { error: { type: 'sourceMissing', kind: 'Secret', name: 'nosec' }, volume: 'v' },
    ],
    [
      'MountVolume.SetUp failed for volume "v" : object "default"/"nocm" not registered',
      { error: { type: 'sourceNotRead' }, detail: 'object "default"/"nocm" not registered' },
    ],
    [
      'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) web-0, web-1',
      { error: { type: 'attachedElsewhere', pods: ['web-0', 'web-1'] }, volume: 'pvc-1' },
    ],
    [
      'MountVolume.MountDevice failed for volume "pvc-1" : rpc error: code = Internal desc = mount failed: exit status 32\nMounting command: mount\nOutput: mount: /x: unknown filesystem type \'xfs2\'.',
      { error: { type: 'helperMissing', helper: 'xfs2' } },
    ],
    [
      'AttachVolume.Attach failed for volume "pvc-1" : timed out waiting for external-attacher of ebs.csi.aws.com CSI driver to attach volume vol-1',
      { error: { type: 'attachFailed' } },
    ],
  ])('reads %s', (message, expected) => {
    expect(readMountError(message)).toMatchObject(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { readStorageEviction } from '../../../src/derive/storage-eviction.ts';

describe('readStorageEviction', () => {
  it.each([
    [
      'Usage of EmptyDir volume "v" exceeds the limit "10Mi". ',
      { type: 'emptyDir', volume: 'v', limit: '10Mi' },
    ],
    [
      'Pod ephemeral local storage usage exceeds the total limit of containers 10Mi. ',
      { type: 'pod', limit: '10Mi' },
    ],
    [
      'Container c exceeded its local ephemeral storage limit "1.5Gi". ',
      { type: 'container', container: 'c', limit: '1.5Gi' },
    ],
    ['Pod was rejected: The node had condition: [DiskPressure]. ', undefined],
    ['The node was low on resource: ephemeral-storage. ', undefined],
    ['', undefined],
  ])('reads %s', (message, expected) => {
    expect(readStorageEviction(message)).toEqual(expected);
  });
});

import { kongLogOf } from '../support/kong.ts';
import { DATA_PLANES, IMAGE, rowsOf } from '../support/kong-hybrid.ts';
import { planeStatus } from '../support/kong-plane-builders.ts';
import { evictedPod } from '../support/kong-pods.ts';
import { ILL, ILL_NAME, OLD_HASH, onlyIll, tells, unready } from '../support/kong-scenario.ts';

/** A pod of the same Deployment that was evicted so many seconds ago; its row stays in the list for 14 days. */
function evicted(index: number, seconds: number) {
  return evictedPod(`kong-dp-kong-6d9c7b8f54-x${index}`, seconds, { image: IMAGE });
}

tells({
  name: 'a full prefix: one is evicted after the other, the newest replacement starts',
  parts: {
    dataPlane: onlyIll(unready(20)),
    ready: DATA_PLANES.length - 1,
    rows: rowsOf().slice(0, ILL),
    objects: [40, 700, 1500, 2300, 3100].map((seconds, index) => evicted(index, seconds)),
  },
  cause: 'kong/prefix-volume-full#evicted',
  symptoms: ['kong/completed-pods-pile-up#volumeLimit'],
});

tells({
  name: 'a prefix in memory that is full: nobody is evicted, the configuration stays the old one',
  parts: {
    dataPlane: onlyIll({ emptyDir: { medium: 'Memory' } }),
    rows: rowsOf(onlyIll({ config_hash: OLD_HASH })),
    documents: [planeStatus(ILL_NAME, OLD_HASH)],
    logs: [
      kongLogOf(ILL_NAME, [
        300,
        '2026/01/15 11:55:00 [error] 1258#0: *7 [lua] data_plane.lua:225: [clustering] unable to update running config: No space left on device, context: ngx.timer',
      ]),
    ],
  },
  cause: 'kong/prefix-volume-full#noSpace',
  symptoms: ['kong/configuration-out-of-sync#hashDiffers'],
  symptomsNotAsked: [],
});

tells({
  name: 'a full map of Kong 3.3: the configuration stays the old one',
  parts: {
    dataPlane: () => ({ image: 'kong:3.3.1' }),
    rows: rowsOf((index) => ({ version: '3.3.1', ...(index === ILL ? { config_hash: OLD_HASH } : {}) })),
    logs: [
      kongLogOf(ILL_NAME, [
        300,
        '2026/01/15 11:55:00 [error] 1258#0: *7 [lua] data_plane.lua:225: [clustering] unable to update running config: map full, context: ngx.timer',
      ]),
    ],
  },
  cause: 'kong/prefix-volume-full#mapFull',
  symptoms: ['kong/configuration-out-of-sync#hashDiffers'],
  symptomsNotAsked: [],
});

tells({
  name: 'one worker killed for memory, without a restart and without OOMKilled',
  parts: {
    dataPlane: onlyIll({ container: { resources: { limits: { memory: '512Mi' } } } }),
    logs: [
      kongLogOf(
        ILL_NAME,
        [3590, '2026/01/15 11:00:10 [notice] 1#0: start worker processes'],
        [300, '2026/01/15 11:55:00 [alert] 1#0: worker process 1258 exited on signal 9'],
      ),
    ],
  },
  cause: 'kong/worker-killed#killed',
  confidence: ['likely', 'likely'],
});

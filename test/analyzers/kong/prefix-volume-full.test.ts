import { prefixVolumeFull } from '../../../analyzers/kong/prefix-volume-full.ts';
import { kongPlaneEntities } from '../../../src/artifacts/kong-plane-entities.ts';
import { kongPlaneProbes } from '../../../src/artifacts/kong-plane-probes.ts';
import { kubeletStatsSummary } from '../../../src/artifacts/kubelet-stats-summary.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import type { Scope } from '../../../src/model/scope.ts';
import { ago, condition, pod } from '../../support/builders.ts';
import { kongLogOf } from '../../support/kong.ts';
import { chartPod, databasePlane, endedPod, evictedPod } from '../../support/kong-pods.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const VOLUME = 'kong-dp-kong-prefix-dir';
const DP = 'kong-dp-kong-6d9c7b8f54-a';
const subject = `Pod/kong/${DP}`;
const OWNER = 'Deployment/kong/kong-dp-kong';
/** Kong 3.4 in the volume of the chart: the bounds do not fit. */
const EXCEEDS = { message: 'mapExceedsLimit', subject: OWNER, severity: 'info' } as const;
const POD_SCOPE: Scope = { type: 'object', kind: 'Pod', namespace: 'kong', name: DP };

function measured(usedBytes: number, capacityBytes = 50e9) {
  const volume = [{ name: VOLUME, usedBytes, capacityBytes }];
  const bytes = { node: { nodeName: 'node-1' }, pods: [{ podRef: { name: DP, namespace: 'kong' }, volume }] };
  return {
    artifact: kubeletStatsSummary,
    scope: { type: 'node', node: 'node-1' } as const,
    bytes: JSON.stringify(bytes),
  };
}

function fromInside(du: number, file: number) {
  const probes = [
    { id: 'prefix', command: ['du'], exitCode: 0, output: `${du}\t/kong_prefix` },
    {
      id: 'database',
      command: ['ls'],
      exitCode: 0,
      output: `-rw-r--r-- 1 1000 1000 ${file} Jan 15 11:00 data.mdb`,
    },
  ];
  const plane = { namespace: 'kong', pod: DP, container: 'proxy' };
  return { artifact: kongPlaneProbes, scope: POD_SCOPE, bytes: JSON.stringify({ plane, probes }) };
}

const counted = {
  artifact: kongPlaneEntities,
  scope: POD_SCOPE,
  bytes: JSON.stringify({ counts: [{ entity: 'consumers', count: 90_000, bytes: 47_185_920 }] }),
};

const failed = (seconds: number) => ({
  status: { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(seconds) })] },
});
const MAP_FULL = '[clustering] unable to update running config: map full, context: ngx.timer';
const NO_SPACE = '[clustering] unable to update running config: No space left on device, context: ngx.timer';
const APPLIED = 'init.lua:259: purge(): [DB cache] purging (local) cache, context: ngx.timer';
const OLD = { image: 'kong:3.3.1' };

testAnalyzer(prefixVolumeFull, {
  silent: [
    { name: 'no Kong', given: { objects: [pod('web')] }, status: 'not-applicable' },
    { name: 'Kong 3.3, whose map fits into the volume', given: { objects: [chartPod(DP, OLD)] } },
    {
      name: 'a control plane keeps its configuration in a database',
      given: { objects: [databasePlane('kong-cp-0')] },
    },
    {
      name: 'a map that was made to fit',
      given: { objects: [chartPod(DP, { env: { KONG_LMDB_MAP_SIZE: '200m' } })] },
    },
    {
      name: 'Kong 3.4 in the volume of the chart is a hint, told once for a workload',
      given: { objects: [chartPod(DP), chartPod('kong-dp-kong-6d9c7b8f54-b')] },
      info: [{ ...EXCEEDS, values: { map: '2Gi', limit: '256Mi', origin: 'the default of Kong 3.4' } }],
    },
    {
      name: 'two thirds of the limit',
      given: { objects: [chartPod(DP, OLD)], documents: [measured(170 * 2 ** 20)] },
    },
    {
      name: 'an eviction of a day ago, replaced since',
      given: { objects: [evictedPod('kong-dp-kong-6d9c7b8f54-x', 90_000, OLD), chartPod(DP, OLD)] },
      info: [{ message: 'evicted', subject: 'Pod/kong/kong-dp-kong-6d9c7b8f54-x', severity: 'info' }],
    },
    {
      name: 'an eviction for another volume',
      given: {
        objects: [
          endedPod('kong-dp-kong-6d9c7b8f54-x', 60, {
            reason: 'Evicted',
            message: 'Usage of EmptyDir volume "kong-dp-kong-tmp" exceeds the limit "1Gi". ',
          }),
        ],
      },
    },
    {
      name: 'a full map that was overcome by the next push',
      given: {
        objects: [chartPod(DP, OLD)],
        logs: [kongLogOf(DP, [9000, MAP_FULL], [600, APPLIED])],
      },
    },
    {
      name: 'a broken database of a node that is ready',
      given: {
        objects: [chartPod(DP, OLD)],
        logs: [kongLogOf(DP, [60, '[crit] MDB_READERS_FULL: Environment maxreaders limit reached'])],
      },
    },
    {
      name: 'a full file system that is not the prefix',
      given: {
        objects: [chartPod(DP, OLD)],
        logs: [kongLogOf(DP, [60, 'open() "/var/log/x" failed (28: No space left on device)'])],
      },
    },
  ],
  reports: [
    {
      name: 'evicted within the hour, and its replacement is not ready; the size of the configuration is known',
      given: {
        objects: [
          evictedPod('kong-dp-kong-6d9c7b8f54-x', 600),
          evictedPod('kong-dp-kong-6d9c7b8f54-y', 9000),
          chartPod(DP, failed(300)),
        ],
        documents: [counted],
      },
      expect: [
        {
          message: 'evicted',
          subject: 'Pod/kong/kong-dp-kong-6d9c7b8f54-x',
          severity: 'critical',
          since: ago(600),
          values: {
            count: 2,
            limit: '256Mi',
            volume: VOLUME,
            release: 'kong-dp',
            detail:
              '; the database of the configuration in it may grow to 2Gi (the default of Kong 3.4), so that the volume is full first; the control plane holds 90000 entities, at least 45Mi as JSON',
          },
        },
        EXCEEDS,
      ],
    },
    {
      name: 'evictions that come back while replacements are ready',
      given: {
        objects: [
          evictedPod('kong-dp-kong-6d9c7b8f54-x', 9000, OLD),
          evictedPod('kong-dp-kong-6d9c7b8f54-y', 20_000, OLD),
          chartPod(DP, OLD),
        ],
      },
      expect: [{ message: 'evicted', subject: 'Pod/kong/kong-dp-kong-6d9c7b8f54-x', severity: 'warning' }],
    },
    {
      name: 'three quarters of the limit, by the kubelet',
      given: { objects: [chartPod(DP, OLD)], documents: [measured(200 * 2 ** 20)] },
      expect: [
        {
          message: 'nearlyFull',
          subject,
          severity: 'warning',
          values: { percent: '78 %', used: 209_715_200 },
        },
      ],
    },
    {
      name: 'three quarters, of a workload whose other pods are evicted for it',
      given: {
        objects: [evictedPod('kong-dp-kong-6d9c7b8f54-x', 600, OLD), chartPod(DP, OLD)],
        documents: [measured(200 * 2 ** 20)],
      },
      expect: [
        { message: 'evicted', subject: 'Pod/kong/kong-dp-kong-6d9c7b8f54-x', severity: 'warning' },
        { message: 'nearlyFull', subject, severity: 'warning' },
      ],
    },
    {
      name: 'nearly all of it, by `du` in the container, and how much of it is the database',
      given: { objects: [chartPod(DP, OLD)], documents: [fromInside(255 * 1024, 240 * 2 ** 20)] },
      expect: [
        {
          message: 'nearlyFull',
          subject,
          severity: 'critical',
          values: { percent: '99 %', detail: '; its database takes 240Mi of it' },
        },
      ],
    },
    {
      name: 'a memory volume without a limit of its own, against its file system',
      given: {
        objects: [chartPod(DP, { ...OLD, emptyDir: { medium: 'Memory', sizeLimit: undefined } })],
        documents: [measured(90 * 2 ** 20, 100 * 2 ** 20)],
      },
      expect: [
        {
          message: 'nearlyFull',
          subject,
          severity: 'warning',
          values: { limit: '100Mi', consequence: 'beyond it Kong cannot write its configuration' },
        },
      ],
    },
    {
      name: 'a full map of Kong 3.3, however long ago the last push was',
      given: { objects: [chartPod(DP, OLD)], logs: [kongLogOf(DP, [90_000, APPLIED], [80_000, MAP_FULL])] },
      expect: [
        {
          message: 'mapFull',
          subject,
          severity: 'critical',
          since: `${ago(80_000).slice(0, -1)}.000000000Z`,
          values: { map: '128Mi' },
        },
      ],
    },
    {
      name: 'a full memory volume',
      given: {
        objects: [chartPod(DP, { ...OLD, emptyDir: { medium: 'Memory' } })],
        logs: [kongLogOf(DP, [60, NO_SPACE])],
      },
      expect: [
        {
          message: 'noSpace',
          subject,
          severity: 'critical',
          values: { place: 'its prefix, a memory volume of 256Mi,', error: 'No space left on device' },
        },
      ],
    },
    {
      name: 'a database that cannot be opened, of a node that is not ready',
      given: {
        objects: [chartPod(DP, { ...OLD, containerStatus: { ready: false } })],
        logs: [kongLogOf(DP, [60, '[crit] MDB_READERS_FULL: Environment maxreaders limit reached, context'])],
      },
      expect: [
        {
          message: 'databaseUnusable',
          subject,
          values: { error: 'MDB_READERS_FULL: Environment maxreaders limit reached' },
        },
      ],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});

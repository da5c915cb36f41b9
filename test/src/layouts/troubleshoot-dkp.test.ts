import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBundle } from '../../../src/layouts/read.ts';
import { scopeKey } from '../../../src/model/scope.ts';
import { bitFlips, cuts } from '../../support/damaged.ts';
import {
  CRICTL_TABLE,
  collectorPod,
  collectorSummary,
  dkpArchive,
  expirationTable,
} from '../../support/dkp-bundle.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { read, type Seen, unpack } from './layout-fixture.ts';

const FILES: Record<string, string> = {
  'version.yaml':
    'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: v0.92.2\n',
  'cluster-info/cluster_version.json': '{"info":{"gitVersion":"v1.27.6"},"string":"v1.27.6"}',
  'cluster-resources/pods/shop.json': list('PodList', { name: 'web-1', namespace: 'shop' }),
  'cluster-resources/statefulsets/shop.json': list('StatefulSetList', { name: 'db', namespace: 'shop' }),
  'cluster-resources/statefulsets-errors.json/shop.json': list('ReplicaSetList', { name: 'web-5f' }),
  'cluster-resources/pods/foo-errors.json': list('PodList', { name: 'in-an-odd-namespace' }),
  'cluster-resources/auth-cani-list/shop.json': '{"resourceRules":[{"verbs":["*"],"kind":"x"}]}',
  'configmaps/shop/settings.json':
    '{"namespace":"shop","name":"settings","key":"","configMapExists":true,"keyExists":false,"data":{"a":"1"}}',
  'configmaps/shop/gone.json':
    '{"namespace":"shop","name":"gone","key":"","configMapExists":false,"keyExists":false}',
  'configmaps/shop/settings/a.json':
    '{"namespace":"shop","name":"settings","key":"a","configMapExists":true,"keyExists":true,"value":"1"}',
  'secrets/shop/tls.json': '{"namespace":"shop","name":"tls","key":"","secretExists":true,"keyExists":false}',
  'pod-logs/shop/web-1-app.log': 'now\n',
  'pod-logs/shop/web-1-app-previous.log': 'before\n',
  'pod-logs/shop/web-2/app-errors.json':
    '["failed to get log stream: container \\"app\\" is waiting to start: not found"]',
  'pod-logs/errors.json': '{"dev":"pods is forbidden: User \\"u\\" cannot list resource"}',
  'node-diagnostics/node-1/data/dmesg': '[    0.000000] Linux version 5.15.0\n',
  'node-diagnostics/node-1/data/containers_crictl': CRICTL_TABLE,
  'node-diagnostics/node-1/data/certs_expiration_kubeadm': expirationTable({
    apiserver: 'Apr 09, 2026 09:16 UTC',
  }),
  'node-diagnostics/node-1/data/containerd_config.toml':
    '[plugins.x.registry.configs.r.auth]\n  password = "hunter2"\n',
  'node-diagnostics/node-1/data/whoami_validate': 'root\n',
};

function list(kind: string, metadata: object): string {
  return JSON.stringify({ kind, apiVersion: kind === 'PodList' ? 'v1' : 'apps/v1', items: [{ metadata }] });
}

function packed(files: Readonly<Record<string, string>>, root?: string): string {
  const file = join(temporaryFolder(), 'bundle.tar.gz');
  writeFileSync(file, dkpArchive(Object.entries(files), root));
  return file;
}

function lines(seen: readonly Seen[]): string[] {
  return seen
    .map(({ path, entry, content }) => {
      if (entry.kind === 'log')
        return `log ${scopeKey(entry.sections[0]!.scope)}: ${content.join('').trim()}`;
      if (entry.kind === 'document') return `${entry.artifact} ${scopeKey(entry.scope)}: ${path}`;
      return `${entry.whole ? 'whole' : 'part'} ${scopeKey(entry.scope)}: ${content.join()}`;
    })
    .sort();
}

const EXPECTED = [
  'api-server-version cluster: cluster-info/cluster_version.json',
  'kubeadm-certificates node/node-1: node-diagnostics/node-1/data/certs_expiration_kubeadm',
  'log container/shop//web-1-app-previous: before',
  'log container/shop//web-1-app: now',
  'log unit/node-1/kernel: [    0.000000] Linux version 5.15.0',
  'node-containers node/node-1: node-diagnostics/node-1/data/containers_crictl',
  'part namespace/shop: ',
  'part namespace/shop: resources:core/ConfigMap settings',
  'whole namespace/foo-errors: resources:core/Pod in-an-odd-namespace',
  'whole namespace/shop: resources:apps/ReplicaSet web-5f',
  'whole namespace/shop: resources:apps/StatefulSet db',
  'whole namespace/shop: resources:core/Pod web-1',
];

describe('a support bundle of DKP or NKP', () => {
  it.each([
    ['of a cluster', () => packed(FILES)],
    ['of a bootstrap cluster', () => packed(FILES, 'bootstrap-support-bundle-2026-03-01T12_00_00')],
    ['with a prefix', () => packed(FILES, 'acme-support-bundle-2026-03-01T12_00_00')],
    ['in a folder', () => unpack(FILES)],
  ])('gives objects, logs and files of nodes, %s', async (_name, make) => {
    const { reading, seen } = await read(make());

    expect(reading.layout.id).toBe('troubleshoot');
    expect(reading.incomplete).toBeUndefined();
    expect(lines(seen)).toEqual(EXPECTED);
  });

  it('says which logs are missing, and names the files of nodes it does not read', async () => {
    const { reading } = await read(packed(FILES));

    const rows = reading.coverage.map(
      ({ artifact, scope, outcome, reason }) => `${artifact} ${scopeKey(scope)} ${outcome}: ${reason}`,
    );
    expect(rows.sort()).toEqual([
      'logs container/shop/web-2/app not-found: failed to get log stream: container "app" is waiting to start: not found',
      'logs namespace/dev forbidden: pods is forbidden: User "u" cannot list resource',
      'node-files node/node-1 skipped: of the files of this node these are not read: containerd_config.toml, whoami_validate',
    ]);
  });

  it('hands on nothing of the configuration of containerd, which may hold passwords', async () => {
    const { reading, seen } = await read(packed(FILES));

    expect(JSON.stringify([reading.coverage, seen])).not.toContain('hunter2');
  });

  it('is known by logs of all pods alone, which may be much before the first list', async () => {
    const { reading, seen } = await read(packed({ 'allPodLogs/shop/web-1-app.log': 'now\n' }));

    expect(reading.layout.id).toBe('troubleshoot');
    expect(lines(seen)).toEqual(['log container/shop//web-1-app: now']);
  });

  it('of SSH is known by its files of nodes, which are called by address and port', async () => {
    const { reading, seen } = await read(
      packed({
        'node-diagnostics/192.168.10.1_22/data/dmesg': '[    0.000000] Linux\n',
        'node-diagnostics/host-2_2222/data/dmesg': '[    0.000000] Linux\n',
      }),
    );

    expect(reading.layout.id).toBe('troubleshoot');
    expect(lines(seen)).toEqual([
      'log unit/192.168.10.1/kernel: [    0.000000] Linux',
      'log unit/host-2/kernel: [    0.000000] Linux',
    ]);
  });

  it('cut or damaged anywhere is read as far as it goes, under the names it holds', async () => {
    const bytes = dkpArchive(Object.entries(FILES));
    const known = new Set(EXPECTED.map((line) => line.replace(/:.*/, '')));
    for (const [index, damaged] of [...cuts(bytes, 12), ...bitFlips(bytes, 60)].entries()) {
      const file = join(temporaryFolder(), 'bundle.tar.gz');
      writeFileSync(file, damaged);
      const places: string[] = [];
      const reading = await readBundle(file, {
        onEntry(entry, header) {
          places.push(...lines([{ path: header.path, entry, content: [] }]));
          return undefined;
        },
      }).catch((error: unknown) => error as Error);
      if (reading instanceof Error) {
        expect(reading, String(index)).toMatchObject({ name: 'UserError' });
        continue;
      }
      // The last bytes are only gzip's own sum of what was read by then.
      if (damaged.length < bytes.length - 16) expect(reading.incomplete, String(index)).toBeDefined();
      if (damaged.length === bytes.length && reading.incomplete === undefined) continue;
      for (const place of places) expect([...known], place).toContain(place.replace(/:.*/, ''));
    }
  });
});

describe('files of nodes that are missing in a bundle of DKP', () => {
  const COPY_ERROR =
    '[2026-03-01 12:00:00.1 +0000 UTC m=+31.2] failed to copy data from the pod container pause: ';

  async function rowsOf(files: Record<string, string>) {
    const { reading } = await read(packed({ 'version.yaml': FILES['version.yaml']!, ...files }));
    return reading.coverage.filter(({ artifact }) => artifact === 'node-files');
  }

  it('because the image could not be pulled say so, and what helps', async () => {
    const waiting = {
      reason: 'ImagePullBackOff',
      message: 'Back-off pulling image "mesosphere/collector:v1"',
    };
    const status = { name: 'collector', image: 'mesosphere/collector:v1', state: { waiting } };
    const rows = await rowsOf({
      'node-diagnostics/node-1/file-copy-error.txt': `${COPY_ERROR}container not found ("pause")`,
      'node-diagnostics/node-1/pod-collector.json': collectorPod({
        initContainerStatuses: [status],
        containerStatuses: [{ name: 'pause', state: { waiting: { reason: 'PodInitializing' } } }],
      }),
      'node-diagnostics/node-1/pod-collector-log-copy-error.txt': '[now] failed to get log stream',
    });

    expect(rows).toMatchObject([{ scope: { type: 'node', node: 'node-1' }, outcome: 'error' }]);
    expect(rows[0]?.reason).toContain(
      'mesosphere/collector:v1 could not be pulled; load it where the nodes can pull it',
    );
  });

  it('leave their documents unknown with the same reason, without counting them as failures of their own', async () => {
    const { reading } = await read(
      packed({ 'node-diagnostics/node-1/file-copy-error.txt': `${COPY_ERROR}context deadline exceeded` }),
    );

    expect(reading.coverage.map(({ artifact, outcome, fix }) => [artifact, outcome, fix?.flag])).toEqual([
      ['node-files', 'timed-out', undefined],
      ['node-containers', 'skipped', '--nodes'],
      ['kubeadm-certificates', 'skipped', '--nodes'],
    ]);
    expect(new Set(reading.coverage.map(({ reason }) => reason)).size).toBe(1);
    expect(reading.coverage[0]?.reason).toContain('raise `timeout` of the collector');
  });

  it.each([
    [
      'ended',
      {
        initContainerStatuses: [
          { name: 'collector', state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } },
        ],
      },
      'error',
      'ended with exit code 137 (OOMKilled)',
    ],
    [
      'still ran',
      { initContainerStatuses: [{ name: 'collector', state: { running: { startedAt: 'x' } } }] },
      'timed-out',
      'still being gathered',
    ],
    [
      'could not start',
      {
        initContainerStatuses: [
          { name: 'collector', state: { waiting: { reason: 'CreateContainerError', message: 'no space' } } },
        ],
      },
      'error',
      'did not start: CreateContainerError: no space',
    ],
    ['says nothing', {}, 'error', 'container not found'],
  ] as const)('because the pod %s say so', async (_name, status, outcome, said) => {
    const rows = await rowsOf({
      'node-diagnostics/node-1/file-copy-error.txt': `${COPY_ERROR}container not found ("pause")`,
      'node-diagnostics/node-1/pod-collector.json': collectorPod(status),
    });

    expect(rows).toMatchObject([{ outcome }]);
    expect(rows[0]?.reason).toContain(said);
  });

  it('of a pod that got no node are told of the node it was meant for', async () => {
    const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-7'] }] };
    const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
    const spec = { nodeName: undefined, affinity: { nodeAffinity: required } };
    const unplaced = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: 'Insufficient cpu',
    };
    const rows = await rowsOf({
      'node-diagnostics/file-copy-error.txt': `${COPY_ERROR}no host assigned`,
      'node-diagnostics/pod-collector.json': collectorPod({ conditions: [unplaced] }, spec),
    });

    expect(rows).toMatchObject([{ scope: { type: 'node', node: 'node-7' }, outcome: 'error' }]);
    expect(rows[0]?.reason).toContain('found no place: Insufficient cpu');
  });

  it('with a pod that cannot be read keep the text beside it', async () => {
    const rows = await rowsOf({
      'node-diagnostics/node-1/file-copy-error.txt': `${COPY_ERROR}broken pipe`,
      'node-diagnostics/node-1/pod-collector.json': '{"status":',
    });

    expect(rows[0]?.reason).toContain('broken pipe');
  });

  it.each([
    ['F', '30,012', [['cluster', 'timed-out']]],
    ['F', '812', [['cluster', 'error']]],
    ['S', '12,000', []],
  ] as const)(
    'altogether are told by the summary of the collectors: %s after %s ms',
    async (state, time, expected) => {
      const rows = await rowsOf({ 'execution-data/summary.txt': collectorSummary(state, time) });

      expect(rows.map(({ scope, outcome }) => [scopeKey(scope), outcome])).toEqual(expected);
    },
  );
});

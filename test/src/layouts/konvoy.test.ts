import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { nodeKernelSettings } from '../../../src/artifacts/node-kernel-settings.ts';
import { READ_LIMITS } from '../../../src/bundle/limits.ts';
import { scopeKey } from '../../../src/model/scope.ts';
import { bitFlips, cuts } from '../../support/damaged.ts';
import { type KonvoyArchives, konvoyArchive, konvoyNode, packed } from '../../support/konvoy-archive.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { TAR_END, tarEntry, tarHeader } from '../bundle/tar-bytes.ts';
import { read, type Seen, unpack } from './layout-fixture.ts';

const NODE = Object.entries(konvoyNode('ip-10-0-0-3.test', '10.0.0.3'));
const PODS =
  'apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: web\n    namespace: shop\nkind: List\n';
const ARCHIVES: KonvoyArchives = {
  'master_10.0.0.3': NODE,
  'cluster-data': [
    ['api-resources/pods.yaml', PODS],
    ['api-resources/deployments.apps.yaml', 'apiVersion: v1\nitems: []\nkind: List\n'],
    ['api-resources/secrets.yaml', 'items:\n- data: {"password": <redacted>\n  kind: [\n'],
    ['pods_logs/shop_web.log', 'one\n'],
    ['pods_logs/shop_web_app_previous.log', 'before\n'],
  ],
  helm: [['ls.txt', 'NAME\tREVISION\n']],
};

function written(bytes: Buffer): string {
  const file = join(temporaryFolder(), '20260301T120000.tar.gz');
  writeFileSync(file, bytes);
  return file;
}

function lines(seen: readonly Seen[]): string[] {
  return seen
    .map(({ path, entry, content }) => {
      if (entry.kind === 'log') return `log ${scopeKey(entry.sections[0]!.scope)}: ${path}`;
      if (entry.kind === 'document') return `${entry.artifact} ${scopeKey(entry.scope)}: ${path}`;
      return `${entry.whole ? 'whole' : 'part'} ${scopeKey(entry.scope)}: ${content.join()}`;
    })
    .sort();
}

const EXPECTED = [
  'log container/shop/web/: bundles/cluster-data/pods_logs/shop_web.log',
  'log container/shop/web/app/previous: bundles/cluster-data/pods_logs/shop_web_app_previous.log',
  'log unit/10.0.0.3/containerd: bundles/master_10.0.0.3/containerd.service.log',
  'log unit/10.0.0.3/journal: bundles/master_10.0.0.3/journalctl.log',
  'log unit/10.0.0.3/kernel: bundles/master_10.0.0.3/dmesg.txt',
  'log unit/10.0.0.3/kubelet: bundles/master_10.0.0.3/kubelet.service.log',
  'node-ansible-facts node/10.0.0.3: bundles/master_10.0.0.3/ansible_facts.json',
  'node-firewall node/10.0.0.3: bundles/master_10.0.0.3/iptables-save.txt',
  'node-runtime node/10.0.0.3: bundles/master_10.0.0.3/ctr-version.txt',
  'node-services node/10.0.0.3: bundles/master_10.0.0.3/containerd.service.status.txt',
  'node-services node/10.0.0.3: bundles/master_10.0.0.3/kubelet.service.status.txt',
  'node-time node/10.0.0.3: bundles/master_10.0.0.3/timedatectl.txt',
  'whole cluster: ',
  'whole cluster: ',
  'whole cluster: resources:core/Pod web',
];

function unpacked(root: string): string {
  const files = Object.entries(ARCHIVES).flatMap(([name, inside]) =>
    inside.map(([path, text]) => [`${root}bundles/${name}/${path}`, text]),
  );
  return unpack(Object.fromEntries(files));
}

describe('a Konvoy diagnostic archive', () => {
  it('gives the files later versions added as documents of ours', async () => {
    const files = [
      ['lsmod.txt', 'Module                  Size  Used by\nbr_netfilter           28672  0\n'],
      ['ps.txt', 'root         1  0.0  0.1 190000  4000 ?        Ss   Feb28   0:03 /sbin/init\n'],
      ['resolv.conf', 'nameserver 10.0.0.2\n'],
      [
        'df.txt',
        'Filesystem      Size  Used Avail Use% Mounted on\n/dev/sda1        54G   10G   44G  19% /\n',
      ],
    ] as const;
    const { seen } = await read(written(konvoyArchive({ 'worker_10.0.0.4': files })));
    const settings = seen.find(({ path }) => path.endsWith('lsmod.txt'))?.content.join('');

    expect(lines(seen)).toEqual([
      'node-filesystems node/10.0.0.4: bundles/worker_10.0.0.4/df.txt',
      'node-kernel-settings node/10.0.0.4: bundles/worker_10.0.0.4/lsmod.txt',
      'node-network node/10.0.0.4: bundles/worker_10.0.0.4/resolv.conf',
      'node-processes node/10.0.0.4: bundles/worker_10.0.0.4/ps.txt',
    ]);
    expect(nodeKernelSettings.parse(Buffer.from(settings ?? '')).modules).toEqual(['br_netfilter']);
  });

  it.each([
    ['as Konvoy writes it', () => written(konvoyArchive(ARCHIVES))],
    ['unpacked with all its archives', () => unpacked('')],
    ['unpacked below a folder', () => unpacked('bundle-20260301T120000/')],
  ])('gives what its archives hold, %s', async (_name, make) => {
    const { reading, seen } = await read(make());

    expect(reading.layout.id).toBe('konvoy');
    expect(reading.incomplete).toBeUndefined();
    expect(lines(seen)).toEqual(EXPECTED);
  });

  it('of the first versions has an archive for each address, with the cluster inside one', async () => {
    const { seen } = await read(
      written(
        konvoyArchive({
          '10.0.0.3': [
            ['10.0.0.3/api-resources/pods.yaml', PODS],
            ['timedatectl.txt', 'NTP synchronized: yes\n'],
          ],
        }),
      ),
    );

    expect(lines(seen)).toEqual([
      'node-time node/10.0.0.3: bundles/10.0.0.3/timedatectl.txt',
      'whole cluster: resources:core/Pod web',
    ]);
  });

  it('says which documents it cannot hold', async () => {
    const { layout } = (await read(written(konvoyArchive(ARCHIVES)))).reading;

    expect(layout.absent?.('node-sockets')).toContain('Konvoy');
    expect(['node-time', 'node-services', 'logs', 'resources:core/Pod'].map(layout.absent!)).toEqual(
      Array(4).fill(undefined),
    );
  });

  it('with an archive that is cut, damaged or none keeps the others and says which', async () => {
    const whole = packed(NODE);
    const bundle = gzipSync(
      Buffer.concat([
        tarEntry('bundles/worker_10.0.0.4.tar.gz', whole.subarray(0, whole.length / 2)),
        tarEntry('bundles/worker_10.0.0.5.tar.gz', 'connection refused\n'),
        tarEntry('bundles/worker_10.0.0.6.tar.gz', ''),
        tarEntry('bundles/worker_10.0.0.7.tar.gz', packed([['timedatectl.txt', 'NTP synchronized: no\n']])),
        TAR_END,
      ]),
    );

    const { reading, seen } = await read(written(bundle));

    expect(lines(seen)).toContain('node-time node/10.0.0.7: bundles/worker_10.0.0.7/timedatectl.txt');
    const problems = reading.summary.problems.map(({ code, path }) => [code, path]);
    expect(problems).toEqual([
      ['damaged', 'bundles/worker_10.0.0.4.tar.gz'],
      ['damaged', 'bundles/worker_10.0.0.5.tar.gz'],
      ['damaged', 'bundles/worker_10.0.0.6.tar.gz'],
    ]);
    expect(reading.incomplete).toContain('worker_10.0.0.4');
  });

  it('lets no name or link of an inner archive lead out of it', async () => {
    const inner = gzipSync(
      Buffer.concat([
        tarEntry('../cluster-data/api-resources/pods.yaml', PODS),
        tarHeader({ name: 'dmesg.txt', type: '2', link: '../../../etc/passwd' }),
        tarEntry('timedatectl.txt', 'NTP synchronized: yes\n'),
        TAR_END,
      ]),
    );
    const bundle = gzipSync(Buffer.concat([tarEntry('bundles/master_10.0.0.3.tar.gz', inner), TAR_END]));

    const { reading, seen } = await read(written(bundle));

    expect(lines(seen)).toEqual(['node-time node/10.0.0.3: bundles/master_10.0.0.3/timedatectl.txt']);
    expect(reading.summary.problems.map(({ code }) => code)).toEqual(['path', 'link']);
  });

  it('holds the limits of an input over all of its archives', async () => {
    const limits = { ...READ_LIMITS, maxEntries: 16 };

    const { reading, seen } = await read(written(konvoyArchive({ ...ARCHIVES, 'worker_10.0.0.4': NODE })), {
      limits,
    });

    expect(seen.length).toBeLessThanOrEqual(16);
    expect(reading.incomplete).toContain('more than 16 entries');
  });

  it('stops at an inner archive that inflates without end', async () => {
    const zeros: [string, string][] = [['dmesg.txt', '\0'.repeat(32 * 1024 * 1024)]];
    const limits = { ...READ_LIMITS, maxTotalBytes: 1024 * 1024 };

    const { reading, seen } = await read(written(konvoyArchive({ 'master_10.0.0.3': zeros, helm: zeros })), {
      limits,
    });

    expect(reading.incomplete).toContain('more than 1048576 bytes');
    expect(seen.flatMap(({ content }) => content).join('').length).toBeLessThanOrEqual(1024 * 1024);
  });

  it('does not open archives inside its archives', async () => {
    const { reading, seen } = await read(
      written(konvoyArchive({ ...ARCHIVES, 'cluster-data': [['bundles/x.tar.gz', 'no archive']] })),
    );

    expect(reading.incomplete).toBeUndefined();
    expect(seen).toHaveLength(10);
  });

  it('cut or damaged anywhere is read as far as it goes, under the names it holds', async () => {
    const bytes = konvoyArchive(ARCHIVES);
    const known = new Set(EXPECTED.map((line) => line.replace(/ .*/, '')));
    for (const [index, damaged] of [...cuts(bytes, 12), ...bitFlips(bytes, 40)].entries()) {
      const result = await read(written(damaged)).catch((error: unknown) => error);
      if (result instanceof Error) {
        expect(result, String(index)).toMatchObject({ name: 'UserError' });
        continue;
      }
      const { seen, reading } = result as Awaited<ReturnType<typeof read>>;
      // The last bytes are only gzip's own sum of what was read by then.
      if (damaged.length < bytes.length - 16) expect(reading.incomplete, String(index)).toBeDefined();
      for (const line of lines(seen)) expect([...known, 'part', '?']).toContain(line.replace(/ .*/, ''));
    }
  });
});

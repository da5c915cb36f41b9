import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { READ_LIMITS } from '../../../src/bundle/limits.ts';
import type { ReadOptions } from '../../../src/bundle/reader.ts';
import { bitFlips, cuts } from '../../support/damaged.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { TAR_END, tarEntry } from '../bundle/tar-bytes.ts';
import { type ZipPart, zipBytes } from '../bundle/zip-bytes.ts';
import { read } from './layout-fixture.ts';
import { seenLines } from './seen-lines.ts';

const METADATA =
  'bundlename: b\nbundleversion: 0.1.0\nkubernetesversion: v1.27.1\nbundlecreatedat: "2026-03-01T12:00:00Z"\n';
const ROOT = 'supportbundle_1/';
/** Times as `journalctl -r -o short-precise` prints them. */
const JOURNAL = [
  'Mar 01 12:00:02.000000 n1 kubelet[7]: last\n',
  'Mar 01 12:00:01.000000 n1 kubelet[7]: panic\n',
  '                                      goroutine 1\n',
  'Mar 01 12:00:00.000000 n1 kubelet[7]: first\n',
].join('');

const FILES: Readonly<Record<string, string>> = Object.freeze({
  'n1/logs/kubelet.log': JOURNAL,
  'n1/logs/dmesg.log':
    'kern  :err   : [Sun Mar  1 12:00:00 2026] one\nkern  :err   : [Sun Mar  1 12:00:01 2026] two\n',
  'n1/logs/k3s-service.log': '-- No entries --\n',
  'n1/logs/k3s-agent-service.log':
    'time="2026-03-01T12:00:00Z" level=info msg=one\ntime="2026-03-01T12:00:01Z" level=info msg=two\n',
  'n1/logs/syslog': 'other\n',
  'n1/hostinfos/processes_info': 'USER PID\n',
});

const EXPECTED = [
  'log unit/n1/k3s-agent: time="2026-03-01T12:00:00Z" level=info msg=one|time="2026-03-01T12:00:01Z" level=info msg=two',
  'log unit/n1/kernel: kern  :err   : [Sun Mar  1 12:00:00 2026] one|kern  :err   : [Sun Mar  1 12:00:01 2026] two',
  'log unit/n1/kubelet: Mar 01 12:00:00.000000 n1 kubelet[7]: first|Mar 01 12:00:01.000000 n1 kubelet[7]: panic|                                      goroutine 1|Mar 01 12:00:02.000000 n1 kubelet[7]: last',
];

function zipOf(files: Readonly<Record<string, string>>): Buffer {
  return zipBytes(Object.entries(files).map(([name, body]) => ({ name, body })));
}

type Parts = readonly (readonly [path: string, bytes: Buffer | string])[];

function bundleOf(parts: Parts): ZipPart[] {
  return [['metadata.yaml', METADATA] as const, ...parts].map(([path, body]) => ({
    name: `${ROOT}${path}`,
    body,
  }));
}

function written(bytes: Buffer): string {
  const file = join(temporaryFolder(), 'supportbundle_1.zip');
  writeFileSync(file, bytes);
  return file;
}

async function readNodes(parts: Parts, options: ReadOptions = {}) {
  const { reading, seen } = await read(written(zipBytes(bundleOf(parts))), options);
  return { reading, lines: seenLines(seen), problems: reading.summary.problems };
}

/** Bytes of a ZIP whose directory names its one file many times. */
function repeated(part: ZipPart, times: number): Buffer {
  const one = zipBytes([part]);
  const end = Buffer.from(one.subarray(one.length - 22));
  const at = end.readUInt32LE(16);
  const row = one.subarray(at, one.length - 22);
  end.writeUInt16LE(times, 8);
  end.writeUInt16LE(times, 10);
  end.writeUInt32LE(row.length * times, 12);
  return Buffer.concat([one.subarray(0, at), ...Array<Buffer>(times).fill(row), end]);
}

afterEach(() => vi.unstubAllEnvs());

describe('the files of nodes in a bundle of support-bundle-kit', () => {
  it.each([
    ['in the ZIP of the tool', () => written(zipBytes(bundleOf([['nodes/n1.zip', zipOf(FILES)]])))],
    [
      'in an archive that was made of it',
      () => {
        const parts = bundleOf([['nodes/n1.zip', zipOf(FILES)]]).map(({ name, body }) =>
          tarEntry(name, body),
        );
        // The files of nodes come first: nothing tells the layout by then.
        return written(Buffer.concat([...parts.toReversed(), TAR_END]));
      },
    ],
    [
      'unpacked',
      () =>
        written(
          zipBytes(bundleOf(Object.entries(FILES).map(([path, text]) => [`nodes/${path}`, text] as const))),
        ),
    ],
  ])('are logs of their units in the order of time, %s', async (_name, make) => {
    const { reading, seen } = await read(make());

    expect(reading.layout.id).toBe('support-bundle-kit');
    expect(reading.incomplete).toBeUndefined();
    expect(seenLines(seen)).toEqual(EXPECTED);
  });

  it('of Harvester are the files of RKE2, which are in order', async () => {
    const { lines } = await readNodes([
      [
        'nodes/n1.zip',
        zipOf({
          'n1/logs/kernel.log': 'Mar 01 12:00:00.000000 n1 kernel: one\n',
          'n1/logs/rke2-server.log':
            'Mar 01 12:00:00.000000 n1 rke2[7]: one\nMar 01 12:00:00.000000 n1 rke2[7]: two\n',
          'n1/logs/kubelet.log': 'I0301 12:00:00.000000 7 a.go:1] one\nI0301 12:00:01.000000 7 a.go:1] two\n',
          'n1/logs/containerd.log': 'time="2026-03-01T12:00:00Z" level=info msg=one\n',
        }),
      ],
    ]);

    expect(lines).toEqual([
      'log unit/n1/containerd: time="2026-03-01T12:00:00Z" level=info msg=one',
      'log unit/n1/kernel: Mar 01 12:00:00.000000 n1 kernel: one',
      'log unit/n1/kubelet: I0301 12:00:00.000000 7 a.go:1] one|I0301 12:00:01.000000 7 a.go:1] two',
      'log unit/n1/rke2-server: Mar 01 12:00:00.000000 n1 rke2[7]: one|Mar 01 12:00:00.000000 n1 rke2[7]: two',
    ]);
  });

  it("of another node than the archive names are nobody's", async () => {
    const { lines, reading } = await readNodes([['nodes/n2.zip', zipOf(FILES)]]);

    expect(lines).toEqual([]);
    expect(reading.incomplete).toBeUndefined();
  });

  it('are not opened in bundles of other layouts', async () => {
    const file = written(
      zipBytes([
        { name: 'nodes/n1.zip', body: 'no archive' },
        { name: 'must-gather.local.1/image-a/version', body: 'openshift/must-gather\n4.16.0\n' },
        {
          name: 'must-gather.local.1/image-a/cluster-scoped-resources/core/nodes/n1.yaml',
          body: 'apiVersion: v1\nkind: Node\nmetadata:\n  name: n1\n',
        },
      ]),
    );

    const { reading } = await read(file);

    expect(reading.layout.id).toBe('must-gather');
    expect(reading.incomplete).toBeUndefined();
  });

  it('in an archive that is cut, damaged, empty or none leave those of the others, and are said to be lost', async () => {
    const whole = zipOf(FILES);
    const wrongSum = zipBytes([{ name: 'n4/logs/kubelet.log', body: 'one\n', said: { crc: 1 } }]);
    const { lines, reading, problems } = await readNodes([
      ['nodes/n2.zip', whole.subarray(0, whole.length / 2)],
      ['nodes/n3.zip', 'no such node\n'],
      ['nodes/n4.zip', wrongSum],
      ['nodes/n5.zip', ''],
      ['nodes/n1.zip', whole],
    ]);

    expect(lines.filter((line) => line.includes('/n1/'))).toEqual(EXPECTED);
    expect(lines.filter((line) => !line.includes('/n1/'))).toEqual(['log unit/n4/kubelet: one']);
    expect(problems.map(({ code, path }) => [code, path])).toEqual(
      ['n2', 'n3', 'n5'].map((node) => ['damaged', `${ROOT}nodes/${node}.zip`]),
    );
    expect(reading.incomplete).toContain('nodes/n2.zip');
  });

  it('let no name lead out of their archive, and no archive inside one be opened', async () => {
    const inner = zipBytes([
      { name: '../n9/n9/logs/kubelet.log', body: 'one\n' },
      { name: 'n1/logs/kubelet.log', body: '/etc/passwd', mode: 0o120777 },
      { name: 'nodes/n7.zip', body: zipOf(FILES) },
    ]);

    const { lines, problems } = await readNodes([['nodes/n1.zip', inner]]);

    expect(lines).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['path', 'link']);
  });

  it('obey the limits of an input, all archives together', async () => {
    const nodes = ['n1', 'n2', 'n3'].map((node) => {
      const files = Object.entries(FILES).map(([path, text]) => [path.replace('n1', node), text]);
      return [`nodes/${node}.zip`, zipOf(Object.fromEntries(files))] as const;
    });

    const { reading, lines } = await readNodes(nodes, { limits: { ...READ_LIMITS, maxEntries: 8 } });

    expect(reading.incomplete).toContain('more than 8 entries');
    expect(lines.some((line) => line.includes('/n1/'))).toBe(true);
    expect(lines.some((line) => line.includes('/n3/'))).toBe(false);
  });

  it('that inflate without end are left at the ratio of an input', async () => {
    const bomb = repeated({ name: 'n1/logs/other', body: Buffer.alloc(64 * 1024 * 1024) }, 20);

    const { reading, problems } = await readNodes([['nodes/n1.zip', bomb]]);

    expect(problems.map(({ code }) => code)).toContain('maxRatio');
    expect(problems.find(({ code }) => code === 'maxRatio')?.message).toBe(
      `${ROOT}nodes/n1.zip: inflates to more than 500 times its size`,
    );
    expect(reading.summary.bytes).toBeLessThan(1.1 * 1024 ** 3);
  }, 60_000);

  it('leave nothing behind, whether they can be kept or not', async () => {
    const folder = temporaryFolder();
    vi.stubEnv('TMPDIR', folder);
    const { lines } = await readNodes([['nodes/n1.zip', zipOf(FILES)]]);
    vi.stubEnv('TMPDIR', join(folder, 'none'));
    const file = join(folder, 'bundle.zip');
    writeFileSync(file, zipBytes(bundleOf([['nodes/n1.zip', zipOf(FILES)]])));
    const { reading } = await read(file);

    expect(lines).toEqual(EXPECTED);
    expect(reading.summary.problems.map(({ code, path }) => [code, path])).toEqual([
      ['damaged', `${ROOT}nodes/n1.zip`],
    ]);
    const left = readdirSync(folder).filter((name) => !name.startsWith('kubecase-test-'));
    expect(left).toEqual(['bundle.zip']);
  });

  it('cut or damaged anywhere are read as far as they go, of no other node or unit', async () => {
    const whole = zipOf(FILES);
    const scopes = EXPECTED.map((line) => line.slice(0, line.indexOf(':')));
    // Damaged, the words for no entries are no longer those.
    scopes.push('log unit/n1/k3s');
    for (const [index, damaged] of [...cuts(whole, 12), ...bitFlips(whole, 60)].entries()) {
      const { lines } = await readNodes([['nodes/n1.zip', damaged]]);

      for (const line of lines) expect(scopes, String(index)).toContain(line.slice(0, line.indexOf(':')));
    }
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { NODE_DOCUMENTS, parseNodeArchive, parseNodeCoverage } from '../../src/artifacts/node-archive.ts';
import { nodeCertificates } from '../../src/artifacts/node-certificates.ts';
import { nodeKubeletConfig } from '../../src/artifacts/node-kubelet-config.ts';
import { nodeManifests } from '../../src/artifacts/node-manifests.ts';
import { nodeNetwork } from '../../src/artifacts/node-network.ts';
import { nodeProbes } from '../../src/artifacts/node-probes.ts';
import { parseNodeStream } from '../../src/artifacts/node-stream.ts';
import { nodeSystem } from '../../src/artifacts/node-system.ts';
import {
  createNodeRoot,
  NODE_SCRIPT,
  NODE_SECRETS,
  type NodeRoot,
  runNodeScript,
  untar,
} from '../support/node-root.ts';
import { temporaryFolder } from './bundle/bundle-fixture.ts';

const bytes = (text: string | undefined): Uint8Array => Buffer.from(text ?? '');
const POD = 'logs/kube-system/etcd-cp-1/etcd';

let root: NodeRoot;
let files: Map<string, string>;

beforeAll(async () => {
  root = await createNodeRoot();
  const archive = join(temporaryFolder(), 'cp-1.tar.gz');
  const run = runNodeScript(['--output', archive], { root: root.path });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(statSync(archive).mode & 0o777).toBe(0o600);
  files = untar(archive);
});

describe('the node script on a mounted root', () => {
  it('begins with what it is, named as the kubelet names the node', () => {
    expect([...files.keys()][0]).toBe('node-archive.json');
    expect(parseNodeArchive(bytes(files.get('node-archive.json'))).node).toBe('cp-1');
  });

  it('holds no key, no token and no password, wherever they lie', () => {
    const all = [...files].map(([path, text]) => `${path}\n${text}`).join('\n');

    expect(all).not.toContain('PRIVATE KEY');
    for (const line of root.keyLines) expect(all).not.toContain(line);
    for (const secret of Object.values(NODE_SECRETS)) expect(all).not.toContain(secret);
  });

  it('has the certificates of files, links and kubeconfigs, and modes of keys', () => {
    const found = nodeCertificates.parse(bytes(files.get('documents/node-certificates/_node/cp-1.pem')));
    const byPath = new Map(found.map((one) => [one.path, one]));

    expect(byPath.get('/etc/kubernetes/pki/apiserver.key')).toEqual({
      path: '/etc/kubernetes/pki/apiserver.key',
      mode: '600',
      owner: expect.stringMatching(/^\S+:\S+$/),
    });
    for (const path of ['/etc/kubernetes/pki/ca.crt', '/etc/kubernetes/admin.conf'])
      expect(byPath.get(path)?.pem, path).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(byPath.get('/var/lib/kubelet/pki/kubelet-client-current.pem')?.pem).toContain('BEGIN CERTIFICATE');
    expect(byPath.get('/etc/kubernetes/pki/broken.pem')?.pem?.match(/BEGIN/g)).toHaveLength(1);
  });

  it('joins rotated files in order and tells the run before apart', () => {
    const lines = (files.get(`${POD}.log`) ?? '').trimEnd().split('\n');

    expect(lines.slice(0, 3)).toEqual([
      '2026-03-01T11:00:01.000000001Z oldest',
      '2026-03-01T11:00:02.000000001Z older',
      '2026-03-01T11:00:03.000000001Z half of a line',
    ]);
    expect(lines.at(-1)).toBe('2026-03-01T11:00:06.000000001Z   indented  text');
    expect(files.get(`${POD}.previous.log`)).toBe('2026-03-01T11:00:00.000000001Z panic: the run before\n');
    expect([...files.keys()].filter((path) => path.includes('web-1'))).toEqual([]);
  });

  it('writes what the artifacts read', () => {
    const text = (id: string, extension: string) =>
      bytes(files.get(`documents/${id}/_node/cp-1.${extension}`));

    expect(nodeSystem.parse(text('node-system', 'txt'))).toMatchObject({ osId: 'debian', osVersion: '13' });
    expect(nodeKubeletConfig.parse(text('node-kubelet-config', 'yaml'))).toMatchObject({ failSwapOn: true });
    expect(nodeNetwork.parse(text('node-network', 'txt'))).toMatchObject({
      nameservers: ['10.0.0.2'],
      cniFiles: ['10-calico.conflist'],
    });
    expect(nodeManifests.parse(text('node-manifests', 'yaml'))).toMatchObject([
      { file: '/etc/kubernetes/manifests/etcd.yaml', kind: 'Pod', hostPaths: ['/var/lib/etcd'] },
    ]);
    const tried = nodeProbes.parse(text('node-probes', 'txt')).map(({ kind, target }) => `${kind} ${target}`);
    expect(tried).toEqual(['local 127.0.0.1:2379', 'local 127.0.0.1:2381', 'local 127.0.0.1:10248']);
  });

  it('has a row for every document and every reason', () => {
    const rows = parseNodeCoverage(bytes(files.get('coverage.tsv')));

    for (const { id } of NODE_DOCUMENTS) expect(rows.map(({ artifact }) => artifact)).toContain(id);
    const reason = rows.find(({ artifact }) => artifact === 'node-containers')?.reason;
    expect(reason).toBe('no socket of a container runtime is there');
  });
});

describe('the node script on this machine', () => {
  it('streams frames that are whole, and leaves nothing behind', () => {
    const scratch = temporaryFolder();

    const run = runNodeScript(['--stream', '--node', 'this-one', '--peers', 'me=127.0.0.1:1'], { scratch });

    expect(run.code).toBe(0);
    const stream = parseNodeStream(run.stdout, 'this-one');
    expect(stream).toMatchObject({ complete: true, archive: { node: 'this-one' } });
    expect(nodeSystem.parse(stream.documents.get('node-system') ?? bytes(''))).toMatchObject({
      kernel: execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim(),
    });
    const probes = nodeProbes.parse(stream.documents.get('node-probes') ?? bytes(''));
    expect(probes.find(({ kind }) => kind === 'node')).toMatchObject({ node: 'me', target: '127.0.0.1:1' });
    for (const artifact of NODE_DOCUMENTS) {
      const body = stream.documents.get(artifact.id);
      if (body) expect(() => artifact.parse(body), artifact.id).not.toThrow();
      else expect(stream.rows.find((row) => row.artifact === artifact.id)?.reason).toBeTruthy();
    }
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('refuses arguments it does not know', () => {
    expect(runNodeScript(['--everything'])).toMatchObject({ code: 2 });
    expect(runNodeScript([])).toMatchObject({ code: 2, stderr: 'give --output FILE or --stream\n' });
  });

  it.each(['sh', 'dash', 'bash --posix', 'busybox sh'])('is understood by %s', (shell) => {
    const [program = '', ...args] = shell.split(' ');
    const checked = spawnSync(program, [...args, '-n', NODE_SCRIPT]);

    // Which shells a machine has differs; `sh` is everywhere.
    if (checked.error && program !== 'sh') return;
    expect(checked).toMatchObject({ status: 0 });
  });
});

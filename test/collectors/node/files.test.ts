import { describe, expect, it } from 'vitest';
import { files } from '../../../collectors/node/files.ts';
import { kubelet } from '../../../collectors/node/kubelet.ts';
import { NODE_DOCUMENTS } from '../../../src/artifacts/node-archive.ts';
import type { ProgressEvent } from '../../../src/collect/progress.ts';
import type { AnyCollector } from '../../../src/model/collector.ts';
import { type Kube, KubeError } from '../../../src/model/kube.ts';
import type { KubeWrites } from '../../../src/model/kube-writes.ts';
import type { ExecOptions, ExecResult } from '../../../src/model/pod-requests.ts';
import { type CollectChanges, collectBundle } from '../../support/collect-bundle.ts';
import { apiResource, COMMON_KINDS, type FakeObject, fakeKube } from '../../support/fake-kube.ts';
import { OBSERVED } from '../../support/fake-reply.ts';

const READY = [{ type: 'Ready', status: 'True' }];
const NODES_RESOURCE = apiResource('', 'Node', 'nodes', { namespaced: false });
const PODS = { image: 'busybox', namespace: 'kube-system', script: 'echo script' };

function node(name: string, conditions: readonly object[] = READY): FakeObject {
  const addresses = [{ type: 'InternalIP', address: `10.0.0.${name.length}` }];
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { conditions, addresses } };
}

function podOn(nodeName: string, status: object = { conditions: READY }): FakeObject {
  const metadata = { name: `kubecase-${nodeName}`, namespace: 'kube-system' };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName, containers: [] }, status };
}

function frame(path: string, body: string): string {
  return `kubecase-entry ${path} ${Buffer.byteLength(body)}\n${body}`;
}

function answerOf(name: string, rows = ''): string {
  return [
    frame(
      'node-archive.json',
      `{"format":"kubecase-node-archive","formatVersion":1,"node":"${name}","time":"2026-03-01T11:59:00Z"}`,
    ),
    frame(`documents/node-system/_node/${name}.txt`, `==> uname <==\nLinux ${name} 6.12.0 x86_64\n`),
    frame(`documents/node-kubelet-config/_node/${name}.yaml`, 'failSwapOn: true\n'),
    frame(`documents/node-firewall/_node/${name}.txt`, '*filter\n'),
    frame(`logs/_node/${name}/kubelet.log`, '2026-03-01T11:58:00Z kubelet\n'),
    frame(`logs/kube-system/etcd-${name}/etcd.log`, '2026-03-01T11:58:00Z etcd\n'),
    frame(
      'coverage.tsv',
      `#node\t${name}\nnode-containers\tnot-found\tno socket\nnode-firewall\ttruncated\tcut at 9 bytes\nlogs/kernel\terror\tnot allowed\n${rows}`,
    ),
  ].join('');
}

/** The cluster's side: what was created and removed, and what the script answers. */
function setup(
  objects: readonly FakeObject[],
  exec: (options: ExecOptions) => Promise<Partial<ExecResult>> = async ({ command }) => ({
    stdout: Buffer.from(answerOf(command[6] ?? '')),
  }),
) {
  const log: string[] = [];
  const commands: string[][] = [];
  const writes: KubeWrites = {
    async create(collection, body) {
      const { name } = (body as { metadata: { name: string } }).metadata;
      log.push(`create ${collection.split('/').at(-1)}`);
      return { name, namespace: 'kube-system', uid: 'u' };
    },
    async remove(path) {
      log.push(`remove ${path.split('/').at(-2)}`);
      return true;
    },
    close: async () => {},
  };
  const kube: Kube = {
    ...fakeKube({ resources: [...COMMON_KINDS, NODES_RESOURCE], objects }),
    async exec(options) {
      commands.push([...options.command]);
      const answer = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), exitCode: 0, truncated: false };
      return { ...answer, ...(await exec(options)) };
    },
  };
  const run = (changes: CollectChanges = {}, collectors: readonly AnyCollector[] = [files]) =>
    collectBundle(kube, collectors, {
      optIns: ['--nodes'],
      connectWrites: async () => writes,
      ...changes,
      options: { nodes: PODS, ...changes.options },
    });
  return { log, commands, writes, run, kube };
}

const CREATED = ['create jobs', 'create daemonsets'];
const REMOVED = ['remove daemonsets', 'remove jobs'];

describe('node/files', () => {
  it('runs the script once on every node and keeps what it gives, at the time it gives', async () => {
    const { log, commands, run } = setup([node('cp-1'), node('w-1'), podOn('cp-1'), podOn('w-1')]);

    const bundle = await run();

    expect(log).toEqual([...CREATED, ...REMOVED]);
    expect(commands.map((command) => command[6]).sort()).toEqual(['cp-1', 'w-1']);
    expect(commands[0]).toContain('--peers');
    expect(bundle.entries.get('documents/node-system/_node/w-1.txt')).toContain('Linux w-1');
    expect(bundle.entries.get('logs/_node/cp-1/kubelet.log')).toContain('kubelet');
    expect(bundle.entries.get('logs/kube-system/etcd-cp-1/etcd.1.log')).toContain('etcd');
    const entry = bundle.manifest.entries.find(({ path }) => path.endsWith('_node/w-1.txt'));
    expect(entry?.observedAt).toEqual({
      time: '2026-03-01T11:59:00Z',
      source: 'collector',
      errorSeconds: 180,
    });
  });

  it('gives each document of each node a row, with the reasons of the node', async () => {
    const bundle = await setup([node('cp-1'), podOn('cp-1')]).run();

    for (const { id } of NODE_DOCUMENTS) expect(bundle.row(id, 'node/cp-1'), id).toBeDefined();
    expect(bundle.row('node-system', 'node/cp-1')).toMatchObject({ outcome: 'collected' });
    expect(bundle.row('node-containers', 'node/cp-1')).toMatchObject({
      outcome: 'not-found',
      reason: 'no socket',
    });
    expect(bundle.row('node-firewall', 'node/cp-1')).toMatchObject({
      outcome: 'truncated',
      reason: 'cut at 9 bytes',
    });
    expect(bundle.row('node-time', 'node/cp-1')).toMatchObject({ outcome: 'error' });
    expect(bundle.row('logs', 'unit/cp-1/kernel')).toMatchObject({ outcome: 'error', reason: 'not allowed' });
  });

  it('says of a node without a ready pod why, and reads the others', async () => {
    const waiting = { reason: 'ImagePullBackOff', message: 'no such image' };
    const pulling = podOn('w-2', { containerStatuses: [{ name: 'files', state: { waiting } }] });
    const objects = [node('w-1'), node('w-2'), node('w-3', []), podOn('w-1'), pulling];

    const bundle = await setup(objects).run();

    expect(bundle.row('node-system', 'node/w-1')?.outcome).toBe('collected');
    expect(bundle.row('node-probes', 'node/w-2')).toMatchObject({
      outcome: 'timed-out',
      reason: 'no pod of kubecase came to run there: ImagePullBackOff: no such image',
    });
    expect(bundle.row('node-system', 'node/w-3')?.reason).toContain('the node is not ready');
  });

  it('tells the right it lacks, and still removes what may have been made', async () => {
    const { log, writes, run } = setup([node('w-1'), podOn('w-1')]);
    const rule = { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create'] };
    const refuse = () => Promise.reject(new KubeError('forbidden', 'jobs is forbidden', { rule }));

    const bundle = await run({ connectWrites: async () => ({ ...writes, create: refuse }) });

    expect(bundle.row('node-system')).toMatchObject({ outcome: 'forbidden', fix: { rule } });
    expect(log).toEqual(['remove jobs']);
  });

  it('records a script that fails, with its own words', async () => {
    const failing = async () => ({ stderr: Buffer.from('sh: chroot: not found\nmore'), exitCode: 127 });

    const bundle = await setup([node('w-1'), podOn('w-1')], failing).run();

    for (const id of ['node-system', 'node-probes'])
      expect(bundle.row(id, 'node/w-1')).toMatchObject({
        outcome: 'error',
        reason: 'the script ended with 127: sh: chroot: not found',
      });
  });

  it('creates nothing without the flag', async () => {
    const { log, run } = setup([node('w-1')]);

    const bundle = await run({ optIns: [] });

    expect(log).toEqual([]);
    expect(bundle.row('node-system')).toMatchObject({ outcome: 'skipped' });
  });

  it('removes everything when the user interrupts while a node is read', async () => {
    const interrupt = new AbortController();
    const { log, run } = setup([node('w-1'), podOn('w-1')], () => {
      setImmediate(() => interrupt.abort());
      return new Promise(() => {});
    });

    const bundle = await run({ signal: interrupt.signal });

    expect(log).toEqual([...CREATED, ...REMOVED]);
    expect(bundle.manifest.complete).toBe(false);
  });

  it('names what could not be removed', async () => {
    const { writes, run } = setup([node('w-1'), podOn('w-1')]);
    const events: ProgressEvent[] = [];
    const remove = () => Promise.reject(new KubeError('refused', 'connection refused'));

    await run({
      connectWrites: async () => ({ ...writes, remove }),
      onProgress: (event) => events.push(event),
    });

    expect(events.filter(({ type }) => type === 'left-over')).toMatchObject([
      { path: expect.stringContaining('/daemonsets/kubecase-nodes-'), reason: 'connection refused' },
      { path: expect.stringContaining('/jobs/kubecase-nodes-') },
    ]);
  });

  it('beside a kubelet asked for its configuration keeps both', async () => {
    const { kube, run } = setup([node('w-1'), podOn('w-1')]);
    kube.get = async (path) => ({
      status: 200,
      headers: {},
      body: Buffer.from(path.endsWith('/configz') ? '{"kubeletconfig":{}}' : '{}'),
      truncated: false,
      observedAt: OBSERVED,
      sentAt: OBSERVED.time,
      receivedAt: OBSERVED.time,
    });

    const bundle = await run({ optIns: ['--nodes', '--node-proxy'] }, [files, kubelet]);

    const stored = bundle.manifest.entries.filter(({ artifact }) => artifact === 'node-kubelet-config');
    expect(stored.map(({ sample }) => sample).sort()).toEqual([0, 1]);
  });
});

import { describe, expect, it } from 'vitest';
import { createTemporary } from '../../../src/collect/temporary.ts';
import type { KubeWrites } from '../../../src/model/kube-writes.ts';

const JOBS = '/apis/batch/v1/namespaces/kube-system/jobs';
const JOB = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { generateName: 'kubecase-nodes-', namespace: 'kube-system', labels: { a: 'b' } },
};

function fakeWrites(answer: () => Promise<unknown> = async () => {}) {
  const log: string[] = [];
  const bodies: { metadata: { name: string; labels: object } }[] = [];
  const writes: KubeWrites = {
    async create(collection, body) {
      bodies.push(body as (typeof bodies)[0]);
      log.push(`create ${collection}`);
      await answer();
      log.push('created');
      return { name: bodies.at(-1)!.metadata.name, namespace: 'kube-system', uid: '1' };
    },
    async remove(path) {
      log.push(`remove ${path.replace(/[0-9a-f]{8}$/, '…')}`);
      return true;
    },
    async close() {
      log.push('close');
    },
  };
  return { log, bodies, writes };
}

describe('temporary objects', () => {
  it('get a name and a label, and go in the order opposite to their coming', async () => {
    const { log, bodies, writes } = fakeWrites();
    const temporary = createTemporary(async () => writes);

    const job = await temporary.objects.create(JOBS, JOB);
    await temporary.objects.create('/other', JOB);
    const left = await temporary.removeAll();

    expect(bodies[0]?.metadata).toEqual({
      namespace: 'kube-system',
      name: expect.stringMatching(/^kubecase-nodes-[0-9a-f]{8}$/),
      labels: { a: 'b', 'app.kubernetes.io/managed-by': 'kubecase' },
    });
    expect(job.name).toBe(bodies[0]?.metadata.name);
    expect(log.slice(-3)).toEqual([
      'remove /other/kubecase-nodes-…',
      `remove ${JOBS}/kubecase-nodes-…`,
      'close',
    ]);
    expect(left).toEqual([]);
  });

  it('whose answer was lost are removed as well', async () => {
    const { log, writes } = fakeWrites(() => Promise.reject(new Error('reset')));
    const temporary = createTemporary(async () => writes);

    await expect(temporary.objects.create(JOBS, JOB)).rejects.toThrow('reset');
    await temporary.removeAll();

    expect(log).toContain(`remove ${JOBS}/kubecase-nodes-…`);
  });

  it('are waited for before they are removed, and none comes after', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { log, writes } = fakeWrites(() => promise);
    const temporary = createTemporary(async () => writes);

    const creating = temporary.objects.create(JOBS, JOB);
    const removing = temporary.removeAll();
    await new Promise((done) => setImmediate(done));
    expect(log).toEqual([`create ${JOBS}`]);
    resolve();
    await Promise.all([creating, removing]);

    expect(log.slice(1, 3)).toEqual(['created', `remove ${JOBS}/kubecase-nodes-…`]);
    await expect(temporary.objects.create(JOBS, JOB)).rejects.toThrow(/ended/);
  });

  it('that cannot be removed are named with the reason', async () => {
    const { writes } = fakeWrites();
    const refusing = { ...writes, remove: () => Promise.reject(new Error('forbidden')) };
    const temporary = createTemporary(async () => refusing);
    await temporary.objects.create(JOBS, JOB);

    expect(await temporary.removeAll()).toMatchObject([{ reason: 'forbidden' }]);
  });

  it('open no connection when none is made', async () => {
    let opened = 0;
    const temporary = createTemporary(async () => {
      opened++;
      return fakeWrites().writes;
    });

    await temporary.removeAll();

    expect(opened).toBe(0);
  });
});

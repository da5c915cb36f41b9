import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connect } from '../../../src/kube/connect.ts';
import { expectUserError, runCli, startCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { collected, kindOf, list, namespace, writeBundle } from './served-bundle.ts';

const PODS = {
  entries: [list(kindOf('Pod'), namespace('shop'), [{ metadata: { name: 'web', namespace: 'shop' } }])],
  coverage: [collected('resources:core/Pod')],
};

describe('kubecase serve', () => {
  it('answers until it is interrupted and leaves no kubeconfig behind', async () => {
    const folder = temporaryFolder();
    const file = await writeBundle(PODS);
    const running = startCli(['serve', file], { cwd: folder });
    await running.stderrHas('Ctrl-C ends it.');
    const kubeconfig = join(folder, 'bundle.kubeconfig');
    const mode = statSync(kubeconfig).mode & 0o777;

    const kube = await connect({ kubeconfig, signal: new AbortController().signal, env: {} });
    const { body } = await kube.get('/api/v1/pods', { signal: new AbortController().signal });
    await kube.close();
    running.child.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;

    expect(JSON.parse(body.toString()).items).toHaveLength(1);
    expect({ code, stdout, mode }).toEqual({ code: 0, stdout: 'bundle.kubeconfig\n', mode: 0o600 });
    expect(stderr).toContain('kubectl --kubeconfig bundle.kubeconfig get pods -A');
    expect(existsSync(kubeconfig)).toBe(false);
  });

  it('says in one line what it cannot serve', async () => {
    const folder = temporaryFolder();

    expectUserError(await runCli(['serve', join(folder, 'none.tar.gz')]), 2, /no such file/);
    expectUserError(await runCli(['serve', folder, '--no-cache']), 2, /no bundle and no Kubernetes object/);
  });

  it('closes when its kubeconfig cannot be written', async () => {
    const file = await writeBundle(PODS);

    const result = await runCli(['serve', file, '--kubeconfig-file', '/dev/null/x']);

    expectUserError(result, 2, /\/dev\/null\/x: cannot be written/);
  });
});

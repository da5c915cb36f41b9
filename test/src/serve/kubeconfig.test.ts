import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kubeconfigText, writeKubeconfig } from '../../../src/serve/kubeconfig.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';

const TEXT = kubeconfigText({
  context: 'c',
  server: 'https://127.0.0.1:1',
  authority: 'PEM',
  token: 'secret',
});

describe('the kubeconfig of a served bundle', () => {
  it('can be read by its owner only', async () => {
    const file = join(temporaryFolder(), 'kubeconfig');

    await writeKubeconfig(file, TEXT);

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      'current-context': 'c',
      users: [{ user: { token: 'secret' } }],
    });
  });

  it('replaces an older one of its kind, with its rights', async () => {
    const file = join(temporaryFolder(), 'kubeconfig');
    writeFileSync(file, TEXT.replace('secret', 'older'), { mode: 0o644 });

    await writeKubeconfig(file, TEXT);

    expect(readFileSync(file, 'utf8')).toBe(TEXT);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('never replaces a kubeconfig of somebody else', async () => {
    const file = join(temporaryFolder(), 'kubeconfig');
    writeFileSync(file, 'apiVersion: v1\nkind: Config\n');

    await expect(writeKubeconfig(file, TEXT)).rejects.toThrow(/was not made by `kubecase serve`/);

    expect(readFileSync(file, 'utf8')).toBe('apiVersion: v1\nkind: Config\n');
  });

  it('says where it cannot be written', async () => {
    const file = join(temporaryFolder(), 'none', 'kubeconfig');

    await expect(writeKubeconfig(file, TEXT)).rejects.toThrow(/cannot be written \(ENOENT\)/);
  });
});

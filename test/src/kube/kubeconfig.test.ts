import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../src/kube/connect.ts';
import type { UserError } from '../../../src/model/errors.ts';
import { failureOf, NEVER } from '../../support/kube-session.ts';
import { kubeconfigOf, type ScratchFolder, scratchFolder } from '../../support/kubeconfig-file.ts';

let folder: ScratchFolder;

beforeAll(() => {
  folder = scratchFolder();
});

afterAll(() => folder.remove());

async function userError(options: Partial<Parameters<typeof connect>[0]>): Promise<UserError> {
  const error: unknown = await failureOf(connect({ signal: NEVER, env: { HOME: folder.path }, ...options }));
  expect(error).toMatchObject({ name: 'UserError', exitCode: 2 });
  const { message, hint } = error as UserError;
  expect(message).not.toContain('\n');
  expect(hint).toMatch(/^[^\n]+$/);
  return error as UserError;
}

describe('connect: which kubeconfig', () => {
  it('says where it looked when there is none', async () => {
    const error = await userError({});

    expect(error).toMatchObject({ code: 'kubeconfig-missing' });
    expect(error.message).toBe(`no kubeconfig found (looked at ${join(folder.path, '.kube', 'config')})`);
    expect(error.hint).toContain('--kubeconfig');
  });

  it('refuses a file named by the flag that does not exist', async () => {
    const error = await userError({ kubeconfig: join(folder.path, 'nowhere') });

    expect(error.message).toBe(`kubeconfig ${join(folder.path, 'nowhere')} does not exist`);
  });

  it('refuses a path that cannot be read', async () => {
    const error = await userError({ kubeconfig: folder.path });

    expect(error).toMatchObject({ code: 'kubeconfig-unreadable' });
    expect(error.message).toContain('EISDIR');
  });

  it('gives the reason and the line of a YAML error without quoting the file', async () => {
    const file = folder.write('broken.yaml', 'users:\n- name: a\n  user: {token: top-secret\nclusters: [}\n');

    const error = await userError({ kubeconfig: file });

    expect(error).toMatchObject({ code: 'kubeconfig-invalid' });
    expect(error.message).toMatch(/is not valid: .+ \(line \d+\)$/);
    expect(error.message).not.toContain('top-secret');
  });

  it('refuses a file that is no kubeconfig', async () => {
    for (const [i, text] of ['just text', '42', '[]', '# only a comment'].entries()) {
      const error = await userError({ kubeconfig: folder.write(`no-config-${i}`, text) });
      expect(error.code, text).toMatch(/^(kubeconfig-invalid|context-unknown|kubeconfig-missing)$/);
    }
  });

  it('lists the known contexts when the wanted one is not there', async () => {
    const error = await userError({
      kubeconfig: folder.write('one', kubeconfigOf({ context: 'prod' })),
      context: 'staging',
    });

    expect(error).toMatchObject({ code: 'context-unknown', hint: 'known contexts: prod' });
    expect(error.message).toBe('context staging is not in the kubeconfig');
  });

  it('refuses a context whose cluster has no server', async () => {
    const file = folder.write('no-server', kubeconfigOf({ context: 'a', cluster: { server: '' } }));

    expect((await userError({ kubeconfig: file })).message).toContain('names the cluster c');
  });

  it('refuses http:// beyond this machine and anything that is no address', async () => {
    const plain = folder.write('plain', kubeconfigOf({ context: 'a', server: 'http://10.0.0.1:8080' }));
    const none = folder.write('none', kubeconfigOf({ context: 'a', server: 'localhost' }));

    expect(await userError({ kubeconfig: plain })).toMatchObject({ code: 'server-insecure' });
    expect(await userError({ kubeconfig: none })).toMatchObject({ code: 'kubeconfig-invalid' });
  });

  it('does not go around a proxy it cannot use', async () => {
    const file = folder.write(
      'proxied',
      kubeconfigOf({ context: 'a', cluster: { 'proxy-url': 'socks5://ops:secret@proxy:1080' } }),
    );

    const error = await userError({ kubeconfig: file });
    expect(error).toMatchObject({ code: 'proxy-unsupported' });
    expect(error.message).not.toContain('secret');
  });

  it('merges the files of $KUBECONFIG that exist; the first definition of a name wins', async () => {
    const first = folder.write('first', {
      ...kubeconfigOf({ context: 'a', server: 'https://one:1', namespace: 'shop' }),
    });
    const second = folder.write(
      'second',
      kubeconfigOf({ context: 'b', server: 'https://two:2', current: 'b' }),
    );
    const env = {
      KUBECONFIG: [join(folder.path, 'missing'), first, second].join(delimiter),
      HOME: folder.path,
    };

    const current = await connect({ signal: NEVER, env });
    const other = await connect({ signal: NEVER, env, context: 'b' });

    expect(current).toMatchObject({ context: 'a', server: 'https://one:1', namespace: 'shop' });
    expect(other).toMatchObject({ context: 'b', server: 'https://one:1', namespace: 'default' });
  });
});

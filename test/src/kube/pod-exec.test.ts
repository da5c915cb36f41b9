import { afterEach, describe, expect, it } from 'vitest';
import type { ExecOptions } from '../../../src/model/pod-requests.ts';
import type { ExecFrame } from '../../support/fake-api-server.ts';
import { failureOf, type KubeSession, kubeSession, NEVER } from '../../support/kube-session.ts';

const MEMBERS: ExecOptions = {
  namespace: 'kube-system',
  pod: 'etcd-cp-1',
  container: 'etcd',
  command: ['etcdctl', 'member', 'list', '-w', 'json'],
  signal: NEVER,
};
const SUCCESS: ExecFrame = [3, '{"metadata":{},"status":"Success"}'];

let session: KubeSession | undefined;

afterEach(async () => {
  await session?.close();
});

async function run(frames: readonly ExecFrame[], options: Partial<ExecOptions> = {}) {
  session = await kubeSession({
    commands: { 'kube-system/etcd-cp-1/etcd etcdctl member list -w json': frames },
  });
  return session.kube.exec({ ...MEMBERS, ...options });
}

describe('exec', () => {
  it('gives what a command wrote, each argument as it was given', async () => {
    const result = await run([[1, '{"members"'], [2, 'a warning'], [1, ':[]}'], SUCCESS]);

    expect(result.stdout.toString()).toBe('{"members":[]}');
    expect(result.stderr.toString()).toBe('a warning');
    expect(result).toMatchObject({ exitCode: 0, truncated: false });
    expect(session?.server.requests[0]).toBe(
      'UPGRADE /api/v1/namespaces/kube-system/pods/etcd-cp-1/exec?container=etcd&command=etcdctl&command=member&command=list&command=-w&command=json&stdout=true&stderr=true',
    );
  });

  it('gives the exit code of a command that fails', async () => {
    const outcome = {
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    };

    expect(
      await run([
        [2, 'no leader'],
        [3, JSON.stringify(outcome)],
      ]),
    ).toMatchObject({ exitCode: 7 });
  });

  it('says that a command is not in the image', async () => {
    const message =
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown';
    const outcome = { status: 'Failure', reason: 'InternalError', message };

    const error = await failureOf(run([[3, JSON.stringify(outcome)]]));

    expect(error.kind).toBe('not-found');
    expect(error.message).toContain('executable file not found');
  });

  it('cuts output that is too long', async () => {
    const result = await run([[1, 'x'.repeat(5000)], 'hang'], { maxBytes: 1000 });

    expect(result.stdout).toHaveLength(1000);
    expect(result).toMatchObject({ exitCode: undefined, truncated: true });
  });

  it('ends a command that never answers at the deadline', async () => {
    const error = await failureOf(run(['hang'], { timeoutMs: 200 }));

    expect(error.kind).toBe('timeout');
    expect(error.message).toBe(
      'container etcd of pod kube-system/etcd-cp-1: `etcdctl` did not end within 0.2 s',
    );
  });

  it('ends when the caller gives up', async () => {
    const giveUp = new AbortController();
    const running = failureOf(run(['hang'], { signal: giveUp.signal }));
    giveUp.abort();

    expect((await running).kind).toBe('aborted');
  });

  it('does not take a broken connection for the end of the command', async () => {
    const error = await failureOf(run([[1, '{"members":'], 'break']));

    expect(error.kind).toBe('unavailable');
    expect(error.message).toContain('before the command did');
  });

  it('tells the rule that would have allowed it', async () => {
    session = await kubeSession({});

    const error = await failureOf(session.kube.exec(MEMBERS));

    expect(error).toMatchObject({
      kind: 'forbidden',
      rule: { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] },
    });
  });
});

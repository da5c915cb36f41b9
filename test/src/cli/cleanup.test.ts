import { afterEach, describe, expect, it } from 'vitest';
import { callCli } from '../../support/call-cli.ts';
import {
  type FakeApiServer,
  type Route,
  sendJson,
  sendStatus,
  startFakeApiServer,
} from '../../support/fake-api-server.ts';

const JOBS = '/apis/batch/v1/namespaces/kube-system/jobs';
const DAEMON_SETS = '/apis/apps/v1/namespaces/kube-system/daemonsets';

let server: FakeApiServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

function list(kind: string, ...names: string[]): Route {
  const items = names.map((name) => ({ metadata: { name, namespace: 'kube-system' } }));
  return (_request, response) =>
    sendJson(response, { kind: `${kind}List`, apiVersion: 'v1', metadata: {}, items });
}

const removed: Route = (_request, response) => sendJson(response, { kind: 'Status', status: 'Success' });

async function cleanup(routes: Readonly<Record<string, Route>>, ...args: string[]) {
  server = await startFakeApiServer({ routes });
  return callCli('cleanup', '--kubeconfig', server.kubeconfig(), ...args);
}

describe('cleanup', () => {
  const found = {
    [DAEMON_SETS]: list('DaemonSet', 'kubecase-nodes-1'),
    [JOBS]: list('Job', 'kubecase-nodes-2'),
    [`${DAEMON_SETS}/kubecase-nodes-1`]: removed,
    [`${JOBS}/kubecase-nodes-2`]: removed,
  };

  it('removes by label alone, and prints what', async () => {
    const result = await cleanup(found);

    expect(result).toMatchObject({
      code: 0,
      stdout: 'DaemonSet kube-system/kubecase-nodes-1 removed\nJob kube-system/kubecase-nodes-2 removed\n',
    });
    const lists = server!.requests.filter((one) => one.startsWith('GET'));
    expect(lists).toHaveLength(2);
    for (const one of lists)
      expect(decodeURIComponent(one)).toContain('app.kubernetes.io/managed-by=kubecase');
  });

  it('changes nothing with --dry-run', async () => {
    const result = await cleanup(found, '--dry-run');

    expect(result.stdout).toContain('Job kube-system/kubecase-nodes-2 would be removed');
    expect(server!.requests.filter((one) => one.startsWith('DELETE'))).toEqual([]);
  });

  it('says that there is nothing', async () => {
    const result = await cleanup({ [DAEMON_SETS]: list('DaemonSet'), [JOBS]: list('Job') });

    expect(result).toMatchObject({ code: 0, stdout: 'nothing of kubecase is in namespace kube-system\n' });
  });

  it('names the right it lacks', async () => {
    const refused: Route = (_request, response) =>
      sendStatus(response, 403, { reason: 'Forbidden', message: 'daemonsets.apps is forbidden' });

    const result = await cleanup({ [DAEMON_SETS]: refused });

    expect(result.code).toBe(2);
    expect(result.stderr).toContain('It needs list on daemonsets in namespace kube-system.');
  });
});

describe('node-script', () => {
  it('prints the script whole', async () => {
    const { code, stdout } = await callCli('node-script');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^#!\/bin\/sh\n/);
    expect(stdout).toContain('keep coverage.tsv');
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { callCli } from '../../support/call-cli.ts';
import type { FakeApiServer } from '../../support/fake-api-server.ts';
import { expectUserError } from '../../support/run-cli.ts';
import { startServedCluster } from '../../support/served-cluster.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';

let server: FakeApiServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function served(): Promise<FakeApiServer> {
  server = await startServedCluster(await troubledCluster(['shop'], { leaders: false }));
  return server;
}

describe('rbac', () => {
  it('prints a role with a reason beside each right, bound to an account', async () => {
    const { stdout, stderr, code } = await callCli('rbac', '--offline', '--only', 'kubernetes/logs');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`
apiVersion: v1
kind: ServiceAccount
metadata:
  name: kubecase
  namespace: default
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: kubecase
rules:
  - apiGroups: [""]
    resources:
      - namespaces # names the namespaces and tells the cluster from others
      - pods # finds the containers
    verbs: [list]
  - apiGroups: [""]
    resources:
      - pods/log # reads container logs
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: kubecase
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: kubecase
subjects:
  - kind: ServiceAccount
    name: kubecase
    namespace: default
`);
  });

  it('names no kind by a wildcard and no verb that changes anything', async () => {
    const { stdout } = await callCli('rbac', '--offline', '-o', 'json');
    const { items } = JSON.parse(stdout) as { items: { rules?: { verbs: string[] }[] }[] };

    expect(stdout).not.toContain('*');
    const verbs = new Set(items.flatMap(({ rules }) => rules ?? []).flatMap((rule) => rule.verbs));
    // Port-forward is a `create` of a subresource.
    expect([...verbs].sort()).toEqual(['create', 'get', 'list']);
    const quiet = await callCli('rbac', '--offline', '-o', 'json', '--no-port-forward');
    expect(quiet.stdout).not.toContain('create');
  });

  it('asks for the kinds of the cluster, and for nothing else', async () => {
    const { kubeconfig, requests } = await served();

    const { stdout, code } = await callCli('rbac', '--kubeconfig', kubeconfig(), '-o', 'json');

    expect(code).toBe(0);
    expect(requests.every((request) => /^GET \/apis?(?:\/[^/]+){0,2}$/.test(request))).toBe(true);
    expect(stdout).toContain('"pods/log"');
    expect(stdout).not.toContain('podsecuritypolicies');
  });

  it('makes a Role in each namespace asked for, and binds an existing user', async () => {
    const args = ['-n', 'shop,kong', '--user', 'mia@example.org', '--only', 'kubernetes/logs'];
    const { stdout } = await callCli('rbac', '--offline', '-o', 'json', ...args);
    const { items } = JSON.parse(stdout) as {
      items: { kind: string; metadata: { namespace?: string }; subjects?: unknown[] }[];
    };

    expect(items.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? '*'}`)).toEqual([
      'ClusterRole *',
      'ClusterRoleBinding *',
      'Role kong',
      'RoleBinding kong',
      'Role shop',
      'RoleBinding shop',
    ]);
    const mia = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'mia@example.org' };
    expect(items[1]?.subjects).toEqual([mia]);
  });

  it('refuses groups it cannot spell out, and groups beside a cluster', async () => {
    expectUserError(
      await callCli('rbac', '--offline', '--group', 'widgets'),
      2,
      /--group widgets: neither a known group nor <plural>/,
    );
    expectUserError(
      await callCli('rbac', '--group', 'cert-manager.io'),
      2,
      /--group names kinds for --offline/,
    );
  });
});

describe('collect --dry-run', () => {
  it('prints what would be asked and asks for discovery only', async () => {
    const { kubeconfig, requests } = await served();

    const { stdout, stderr, code } = await callCli('collect', '--dry-run', '--kubeconfig', kubeconfig());

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(requests.every((request) => /^GET \/apis?(?:\/[^/]+){0,2}$/.test(request))).toBe(true);
    const lines = stdout.split('\n');
    expect(lines).toContain('GET /api/v1/pods?limit=500 # kubernetes/resources; pages of 500');
    expect(lines).toContain('GET /api/v1/namespaces/{namespace}/pods/{name}/log # reads container logs');
    expect(lines.filter((line) => line.startsWith('GET /api/v1/pods?'))).toHaveLength(1);
    expect(lines.some((line) => line.startsWith('GET /metrics # '))).toBe(true);
  });

  it('names what --consistent asks besides', async () => {
    const { kubeconfig } = await served();

    const { stdout } = await callCli('collect', '--dry-run', '--consistent', '--kubeconfig', kubeconfig());

    expect(stdout).toContain('GET /api/v1/namespaces?limit=1 # `--consistent`: ');
    expect(stdout).toContain('GET /apis/apiregistration.k8s.io/v1/apiservices?limit=500 # `--consistent`: ');
  });

  it('follows the namespaces and the flags', async () => {
    const { kubeconfig } = await served();
    const args = ['collect', '--dry-run', '-n', 'shop', '--no-port-forward', '--kubeconfig', kubeconfig()];

    const { stdout } = await callCli(...args);

    expect(stdout).toContain('GET /api/v1/namespaces/shop/pods?limit=500 # ');
    expect(stdout).toContain('GET /api/v1/namespaces/shop/pods/{name}/log # ');
    expect(stdout).not.toContain('portforward');
    expect(stdout).not.toContain('/exec');
  });
});

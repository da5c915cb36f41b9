import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createAuthority } from '../cluster/pki.ts';
import { temporaryFolder } from '../src/bundle/bundle-fixture.ts';

/** The script as it is shipped. */
export const NODE_SCRIPT = join(import.meta.dirname, '../../collectors/node/files.sh');

/** Values that must never leave a node. */
export const NODE_SECRETS = {
  password: 'hunter2-of-etcd',
  bearer: 'abcdefghij0123456789klmnop',
  urlPassword: 'proxy-pass-77',
} as const;

/** A value only the redaction of a bundle or report knows for a secret: by the name beside it. */
export const NODE_NAMED_SECRET = 'green-horse-battery';

/** A folder that looks like the root of a control plane node, and the keys that lie in it. */
export interface NodeRoot {
  readonly path: string;
  /** Base64 lines of every private key in it. */
  readonly keyLines: readonly string[];
}

/** Makes the root of node `cp-1`: kubeadm's folders, static pods with rotated logs, keys in likely and unlikely places. */
export async function createNodeRoot(path: string = temporaryFolder()): Promise<NodeRoot> {
  const put = (file: string, content: string | Uint8Array, mode = 0o644): void => {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), content, { mode });
  };
  const authority = await createAuthority('kubernetes');
  const issued = [];
  for (const name of ['kube-apiserver', 'system:node:cp-1', 'kubernetes-admin'])
    issued.push(await authority.issue({ commonName: name }));
  const [server, kubelet, admin] = issued as [(typeof issued)[0], (typeof issued)[0], (typeof issued)[0]];
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  put('etc/os-release', 'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian GNU/Linux 13"\n');
  put('etc/hostname', 'CP-1\n');
  put('etc/resolv.conf', 'nameserver 10.0.0.2\nsearch example.org\n');
  put('etc/cni/net.d/10-calico.conflist', '{}');
  put('var/lib/kubelet/config.yaml', 'failSwapOn: true\nstaticPodPath: /etc/kubernetes/manifests\n');
  put('etc/kubernetes/pki/ca.crt', authority.certificate);
  put('etc/kubernetes/pki/apiserver.crt', server.certificate);
  put('etc/kubernetes/pki/apiserver.key', server.key, 0o600);
  put(
    'etc/kubernetes/pki/broken.pem',
    `-----BEGIN CERTIFICATE-----\nMIIB\n${server.key}\n${server.certificate}\n`,
  );
  put(
    'etc/kubernetes/admin.conf',
    `users:\n- name: admin\n  user:\n    client-certificate-data: ${base64(admin.certificate)}\n    client-key-data: ${base64(admin.key)}\n`,
    0o600,
  );
  put('var/lib/kubelet/pki/kubelet-client-2026.pem', `${kubelet.certificate}\n${kubelet.key}\n`, 0o600);
  // As the kubelet makes it: an absolute link, which leads elsewhere when the root is mounted.
  symlinkSync(
    '/var/lib/kubelet/pki/kubelet-client-2026.pem',
    join(path, 'var/lib/kubelet/pki/kubelet-client-current.pem'),
  );
  put('etc/kubernetes/manifests/etcd.yaml', manifest(kubelet.key));
  putLogs(put, server.key);
  const keyLines = issued.flatMap(({ key }) =>
    key.split('\n').filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line)),
  );
  return { path, keyLines: [...keyLines, base64(admin.key).slice(0, 60)] };
}

function manifest(key: string): string {
  const lines = key.trimEnd().split('\n');
  return [
    'apiVersion: v1',
    'kind: Pod',
    'metadata: {name: etcd, namespace: kube-system}',
    'spec:',
    '  containers:',
    '  - name: etcd',
    '    image: registry.example.org/etcd:3.5.30',
    '    env:',
    `    - {name: CONNECTION, value: "password=${NODE_SECRETS.password}"}`,
    `    - {name: PROXY, value: "http://mia:${NODE_SECRETS.urlPassword}@proxy:3128"}`,
    '    - name: ETCD_ROOT_PASSWORD',
    `      value: ${NODE_NAMED_SECRET}`,
    '    - name: KEY',
    '      value: |',
    ...lines.map((line) => `        ${line}`),
    '  volumes:',
    '  - {name: data, hostPath: {path: /var/lib/etcd}}',
    '',
  ].join('\n');
}

function putLogs(put: (file: string, content: string | Uint8Array) => void, key: string): void {
  const folder = 'var/log/pods/kube-system_etcd-cp-1_0123abcd/etcd';
  const line = (second: number, text: string, tag = 'F') =>
    `2026-03-01T11:00:0${second}.000000001Z stderr ${tag} ${text}\n`;
  put(`${folder}/0.log`, line(0, 'panic: the run before'));
  put(`${folder}/1.log.20260301-110100.gz`, gzipSync(line(1, 'oldest')));
  put(`${folder}/1.log.20260301-110200`, line(2, 'older'));
  put(
    `${folder}/1.log`,
    [
      line(3, 'half of a ', 'P'),
      line(3, 'line'),
      line(4, `Authorization: Bearer ${NODE_SECRETS.bearer}`),
      ...key.split('\n').map((text) => line(5, text)),
      line(6, '  indented  text'),
    ].join(''),
  );
  put('var/log/pods/shop_web-1_9999/web/0.log', line(1, 'a pod of a user'));
}

/** What a run of the script left. */
export interface ScriptRun {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs the script; `shell` may be `busybox sh`. Nothing outside this machine is tried. */
export function runNodeScript(
  args: readonly string[],
  {
    root,
    shell = 'sh',
    scratch,
  }: { readonly root?: string; readonly shell?: string; readonly scratch?: string } = {},
): ScriptRun {
  const [program = 'sh', ...first] = shell.split(' ');
  const env = {
    PATH: process.env.PATH,
    ...(root === undefined ? {} : { ROOT: root }),
    ...(scratch === undefined ? {} : { TMPDIR: scratch }),
  };
  const run = spawnSync(program, [...first, NODE_SCRIPT, '--no-outside', ...args], {
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr.toString() };
}

/** Text of each file of an archive, by the system's own tar. */
export function untar(archive: string): Map<string, string> {
  const names = execFileSync('tar', ['tzf', archive], { encoding: 'utf8' }).trimEnd().split('\n');
  const files = names.filter((name) => !name.endsWith('/'));
  const read = (name: string): string => execFileSync('tar', ['xzOf', archive, name], { encoding: 'utf8' });
  return new Map(files.map((name) => [name, read(name)]));
}

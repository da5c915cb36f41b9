import { spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import {
  ADVERTISED,
  apiServerFlags,
  controllerManagerFlags,
  etcdFlags,
  kwokFlags,
  type Ports,
  schedulerFlags,
} from './flags.ts';
import { type KwokDocument, writeKwokConfig } from './kwok.ts';
import { type Authority, createAuthority, type Issued, serviceAccountKeys } from './pki.ts';
import { type Daemon, freePorts, startDaemon, waitFor } from './processes.ts';

/** What a finished program left. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** A running Kubernetes control plane on loopback, with kwok in place of kubelets. */
export interface ControlPlane {
  /** Kubeconfig of an administrator (`system:masters`), with the real authority in it. */
  readonly kubeconfig: string;
  /** URL of the API server. */
  readonly server: string;
  /** URL of etcd, without TLS; built-in kinds are stored as JSON. */
  readonly etcd: string;
  /** Folder with keys, kubeconfigs and `<program>.log` of each daemon. */
  readonly dir: string;
  /** Real kubectl as administrator unless `args` names another kubeconfig; `input` goes to its stdin. */
  kubectl(args: readonly string[], input?: string): Promise<CommandResult>;
  /** Path of a kubeconfig with a client certificate of this user; rights come from RBAC objects alone. */
  userKubeconfig(user: { readonly name: string; readonly groups?: readonly string[] }): Promise<string>;
  /** Ends one daemon, by the name of its log file. */
  stopDaemon(name: string): Promise<void>;
  /** Starts a daemon that was ended again, with the flags it had. */
  startAgain(name: string): Promise<void>;
  /** Ends everything; the folder stays. */
  stop(): Promise<void>;
}

/** How a control plane differs from the plain one. */
export interface ControlPlaneOptions {
  /** Folder for its state and logs; made when absent. */
  readonly dir: string;
  readonly binaries: Binaries;
  /** Stages, logs and port-forwards beside kwok's own stages. */
  readonly kwok?: readonly KwokDocument[];
  /** Further flags of etcd, e.g. how large its store may grow. */
  readonly etcdFlags?: readonly string[];
  /** Further flags of kube-apiserver, e.g. an audit policy. */
  readonly apiServerFlags?: readonly string[];
  /** Starts etcd and kube-apiserver alone: nothing schedules, runs or counts what is written. */
  readonly storesOnly?: boolean;
  /** Further flags of kube-controller-manager, e.g. how soon a silent node counts as gone. */
  readonly controllerManagerFlags?: readonly string[];
  /** Further flags of kube-scheduler, e.g. how long its lease is valid. */
  readonly schedulerFlags?: readonly string[];
  /** Seconds the lease of a simulated node is valid; it is renewed after a quarter of them. */
  readonly nodeLeaseSeconds?: number;
}

interface Setup {
  readonly options: ControlPlaneOptions;
  readonly authority: Authority;
  readonly ports: Ports;
  readonly server: string;
}

// 10.96.0.1 is the address of the service `kubernetes` in SERVICE_RANGE, ADVERTISED that of its endpoint.
const API_NAMES = ['localhost', 'kubernetes.default.svc', '127.0.0.1', '10.96.0.1', ADVERTISED];

/** Starts etcd, kube-apiserver and, unless told otherwise, what acts on its objects, and waits until they work. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const daemons: Daemon[] = [];
  const stop = async (): Promise<void> => {
    // The API server goes before etcd, so that it does not fill its log with retries.
    for (const daemon of [...daemons].reverse()) await daemon.stop();
  };
  try {
    const setup = await prepare(options);
    const plane = describePlane(setup, daemons, stop);
    await startDaemons(setup, plane, daemons);
    return plane;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepare(options: ControlPlaneOptions): Promise<Setup> {
  const { dir } = options;
  await mkdir(dir, { recursive: true });
  const [etcd, etcdPeer, api, kwok] = (await freePorts(4)) as [number, number, number, number];
  const authority = await createAuthority('kubernetes-ca');
  const setup: Setup = {
    options,
    authority,
    ports: { etcd, etcdPeer, api, kwok },
    server: `https://127.0.0.1:${api}`,
  };
  const accounts = serviceAccountKeys();
  await writeFile(join(dir, 'ca.crt'), authority.certificate);
  await writeFile(join(dir, 'sa.pub'), accounts.publicKey);
  await writePrivate(join(dir, 'sa.key'), accounts.privateKey);
  await writePair(
    dir,
    'apiserver',
    await authority.issue({ commonName: 'kube-apiserver', names: API_NAMES }),
  );
  await writePair(dir, 'kubelet', await authority.issue({ commonName: 'kwok', names: ['127.0.0.1'] }));
  const admin = { commonName: 'kubernetes-admin', organizations: ['system:masters'] };
  await writeKubeconfig(setup, 'admin', admin);
  await writePair(dir, 'admin', await authority.issue(admin));
  for (const name of ['kube-controller-manager', 'kube-scheduler']) {
    await writeKubeconfig(setup, name, { commonName: `system:${name}` });
  }
  await writeKwokConfig(join(dir, 'kwok.yaml'), options.binaries.kwokModuleDir, options.kwok ?? []);
  return setup;
}

function describePlane(setup: Setup, daemons: Daemon[], stop: () => Promise<void>): ControlPlane {
  const { dir, binaries } = setup.options;
  const kubeconfig = join(dir, 'admin.kubeconfig');
  return {
    kubeconfig,
    server: setup.server,
    etcd: `http://127.0.0.1:${setup.ports.etcd}`,
    dir,
    kubectl: (args, input) =>
      runCommand(binaries.kubectl, args, { KUBECONFIG: kubeconfig, HOME: dir }, input),
    userKubeconfig: ({ name, groups }) =>
      writeKubeconfig(setup, `user-${name.replace(/[^\w.-]/g, '_')}`, {
        commonName: name,
        ...(groups ? { organizations: groups } : {}),
      }),
    stopDaemon: (name) => daemonOf(daemons, name).stop(),
    startAgain: async (name) => {
      const stopped = daemonOf(daemons, name);
      daemons[daemons.indexOf(stopped)] = await startDaemon(stopped.program);
    },
    stop,
  };
}

function daemonOf(daemons: readonly Daemon[], name: string): Daemon {
  const daemon = daemons.find(({ program }) => program.name === name);
  if (daemon === undefined) throw new Error(`no daemon is called ${name}`);
  return daemon;
}

async function startDaemons(setup: Setup, plane: ControlPlane, daemons: Daemon[]): Promise<void> {
  const { dir, binaries } = setup.options;
  const start = async (name: string, command: string, args: readonly string[]): Promise<void> => {
    daemons.push(await startDaemon({ name, command, args, dir }));
  };
  const succeeds = async (args: readonly string[]): Promise<boolean> =>
    (await plane.kubectl([...args, '--request-timeout=5s'])).code === 0;

  await start('etcd', binaries.etcd, [...etcdFlags(dir, setup.ports), ...(setup.options.etcdFlags ?? [])]);
  await start('kube-apiserver', binaries.kubeApiserver, [
    ...apiServerFlags(dir, setup.ports),
    ...(setup.options.apiServerFlags ?? []),
  ]);
  await waitFor('readiness of kube-apiserver', () => succeeds(['get', '--raw', '/readyz']), { daemons });
  if (setup.options.storesOnly) return;
  await start('kube-controller-manager', binaries.kubeControllerManager, [
    ...controllerManagerFlags(dir),
    ...(setup.options.controllerManagerFlags ?? []),
  ]);
  await start('kube-scheduler', binaries.kubeScheduler, [
    ...schedulerFlags(dir),
    ...(setup.options.schedulerFlags ?? []),
  ]);
  await start('kwok', binaries.kwok, kwokFlags(dir, setup.ports, setup.options.nodeLeaseSeconds));
  // Pods are refused until their namespace has its service account, which the controller manager makes.
  const ready = ['-n', 'default', 'get', 'serviceaccount', 'default'];
  await waitFor('the first service account', () => succeeds(ready), { daemons });
  const lease = ['-n', 'kube-system', 'get', 'lease', 'kube-scheduler', 'kube-controller-manager'];
  await waitFor('leader election', () => succeeds(lease), { daemons });
}

async function writeKubeconfig(
  setup: Setup,
  name: string,
  user: { readonly commonName: string; readonly organizations?: readonly string[] },
): Promise<string> {
  const { certificate, key } = await setup.authority.issue(user);
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const cluster = {
    server: setup.server,
    'certificate-authority-data': base64(setup.authority.certificate),
  };
  const credentials = { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
  const path = join(setup.options.dir, `${name}.kubeconfig`);
  // JSON is YAML: no library needed to write it.
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'real',
    clusters: [{ name: 'real', cluster }],
    users: [{ name: user.commonName, user: credentials }],
    contexts: [{ name: 'real', context: { cluster: 'real', user: user.commonName } }],
  };
  await writePrivate(path, `${JSON.stringify(content, null, 2)}\n`);
  return path;
}

async function writePair(dir: string, name: string, issued: Issued): Promise<void> {
  await writeFile(join(dir, `${name}.crt`), issued.certificate);
  await writePrivate(join(dir, `${name}.key`), issued.key);
}

async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
}

function runCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string | undefined,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString('utf8');
      resolve({ stdout: text(out), stderr: text(err), code: code ?? -1 });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
  });
}

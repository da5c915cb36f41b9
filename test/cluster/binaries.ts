import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, constants, cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Version of kube-apiserver, its companions and kubectl, as `go/kubernetes/go.mod` requires it. */
export const KUBERNETES_VERSION = 'v1.36.3';

/** Paths of every program the cluster tests start. */
export interface Binaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
  readonly kubeScheduler: string;
  readonly kubectl: string;
  /** kubectl 1.20, the oldest client that is to read a served bundle. */
  readonly oldKubectl: string;
  readonly kwok: string;
  /** Folder with kwok's own stages, under `kustomize/stage` as in its module. */
  readonly kwokModuleDir: string;
}

/** Why the cluster tests cannot run here, in one line. */
export interface Unavailable {
  readonly unavailable: string;
}

interface GoModule {
  /** Folder under `test/cluster/go`. */
  readonly name: string;
  readonly ldflags: string;
  /** File name in the cache → package to build. */
  readonly commands: Readonly<Record<string, string>>;
}

const MODULES: readonly GoModule[] = [
  { name: 'etcd', ldflags: '-s -w', commands: { etcd: 'go.etcd.io/etcd/server/v3' } },
  {
    name: 'kubernetes',
    ldflags: `-s -w ${versionFlags(KUBERNETES_VERSION)}`,
    commands: {
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
    },
  },
  { name: 'kwok', ldflags: '-s -w', commands: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' } },
];

/** Apart from the others, which take minutes: a change here does not build them again. */
const OLD_CLIENT: readonly GoModule[] = [
  {
    name: 'old-kubectl',
    ldflags: `-s -w ${versionFlags('v1.20.15')}`,
    commands: { 'old-kubectl': '.' },
  },
];

const MODULE_ROOT = join(import.meta.dirname, 'go');
const STAGES = join('kustomize', 'stage');
/** Folder beside the programs with what kwok reads from its module: without stages it exits. */
const KWOK_MODULE = 'kwok-module';

/**
 * The programs of a real control plane: from the folder `KUBEBUILDER_ASSETS` names (envtest's convention),
 * else from the cache, else built once from the Go modules beside this file, which takes minutes.
 */
export async function binaries(): Promise<Binaries | Unavailable> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  const cache = await cacheFolder(MODULES);
  const oldCache = await cacheFolder(OLD_CLIENT);
  const problem = (await complete(MODULES, assets, cache)) ?? (await complete(OLD_CLIENT, assets, oldCache));
  if (problem !== undefined) return { unavailable: problem };
  const path = (name: string): Promise<string> => locate(name, assets, cache);
  return {
    etcd: await path('etcd'),
    kubeApiserver: await path('kube-apiserver'),
    kubeControllerManager: await path('kube-controller-manager'),
    kubeScheduler: await path('kube-scheduler'),
    kubectl: await path('kubectl'),
    oldKubectl: await locate('old-kubectl', assets, oldCache),
    kwok: await path('kwok'),
    kwokModuleDir: await path(KWOK_MODULE),
  };
}

/** {@link binaries}, or an error that says why the cluster tests cannot run. */
export async function requireBinaries(): Promise<Binaries> {
  const found = await binaries();
  if ('unavailable' in found) throw new Error(`test:cluster cannot run: ${found.unavailable}`);
  return found;
}

/** Without these a program calls itself v0.0.0 and everything that compares versions goes wrong. */
function versionFlags(version: string): string {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const name = 'k8s.io/component-base/version';
  return `-X ${name}.gitVersion=${version} -X ${name}.gitMajor=${major} -X ${name}.gitMinor=${minor}`;
}

/** Builds what is missing of some modules; what kept it from that, if anything. */
async function complete(
  modules: readonly GoModule[],
  assets: string | undefined,
  cache: string,
): Promise<string | undefined> {
  const missing: GoModule[] = [];
  for (const module of modules) {
    if (!(await isComplete(module, assets, cache))) missing.push(module);
  }
  return missing.length > 0 ? build(missing, cache) : undefined;
}

/** Named after what decides the content: the modules' sums and the link flags. */
async function cacheFolder(modules: readonly GoModule[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, ldflags } of modules) {
    hash.update(await readFile(join(MODULE_ROOT, name, 'go.mod')));
    hash.update(await readFile(join(MODULE_ROOT, name, 'go.sum')));
    hash.update(ldflags);
  }
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base, 'kubecase-test', hash.digest('hex').slice(0, 16));
}

async function isComplete(module: GoModule, assets: string | undefined, cache: string): Promise<boolean> {
  const names = Object.keys(module.commands);
  for (const name of module.name === 'kwok' ? [...names, KWOK_MODULE] : names) {
    if (!(await exists(await locate(name, assets, cache)))) return false;
  }
  return true;
}

async function locate(name: string, assets: string | undefined, cache: string): Promise<string> {
  const own = assets === undefined ? undefined : join(assets, name);
  return own !== undefined && (await exists(own)) ? own : join(cache, name);
}

/** Builds into a folder of this process and moves each file, so that a cut or parallel build leaves nothing half. */
async function build(modules: readonly GoModule[], cache: string): Promise<string | undefined> {
  const version = await goVersion();
  if (version === undefined) {
    return 'Go is not installed; install Go 1.26 or newer, or set KUBEBUILDER_ASSETS to a folder with the binaries';
  }
  const scratch = `${cache}.${process.pid}`;
  try {
    await mkdir(cache, { recursive: true });
    await mkdir(scratch, { recursive: true });
    for (const module of modules) await buildModule(module, scratch, cache);
    return undefined;
  } catch (error) {
    return `the Go build failed with ${version}: ${lastLine(error)}`;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function buildModule(module: GoModule, scratch: string, cache: string): Promise<void> {
  const cwd = join(MODULE_ROOT, module.name);
  for (const [name, source] of Object.entries(module.commands)) {
    const out = join(scratch, name);
    process.stderr.write(`cluster tests: building ${name} (once, minutes on a cold cache)\n`);
    await go(['build', '-mod=readonly', '-trimpath', '-ldflags', module.ldflags, '-o', out, source], cwd);
    await rename(out, join(cache, name));
  }
  if (module.name !== 'kwok') return;
  const { stdout } = await go(['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'], cwd);
  const target = join(cache, KWOK_MODULE, STAGES);
  await cp(join(stdout.trim(), STAGES), target, { recursive: true, force: true });
}

function go(args: readonly string[], cwd: string): Promise<{ stdout: string }> {
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
  return run('nice', ['go', ...args], { cwd, env, maxBuffer: 64 * 1024 * 1024 });
}

async function goVersion(): Promise<string | undefined> {
  try {
    return (await run('go', ['version'])).stdout.trim().split(' ').slice(2, 3).join('');
  } catch {
    return undefined;
  }
}

function lastLine(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  return text.trim().split('\n').at(-1) || String(error);
}

/** A program that may be run, or a folder that may be entered. */
function exists(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

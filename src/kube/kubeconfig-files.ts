import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { type Cluster, type Context, KubeConfig, loadYaml, type User } from '@kubernetes/client-node';
import { UserError } from '../model/errors.ts';
import { codeOf, oneLine } from './failure.ts';

/** What the rules for finding a kubeconfig look at. */
export interface KubeconfigSource {
  /** The `--kubeconfig` flag; then only this file counts and it must exist. */
  readonly kubeconfig?: string | undefined;
  /** Environment: `KUBECONFIG`, `HOME`, and inside a cluster `KUBERNETES_SERVICE_HOST`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const NO_KUBECONFIG_HINT = 'name one with --kubeconfig FILE or $KUBECONFIG';

/**
 * Finds and merges kubeconfig files as kubectl does: the flag alone, else the files of `$KUBECONFIG` that exist,
 * else `~/.kube/config`; the first definition of a name wins. Without any: the service account of the pod
 * we run in. Throws UserError.
 */
export function readKubeconfig(source: KubeconfigSource): KubeConfig {
  const { files, mayBeMissing } = candidateFiles(source);
  const configs: KubeConfig[] = [];
  for (const file of files) {
    const config = readOne(file, mayBeMissing);
    if (config) configs.push(config);
  }
  if (configs.length > 0) return merge(configs);
  return readInCluster(source, files);
}

function candidateFiles(source: KubeconfigSource): { files: string[]; mayBeMissing: boolean } {
  if (source.kubeconfig !== undefined) return { files: [source.kubeconfig], mayBeMissing: false };
  const listed = (source.env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  if (listed.length > 0) return { files: listed, mayBeMissing: true };
  return { files: [join(source.env.HOME ?? homedir(), '.kube', 'config')], mayBeMissing: true };
}

function readOne(file: string, mayBeMissing: boolean): KubeConfig | undefined {
  const text = readText(file, mayBeMissing);
  if (text === undefined || text.trim() === '') return undefined;
  const config = new KubeConfig();
  try {
    // An entry that is broken matters only when it is used; the same as with kubectl.
    config.loadFromString(text, { onInvalidEntry: 'filter' });
    const raw = rawUsers(text);
    applyTokenFiles(config, raw, dirname(resolve(file)));
    applyImpersonation(config, raw);
  } catch (cause) {
    throw invalid(file, cause);
  }
  config.makePathsAbsolute(dirname(resolve(file)));
  return config;
}

function readText(file: string, mayBeMissing: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT') {
      if (mayBeMissing) return undefined;
      throw new UserError('kubeconfig-missing', `kubeconfig ${file} does not exist`, {
        hint: 'check the path given with --kubeconfig',
        cause,
      });
    }
    throw new UserError('kubeconfig-unreadable', `kubeconfig ${file} cannot be read (${code})`, {
      hint: code === 'EACCES' ? 'check its permissions' : NO_KUBECONFIG_HINT,
      cause,
    });
  }
}

/**
 * The `tokenFile` field of a user, which client-node does not read under that name; its own reader of
 * rotated token files takes it as an auth provider.
 */
function applyTokenFiles(config: KubeConfig, raw: RawUsers, folder: string): void {
  config.users = config.users.map((user) => {
    const file = raw.get(user.name)?.tokenFile;
    if (typeof file !== 'string' || file === '') return user;
    // kubectl prefers the file to the token beside it.
    const tokenFile = resolve(folder, file);
    return { ...user, token: undefined, authProvider: { name: 'tokenFile', config: { tokenFile } } };
  });
}

/** Whom a user of the kubeconfig acts as, beside `as`, which client-node knows. */
export interface Impersonation {
  readonly groups: readonly string[];
  readonly uid: string | undefined;
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** A user with the fields of impersonation client-node does not read: `as-groups`, `as-uid`, `as-user-extra`. */
export type ImpersonatingUser = User & { readonly impersonation?: Impersonation };

function applyImpersonation(config: KubeConfig, raw: RawUsers): void {
  config.users = config.users.map((user): ImpersonatingUser => {
    const fields = raw.get(user.name);
    const groups = strings(fields?.['as-groups']);
    const uid = typeof fields?.['as-uid'] === 'string' ? fields['as-uid'] : undefined;
    const extra = Object.fromEntries(
      Object.entries(fields?.['as-user-extra'] ?? {}).map(([key, values]) => [key, strings(values)]),
    );
    if (groups.length === 0 && uid === undefined && Object.keys(extra).length === 0) return user;
    return { ...user, impersonation: { groups, uid, extra } };
  });
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

type RawUsers = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** The users as the file has them, by name; the first of a name counts. */
function rawUsers(text: string): RawUsers {
  const raw = loadYaml<{ users?: { name?: string; user?: Record<string, unknown> }[] }>(text);
  const users = new Map<string, Readonly<Record<string, unknown>>>();
  for (const entry of Array.isArray(raw?.users) ? raw.users : []) {
    if (typeof entry?.name === 'string' && entry.user && !users.has(entry.name))
      users.set(entry.name, entry.user);
  }
  return users;
}

/** The reason of a YAML error without its excerpt, which could quote a credential. */
function invalid(file: string, cause: unknown): UserError {
  const { reason, mark } = (cause ?? {}) as { reason?: unknown; mark?: { line?: unknown } };
  const where = typeof mark?.line === 'number' ? ` (line ${mark.line + 1})` : '';
  const what =
    typeof reason === 'string' ? `${oneLine(reason)}${where}` : 'it has not the form of a kubeconfig';
  return new UserError('kubeconfig-invalid', `kubeconfig ${file} is not valid: ${what}`, {
    hint: `try: kubectl config view --kubeconfig ${file}`,
    cause,
  });
}

function merge(configs: readonly KubeConfig[]): KubeConfig {
  const merged = new KubeConfig();
  merged.loadFromOptions({
    clusters: firstOfEachName<Cluster>(configs.flatMap((config) => config.clusters)),
    users: firstOfEachName<User>(configs.flatMap((config) => config.users)),
    contexts: firstOfEachName<Context>(configs.flatMap((config) => config.contexts)),
    currentContext: configs.map((config) => config.currentContext).find(Boolean),
  });
  return merged;
}

function firstOfEachName<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  const byName = new Map<string, T>();
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
}

function readInCluster(source: KubeconfigSource, files: readonly string[]): KubeConfig {
  if (!source.env.KUBERNETES_SERVICE_HOST) {
    const places = files.join(', ');
    throw new UserError('kubeconfig-missing', `no kubeconfig found (looked at ${places})`, {
      hint: NO_KUBECONFIG_HINT,
    });
  }
  const config = new KubeConfig();
  config.loadFromCluster();
  return config;
}

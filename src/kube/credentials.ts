import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { UserError } from '../model/errors.ts';
import type { PublicCredentials } from '../model/kube.ts';
import { codeOf, oneLine } from './failure.ts';
import type { Target } from './kubeconfig.ts';
import type { ImpersonatingUser } from './kubeconfig-files.ts';

/** How long a credential plugin (`users[].user.exec`) may take; a person may have to log in. */
const PLUGIN_TIMEOUT_MS = 60_000;

/** What a connection needs: TLS material and request headers. Never leaves src/kube. */
export interface Credentials {
  readonly tls: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly servername?: string;
    readonly rejectUnauthorized?: boolean;
  };
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** Reads files, runs the credential plugin if there is one, and gives what to send. Throws UserError. */
export async function readCredentials(target: Target, signal: AbortSignal): Promise<Credentials> {
  const options: RequestOptions = {};
  const plugin = target.user?.exec?.command ?? target.user?.authProvider?.name;
  try {
    await withDeadline(target.config.applyToHTTPSOptions(options), signal);
  } catch (cause) {
    throw credentialError(plugin, cause);
  }
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value.trim();
  }
  Object.assign(headers, impersonationHeaders(target.user));
  if (options.auth) headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  const tls = onlyDefined({
    ca: text(options.ca),
    cert: text(options.cert),
    key: text(options.key),
    servername: options.servername,
    rejectUnauthorized: options.rejectUnauthorized,
  });
  refuseUnreadable(target, tls);
  return { tls, headers };
}

/** Headers of impersonation, as client-go sends them (transport/round_trippers.go). */
function impersonationHeaders(user: ImpersonatingUser | undefined): Record<string, string | string[]> {
  const { groups = [], uid, extra = {} } = user?.impersonation ?? {};
  const headers: Record<string, string | string[]> = {};
  if (groups.length > 0) headers['impersonate-group'] = [...groups];
  if (uid !== undefined) headers['impersonate-uid'] = uid;
  for (const [key, values] of Object.entries(extra)) {
    // A key is the rest of a header's name: what no token of HTTP may hold is percent-encoded.
    headers[`impersonate-extra-${encodeURIComponent(key.toLowerCase()).replace(/[()]/g, escapeCharacter)}`] =
      [...values];
  }
  return headers;
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`;
}

/** Certificates and keys that cannot be read would look like a TLS failure of the server. */
function refuseUnreadable({ clusterName, user }: Target, { ca, cert, key }: Credentials['tls']): void {
  const hint = 'see: kubectl config view --raw';
  if (ca !== undefined && !ca.includes('-----BEGIN ')) {
    const message = `the certificate authority of cluster ${clusterName} in the kubeconfig is no PEM certificate`;
    throw new UserError('kubeconfig-invalid', message, { hint });
  }
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const reason = cause instanceof Error ? firstLine(cause.message) : String(cause);
    const message = `client certificate and key of user ${user?.name} in the kubeconfig cannot be used: ${reason}`;
    throw new UserError('kubeconfig-invalid', message, { hint, cause });
  }
}

/** The parts of the kubeconfig that may be shown: certificates and names. Unreadable files are left out. */
export function publicCredentials(target: Target): PublicCredentials {
  const cluster = target.config.getCurrentCluster();
  return {
    serverCa: publicPem(cluster?.caFile, cluster?.caData),
    clientCertificate: publicPem(target.user?.certFile, target.user?.certData),
    clusterName: target.clusterName,
    userName: target.user?.name,
    tlsServerName: cluster?.tlsServerName,
    insecure: target.server.protocol === 'https:' && cluster?.skipTLSVerify === true,
  };
}

/** Certificates only: a client certificate file may well hold the key beside them. */
const CERTIFICATE_BLOCK =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

function publicPem(file: string | undefined, data: string | undefined): string | undefined {
  const source = file ? readIfThere(file) : data ? Buffer.from(data, 'base64').toString('utf8') : undefined;
  const blocks = source?.match(CERTIFICATE_BLOCK);
  return blocks ? `${blocks.join('\n')}\n` : undefined;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function text(value: RequestOptions['ca'] | RequestOptions['key']): string | undefined {
  return typeof value === 'string' || Buffer.isBuffer(value) ? value.toString() : undefined;
}

/** An option that is present but undefined would override the defaults of `node:tls`. */
function onlyDefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

async function withDeadline(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PLUGIN_TIMEOUT_MS)]);
  limit.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(limit.reason);
  limit.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    limit.removeEventListener('abort', onAbort);
  }
}

function credentialError(plugin: string | undefined, cause: unknown): UserError {
  const code = codeOf(cause);
  const path = typeof cause === 'object' && cause !== null && 'path' in cause ? String(cause.path) : '';
  const reason = cause instanceof Error ? firstLine(cause.message) : String(cause);
  if (plugin !== undefined && plugin !== 'tokenFile') {
    const missing = code === 'ENOENT' ? 'it is not installed or not in $PATH' : reason;
    return new UserError('credentials-unavailable', `credential plugin ${plugin} failed: ${missing}`, {
      hint: 'try: kubectl get --raw /version',
      cause,
    });
  }
  const what = code === '' ? reason : `${path} (${code})`;
  return new UserError('credentials-unavailable', `credentials of the kubeconfig cannot be read: ${what}`, {
    hint: 'see: kubectl config view',
    cause,
  });
}

function firstLine(message: string): string {
  const line = message.split('\n').find((part) => part.trim() !== '');
  return line === undefined ? 'it gave no reason' : oneLine(line);
}

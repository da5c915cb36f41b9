import { type Input, logSignals } from '../model/artifact.ts';
import type { LogHit, LogMatches } from '../model/log-signals.ts';

/**
 * What Kong's planes write of their link, in the words of its source (facts: kong.md §2). A data plane that
 * connects writes nothing at the default level: only failures are signals, their absence proves nothing.
 */
export const kongLog = logSignals({
  component: { id: 'kong' },
  patterns: {
    linkBroken: {
      any: ['connection to control plane '],
      re: /connection to control plane (?:wss?:\/\/)?(?<address>[^\s/?]+)\S* broken: (?<error>.+?)(?: \(retrying after \d+ seconds?\)|, context:|$)/,
    },
    // Since Kong 3.7 with `cluster_rpc`.
    rpcBroken: {
      any: [
        '[rpc] unable to connect to peer: ',
        'connection to node_id: control_plane broken, err: ',
        'sync get_delta error: ',
      ],
      re: /(?:unable to connect to peer: |control_plane broken, err: |sync get_delta error: )(?<error>.+?)(?:, reconnecting in|, context:|$)/,
    },
    linkLost: {
      any: [
        'did not receive pong frame from control plane',
        'unable to send basic information to control plane: ',
        'unable to send ping frame to control plane: ',
        // Before 2.5.
        'unable to ping control plane node: ',
        'error while receiving frame from control plane: ',
      ],
      re: /(?<error>did not receive pong frame[^,[]*|(?:unable to send (?:basic information|ping frame) to|error while receiving frame from) control plane: .+?|unable to ping control plane node: .+?)(?: \(retrying after| \[|, context:|$)/,
    },
    unconfigured: {
      any: [
        'no configuration available (empty configuration present)',
        'no configuration available (configuration hash is not initialized)',
      ],
    },
    // Once per cache whenever a configuration is applied: the only sign of success at the default level.
    applied: { any: ['[DB cache] purging (local) cache'] },
    // Words of troubleshooting guides that no version of Kong's open source writes (facts: kong.md §0).
    foreign: {
      any: [
        'failed to connect to control plane',
        'cluster: reconnecting',
        'waiting for configuration',
        'certificate verify failed',
      ],
      // OpenSSL's own words stand in lines about upstreams too.
      re: /^(?!.*(?:upstream|SSL_do_handshake))(?=.*(?:control[ _]plane|cluster|waiting for configuration)).*(?<error>failed to connect to control plane|cluster: reconnecting|waiting for configuration|certificate verify failed)/,
    },
    // A control plane refuses a data plane's certificate; the last two are nginx's, at level info only.
    certificateRefused: {
      any: [
        'data plane failed to present client certificate',
        'data plane presented incorrect client certificate',
        'unable to load data plane client certificate during handshake',
        'data plane client certificate was revoked',
        'client SSL certificate verify error',
        'client sent no required SSL certificate',
      ],
    },
    // A control plane that cannot write into its database what it hears.
    notRecorded: { any: ['unable to update clustering data plane status'] },
  },
});

/** What the scan found of these signals. */
export type KongLog = Input<typeof kongLog>;

/** Why the link to the control plane fails, by what has to be done about it. */
export type LinkFailureClass =
  | 'dnsFailed'
  | 'unreachable'
  | 'tlsExpired'
  | 'tlsUntrusted'
  | 'tlsChain'
  | 'hostMismatch'
  | 'tlsFailed'
  | 'rejectedByControlPlane'
  | 'wrongBackend'
  | 'proxyFailed'
  | 'payloadTooBig'
  | 'interrupted';

/** OpenSSL's verification results (X509_V_ERR_*) as `ssl handshake failed: N: …` carries them. */
const TLS_CODES: Readonly<Record<string, LinkFailureClass>> = {
  2: 'tlsChain',
  10: 'tlsExpired',
  18: 'tlsUntrusted',
  19: 'tlsUntrusted',
  20: 'tlsUntrusted',
  21: 'tlsUntrusted',
  22: 'tlsChain',
};

/** The first that matches counts: a name that does not resolve also reads `failed to connect: …`. */
const WORDS: readonly (readonly [RegExp, LinkFailureClass])[] = [
  [/dns resolution failed|dns server error|dns client error|name error|host not found/i, 'dnsFailed'],
  [/connection to the proxy server/, 'proxyFailed'],
  [/certificate host mismatch/, 'hostMismatch'],
  [/certificate has expired/, 'tlsExpired'],
  [/self[- ]signed certificate|unable to get local issuer|unable to verify the first/, 'tlsUntrusted'],
  [/unable to get issuer certificate|certificate chain too long/, 'tlsChain'],
  [/handshake failed/, 'tlsFailed'],
  [/unexpected HTTP response code: (?:400|401|403)/, 'rejectedByControlPlane'],
  [/unexpected HTTP response code/, 'wrongBackend'],
  [/failed to receive response header: closed/, 'rejectedByControlPlane'],
  [/failed to connect/, 'unreachable'],
  [/exceeding max payload len/, 'payloadTooBig'],
];

/** The class of an error of the link, in the words of `resty.websocket` and of OpenSSL. */
export function linkFailureClass(error: string): LinkFailureClass {
  const code = /ssl handshake failed: (\d+):/.exec(error)?.[1];
  const known = code === undefined ? undefined : TLS_CODES[code];
  return known ?? WORDS.find(([words]) => words.test(error))?.[1] ?? (code ? 'tlsFailed' : 'interrupted');
}

/** The step of the way to the control plane a failure belongs to; `link`: the connection itself was made. */
export type LinkStep = 'dns' | 'tcp' | 'tls' | 'link';

const STEPS: Readonly<Record<LinkFailureClass, LinkStep>> = {
  dnsFailed: 'dns',
  unreachable: 'tcp',
  proxyFailed: 'tcp',
  tlsExpired: 'tls',
  tlsUntrusted: 'tls',
  tlsChain: 'tls',
  hostMismatch: 'tls',
  tlsFailed: 'tls',
  rejectedByControlPlane: 'tls',
  wrongBackend: 'tls',
  payloadTooBig: 'link',
  interrupted: 'link',
};

/** How far the data plane came: steps before it were taken. */
export function stepOf(failure: LinkFailureClass): LinkStep {
  return STEPS[failure];
}

/** Whether the certificates of the two planes have to be looked at. */
export function isAboutCertificates(failure: LinkFailureClass): boolean {
  return STEPS[failure] === 'tls' && failure !== 'tlsFailed' && failure !== 'wrongBackend';
}

/** The last failure of the link a log names. */
export interface LinkFailure {
  readonly class: LinkFailureClass;
  /** Kong's own words, without the list of names tried. */
  readonly detail: string;
  readonly matches: LogMatches;
  readonly hit: LogHit;
}

type Container = { readonly namespace: string; readonly pod: string; readonly container: string };

/** The last failure of the link in a data plane's current log. */
export function lastLinkFailure(log: KongLog, container: Container): LinkFailure | undefined {
  const patterns = ['linkBroken', 'rpcBroken', 'linkLost'] as const;
  const found = patterns.flatMap((pattern) => {
    const last = lastHit(log, pattern, container);
    return last ? [last] : [];
  });
  const latest = found.reduce<(typeof found)[number] | undefined>(
    (best, one) => (best && !isLater(one.hit, best.hit) ? best : one),
    undefined,
  );
  if (!latest) return undefined;
  const error = latest.hit.captures.error ?? latest.hit.text;
  return { ...latest, class: linkFailureClass(error), detail: shorten(error) };
}

/** The last line of a pattern in the current log of a container. */
export function lastHit(
  log: KongLog,
  pattern: Parameters<KongLog['matches']>[0],
  container: Container,
): { readonly matches: LogMatches; readonly hit: LogHit } | undefined {
  const matches = log
    .matches(pattern, container)
    .find(({ scope }) => scope.type === 'container' && !scope.previous);
  const hit = matches?.hits.at(-1);
  return matches && hit ? { matches, hit } : undefined;
}

function isLater(one: LogHit, other: LogHit): boolean {
  return one.time && other.time && one.time !== other.time ? one.time > other.time : one.line > other.line;
}

/** `dns server error: 3 name error. Tried: […]` → without what was tried. */
function shorten(error: string): string {
  return error.replace(/\.? ?Tried: .*$/s, '').replace(/[.\s]+$/, '');
}

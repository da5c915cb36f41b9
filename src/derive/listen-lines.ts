import { logSignals } from '../model/artifact.ts';
import type { LogMatches, LogSignals } from '../model/log-signals.ts';

/** An address a program says it listens on. */
export interface ListenAddress {
  /** As written, without brackets; undefined for all addresses or when it is not said. */
  readonly host?: string;
  readonly port: number;
}

/** What comes before the address in the start lines of common servers and frameworks. */
const LEAD =
  /\b(?:[Ll]istening (?:on|at|for)|[Ll]istens? on|[Rr]unning (?:on|at)|[Ss]erver started on|[Ss]tarted server on|[Ss]tarted on port|[Ss]erving(?: HTTP)? (?:on|at)|[Ss]erver on port|[Ss]tarting (?:HTTP |http )?server|ProtocolHandler \["|ServerConnector@|ready for connections)/;
/** How far behind the lead an address is looked for, in characters. */
const REACH = 120;
const WITH_PORT_WORD =
  /(?:(\[?(?:[\da-fA-F]*[.:*])+[\da-fA-F]*\]?)"?,?\s+)?\bport(?:\(s\))?[:=]?\s*"?(\d{2,5})\b/gi;
const WITH_COLON = /(\[[\da-fA-F:.]*\]|[\w.*-]*):(\d{2,5})\b/g;
const BARE = /^[\s"'`:]*(\d{2,5})\b(?![.:]\d)/;
/** Tomcat and its kin name connectors by protocol and port: `http-nio-8080`. */
const CONNECTOR = /^[\w-]+?-(\d{2,5})"/;

/** Lines by which programs say what they listen on; read of any container. */
export const listenSignals = logSignals({
  component: { id: 'any' },
  patterns: {
    listening: {
      any: [
        'istening on',
        'istening at',
        'istening for',
        'istens on ',
        'isten on ',
        'unning on ',
        'unning at ',
        'erver started on',
        'tarted server on',
        'tarted on port',
        'erving on ',
        'erving at ',
        'erving HTTP on',
        'erver on port',
        'tarting server',
        'tarting HTTP server',
        'tarting http server',
        'ProtocolHandler ["',
        'ServerConnector@',
        'ready for connections',
      ],
      re: new RegExp(`${LEAD.source}.{0,${REACH}}?\\d{2,5}`),
    },
  },
});

/** The address a line says its program listens on; undefined when it says none, or that of another host. */
export function listenAddress(text: string): ListenAddress | undefined {
  const lead = LEAD.exec(text);
  if (!lead) return undefined;
  const rest = text.slice(lead.index + lead[0].length, lead.index + lead[0].length + REACH);
  const bare = (lead[0].endsWith('["') ? CONNECTOR : BARE).exec(rest);
  if (bare) return withPort(undefined, Number(bare[1]));
  const found = [...rest.matchAll(WITH_PORT_WORD), ...rest.matchAll(WITH_COLON)].sort(
    (a, b) => a.index - b.index,
  );
  for (const [, host, port] of found) {
    const own = ownHost(host ?? '');
    if (own !== false) return withPort(own, Number(port));
  }
  return lead[0].endsWith('on port') ? withPort(undefined, Number(/\d{2,5}/.exec(rest)?.[0])) : undefined;
}

function withPort(host: string | undefined, port: number): ListenAddress | undefined {
  if (!(port > 0 && port < 65_536)) return undefined;
  return host === undefined ? { port } : { host, port };
}

const EVERY_ADDRESS = new Set(['', '*', '0.0.0.0', '::']);
const LOOPBACK = new Set(['127.0.0.1', '::1']);

/** The host when it is one of the program's own addresses, undefined for all of them; false for anything else. */
function ownHost(text: string): string | undefined | false {
  const host = text.replace(/^\[|\]$/g, '');
  if (EVERY_ADDRESS.has(host.toLowerCase())) return undefined;
  // Frameworks print `localhost` whatever they are bound to.
  if (host.toLowerCase() === 'localhost') return undefined;
  return LOOPBACK.has(host) || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) ? host : false;
}

/** Whether only programs on the same pod reach an address. */
export function isLoopback({ host }: ListenAddress): boolean {
  return host !== undefined && LOOPBACK.has(host);
}

/** What a container's log says it listens on. */
export interface Listening {
  readonly addresses: readonly ListenAddress[];
  /** Evidence: the matches of its log. */
  readonly matches: LogMatches;
}

/** A container's log, current and previous, and when the runs they are of began. */
export interface StartedRuns {
  readonly owner: { readonly namespace: string; readonly pod: string; readonly container: string };
  /** ISO 8601: `state.running.startedAt` or that of the ended run. */
  readonly current: string | undefined;
  readonly previous: string | undefined;
}

/** How long a container took from its start until it listened on a port, in seconds; undefined when its logs do not tell. */
export function startSeconds(
  signals: LogSignals<'listening'>,
  port: number | undefined,
  { owner, current, previous }: StartedRuns,
): { readonly seconds: number; readonly matches: LogMatches } | undefined {
  for (const matches of signals.matches('listening', owner)) {
    if (matches.scope.type !== 'container') continue;
    const began = Date.parse((matches.scope.previous ? previous : current) ?? '');
    const hit = matches.hits.find((one) => port === undefined || listenAddress(one.text)?.port === port);
    const seconds = (Date.parse(hit?.time ?? '') - began) / 1000;
    if (seconds > 0) return { seconds: Math.round(seconds), matches };
  }
  return undefined;
}

/**
 * What a container says it listens on, in its current log or, for one that was stopped, in the log before;
 * undefined when it says nothing, or more than the scan keeps.
 */
export function listeningOf(
  signals: LogSignals<'listening'>,
  container: { readonly namespace: string; readonly pod: string; readonly container: string },
): Listening | undefined {
  const logs = signals.matches('listening', container);
  const current = logs.find(({ scope }) => scope.type === 'container' && !scope.previous);
  const matches = current ?? logs[0];
  if (matches?.counted !== 'exact' || matches.count > matches.hits.length) return undefined;
  const addresses = matches.hits.map((hit) => listenAddress(hit.text)).filter((one) => one !== undefined);
  return addresses.length === 0 ? undefined : { addresses, matches };
}

import { type Input, logSignals } from '../model/artifact.ts';
import type { LogHit, LogMatches } from '../model/log-signals.ts';

/** What a control plane appends to a line about one data plane (kong/clustering/utils.lua, connect_dp). */
const ABOUT =
  '(?: \\[id: (?<id>[^,\\]]+)(?:, host: (?<host>[^,\\]]+))?(?:, ip: [^,\\]]*)?(?:, version: (?<version>[^\\]]+))?\\])?';

/**
 * What planes write of configuration and versions, in the words of Kong's source 2.5 to 3.9 (facts: kong.md
 * §2.1, §2.2). Successes are at debug: only failures are signals, and their absence proves nothing.
 */
export const kongPlaneLog = logSignals({
  component: { id: 'kong-plane' },
  patterns: {
    // Of a control plane, each with the data plane it is about.
    notSent: {
      any: ['unable to send updated configuration to data plane: '],
      re: new RegExp(
        `unable to send updated configuration to data plane: (?<error>.+?)${ABOUT}(?:, client:|, context:|$)`,
      ),
    },
    versionRefused: {
      any: ['is incompatible with control plane version', 'is incompatible with older control plane version'],
      re: new RegExp(
        `(?<error>data plane version (?:\\S+ )?is incompatible with (?:older )?control plane version.*?)${ABOUT}(?:, client:|, context:|$)`,
      ),
    },
    contentDropped: {
      any: ['which is incompatible with dataplane'],
      re: new RegExp(
        `\\[clustering\\] (?<error>.+? which is incompatible with dataplane.*?)\\.?${ABOUT}(?:, client:|, context:|$)`,
      ),
    },
    handshakeBroken: {
      any: [
        "data plane didn't pass the ",
        'failed to perform server side websocket handshake',
        'failed to receive websocket basic info',
        'failed to decode websocket basic info',
        'invalid basic info data type',
        'missing plugins in basic info data',
        'did not receive ping frame from data plane',
      ],
    },
    // Of a control plane, about all of its data planes.
    exportFailed: {
      any: [
        'unable to export config from database: ',
        'unable to export initial config from database: ',
        'export and pushing config failed: ',
        'unable to send initial configuration to data plane: ',
      ],
      re: /(?:unable to export (?:initial )?config from database|export and pushing config failed|unable to send initial configuration to data plane): (?<error>.+?)(?: \[id: |, client:|, context:|$)/,
    },
    // Of a data plane.
    notApplied: {
      any: ['unable to update running config: ', 'declarative reconfigure failed after'],
      re: /(?:unable to update running config|declarative reconfigure failed after \S+ ms on worker #\d+): (?<error>.+?)(?: \[[^\]]*\])?(?:, context:|$)/,
    },
    // Once per cache whenever a configuration is applied: the only sign of success at the default level.
    applied: { any: ['[DB cache] purging (local) cache'] },
    // Of a node that does not start.
    refusedToStart: {
      any: [
        'cluster certificate and key must be provided to use Hybrid mode',
        'cluster_cert: failed loading certificate from ',
        'cluster_cert_key: failed loading key from ',
        'cluster_ca_cert must be specified when cluster_mtls',
        'failed reading the cluster certificate',
        'failed parsing the cluster certificate',
        'only in-memory storage can be used when role = "data_plane"',
        'in-memory storage can not be used when role = "control_plane"',
        'admin_listen must be specified when role = "control_plane"',
      ],
      re: /(?<error>(?:cluster certificate and key must be|cluster_cert(?:_key)?: failed loading|cluster_ca_cert must be|failed (?:reading|parsing) the cluster|only in-memory storage can|in-memory storage can not|admin_listen must be).*?)(?:, context:|$)/,
    },
    staleSocket: {
      any: ['bind() to unix:', 'Kong is already running in '],
      re: /(?<error>bind\(\) to unix:\S+ failed \(98: [^)]*\)|Kong is already running in \S+)/,
    },
    initFailed: {
      any: [
        'worker initialization error: ',
        'unsafe request processing due to earlier initialization errors',
      ],
      re: /(?:worker initialization error: |restarted \()(?<error>.+?)(?:; this node must be restarted|\)?(?:, client:|, context:|$))/,
    },
  },
});

/** What the scan found of these signals. */
export type KongPlaneLog = Input<typeof kongPlaneLog>;

/** One line, with the log it stands in. */
export interface PlaneLine {
  readonly matches: LogMatches;
  readonly hit: LogHit;
}

type Owner = { readonly namespace: string; readonly pod: string; readonly container: string };

/** The last line of a pattern in the current log of a container that a test accepts. */
export function lastLine(
  log: KongPlaneLog,
  pattern: Parameters<KongPlaneLog['matches']>[0],
  owner: Owner,
  accept: (hit: LogHit) => boolean = () => true,
): PlaneLine | undefined {
  const matches = log
    .matches(pattern, owner)
    .find(({ scope }) => scope.type === 'container' && !scope.previous);
  const hit = matches?.hits.findLast(accept);
  return matches && hit ? { matches, hit } : undefined;
}

/** Whether one line was written after another, by their times, else by their place in one log. */
export function isAfter(one: PlaneLine, other: PlaneLine): boolean {
  return one.hit.time && other.hit.time ? one.hit.time > other.hit.time : one.hit.line > other.hit.line;
}

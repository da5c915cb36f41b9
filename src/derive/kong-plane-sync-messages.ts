import type { Check, Explains, Message } from '../model/message.ts';

const OLD = 'data-plane-configuration-old';
const LISTED = { level: 'certain', reason: 'the list of the control plane says so' } as const;
const LISTED_AND_LOGGED = {
  level: 'certain',
  reason: 'the log of the control plane says so, and nothing was applied after it',
} as const;
const LOGGED = { level: 'certain', reason: 'the log says so, and nothing was applied after it' } as const;

/** A reason why the configuration of a data plane is not what its control plane holds. */
const EXPLAINS_OLD: readonly Explains[] = [
  { effect: OLD, via: ['same-object'] },
  { effect: 'pod-not-ready', via: ['same-object'] },
  { effect: 'service-without-endpoints', via: ['selected-by'] },
];
const REASON = { severity: 'critical', effect: OLD, explains: EXPLAINS_OLD } as const;

/** Replaces the default of the messages below where the log of the control plane is all there is. */
export const CONTROL_PLANE_LOG = {
  level: 'likely',
  reason: 'the log of the control plane says so; its list was not seen',
} as const;

const SAME_PLUGINS = {
  text: 'Install the same plugins in the same versions on both sides (image, `KONG_PLUGINS`, chart value `plugins`), or take the plugin out of the configuration.',
} as const;
const CONTROL_PLANE_LOG_REMEDY = {
  text: 'The log of the control plane names it: `unable to send updated configuration to data plane`.',
  argv: ['kubectl', 'logs', '{controlPlane.name}', '-n', '{controlPlane.namespace}', '--since=1h'],
} as const;
const READ_LOG = {
  text: 'Read its log around the last change of the configuration.',
  argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '--all-containers', '--since=1h'],
} as const;

/** Why data planes that are connected do not serve the current configuration. */
export const SYNC_MESSAGES = {
  pluginMissing: {
    ...REASON,
    confidence: LISTED,
    text: '{pod:object} gets no configuration from {controlPlane:object}: it lacks a plugin that the configuration uses ({detail:text}).',
    remedy: [SAME_PLUGINS, CONTROL_PLANE_LOG_REMEDY],
    groupBy: ['controlPlane', 'detail'],
    check: ['sync', 'hash'],
  },
  pluginVersionDiffers: {
    ...REASON,
    confidence: LISTED,
    text: '{pod:object} gets no configuration from {controlPlane:object}: a plugin the configuration uses has another version there ({detail:text}).',
    remedy: [
      {
        text: 'The major versions of the plugin must agree, and that of the data plane may not be newer than that of the control plane.',
      },
      SAME_PLUGINS,
      CONTROL_PLANE_LOG_REMEDY,
    ],
    groupBy: ['controlPlane', 'detail'],
    check: ['sync', 'hash'],
  },
  filterMissing: {
    ...REASON,
    confidence: LISTED,
    text: '{pod:object} gets no configuration from {controlPlane:object}: it lacks a WebAssembly filter ({detail:text}).',
    remedy: [
      { text: 'Put the same filters into `KONG_WASM_FILTERS_PATH` of both sides.' },
      CONTROL_PLANE_LOG_REMEDY,
    ],
    groupBy: ['controlPlane', 'detail'],
    check: ['sync', 'hash'],
  },
  payloadTooBig: {
    severity: 'critical',
    // Both sides give the link up over it, again and again.
    explains: [{ effect: 'data-plane-not-connected', via: ['same-object'] }, ...EXPLAINS_OLD],
    confidence: LISTED_AND_LOGGED,
    text: '{controlPlane:object} cannot send its configuration to {pod:object}: it is larger than one message may be ({detail:text}).',
    remedy: [
      {
        text: 'Raise `KONG_CLUSTER_MAX_PAYLOAD` on both sides (bytes after compression; 16 MiB by default since 3.4), or make the configuration smaller.',
      },
      CONTROL_PLANE_LOG_REMEDY,
    ],
    groupBy: ['controlPlane'],
    check: ['sync', 'hash'],
  },
  notSent: {
    ...REASON,
    confidence: LISTED_AND_LOGGED,
    text: '{controlPlane:object} does not send its configuration to {pod:object}: {detail:text}.',
    remedy: [
      CONTROL_PLANE_LOG_REMEDY,
      {
        text: 'Words of a version that lacks something (`does not support`): upgrade the data plane, or take it out of the configuration.',
      },
    ],
    groupBy: ['controlPlane', 'detail'],
    check: ['sync', 'hash'],
  },
  notApplied: {
    ...REASON,
    confidence: LOGGED,
    text: '{pod:object} receives the configuration and cannot apply it: {detail:text}. It goes on with the one before.',
    remedy: [
      {
        text: '`bad config received`: the entity it names is not valid for the version or the plugins of this data plane; compare both with those of the control plane.',
      },
      READ_LOG,
    ],
    check: ['applied', 'hash'],
  },
  neverConfigured: {
    severity: 'critical',
    effect: OLD,
    explains: EXPLAINS_OLD,
    confidence: LISTED,
    text: '{pod:object} is connected but runs without a configuration: it reports an empty configuration hash to {controlPlane:object}.',
    remedy: [
      {
        text: 'Look for `unable to update running config` in its log and for `unable to export config` or `payload too big` in the log of the control plane.',
        argv: READ_LOG.argv,
      },
    ],
    check: 'hash',
  },
  hashDiffers: {
    severity: 'warning',
    effect: OLD,
    confidence: {
      level: 'possible',
      reason: 'a change may have been on its way when the control plane was asked',
    },
    text: '{pod:object} is connected and serves another configuration than the other data planes of {controlPlane:object}: `{own:text}`, {count:count} others have `{current:text}`.',
    remedy: [
      {
        text: 'Collect again after a minute: a change reaches all data planes within seconds, a large one later.',
      },
      READ_LOG,
    ],
    check: 'hash',
  },
  exportFailed: {
    severity: 'critical',
    confidence: LOGGED,
    explains: [{ effect: OLD, via: ['same-object'] }],
    text: '{controlPlane:object} cannot read its configuration for its data planes: {detail:text}. None of them gets changes.',
    remedy: [
      {
        text: 'See whether its database answers and whether its migrations are finished (`kong migrations list`).',
        argv: ['kubectl', 'logs', '{controlPlane.name}', '-n', '{controlPlane.namespace}', '--since=1h'],
      },
    ],
  },
  contentDropped: {
    severity: 'info',
    confidence: { level: 'certain', reason: 'the log of the control plane says so' },
    text: '{controlPlane:object} leaves out parts of the configuration for data planes of an older version: {detail:text}.',
    remedy: [{ text: 'Upgrade the data planes to the version of the control plane to have all of it.' }],
  },
} as const satisfies Readonly<Record<string, Message>>;

const ROW = { checklist: 'kong-data-plane' } as const;

/** Rows of the checklist about the configuration. */
export const SYNC_CHECKS = {
  sync: {
    ...ROW,
    item: 'Control plane: sync status',
    expected: '`normal`: the control plane sends the configuration (it does not say that it was applied)',
    found: '{status:text}',
  },
  hash: {
    ...ROW,
    item: 'Configuration: hash',
    expected: 'that of all connected data planes of the control plane',
    found: '{detail:text}',
  },
  applied: {
    ...ROW,
    item: 'Log: configuration',
    expected: 'no failure to apply it after the last success',
    found: '{detail:text}',
  },
} as const satisfies Readonly<Record<string, Check>>;

/** What each `sync_status` means, beside those that are findings (kong/constants.lua, CLUSTERING_SYNC_STATUS). */
export const SYNC_STATUS: Readonly<Record<string, string>> = {
  normal: '`normal`: it is sent the configuration',
  unknown: '`unknown`: it has connected and nothing was decided yet',
};

/** The statuses by which a control plane keeps the configuration back. */
export const STATUS_MESSAGE = {
  plugin_set_incompatible: 'pluginMissing',
  plugin_version_incompatible: 'pluginVersionDiffers',
  filter_set_incompatible: 'filterMissing',
} as const;

/** Messages about what a control plane does not send. */
export type NotSentMessage =
  | 'pluginMissing'
  | 'pluginVersionDiffers'
  | 'filterMissing'
  | 'payloadTooBig'
  | 'notSent';

const WORDS: readonly (readonly [RegExp, NotSentMessage])[] = [
  [/plugin .*is missing from data plane/, 'pluginMissing'],
  [/plugin version .* is different/, 'pluginVersionDiffers'],
  [/missing one or more wasm filters/, 'filterMissing'],
  [/payload too big|max payload/, 'payloadTooBig'],
];

/** The message for the error of a line `unable to send updated configuration to data plane`. */
export function notSentMessage(error: string): NotSentMessage {
  return WORDS.find(([words]) => words.test(error))?.[1] ?? 'notSent';
}

/** Errors of the disk below the prefix, which are a question of its volume: `kong/prefix-volume-full`. */
export const DISK_ERROR = /\bmap full\b|No space left|Input\/output error|\bMDB_|LMDB/;

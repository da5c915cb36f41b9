import { kongLogOf } from '../support/kong.ts';
import { CONTROL_PLANES, DATA_PLANES, rowsOf } from '../support/kong-hybrid.ts';
import { about, notSent } from '../support/kong-plane-builders.ts';
import { ILL_NAME, OLD_HASH, onlyIll, silent, tells, unready } from '../support/kong-scenario.ts';

const CONTROL_PLANE = CONTROL_PLANES[0] as string;
const TOO_LARGE =
  '2026/01/15 11:59:51 [error] 1258#0: *9 [lua] data_plane.lua:300: [clustering] error while receiving frame from control plane: exceeding max payload len, context: ngx.timer';

tells({
  name: 'a data plane of a newer version than its control plane',
  parts: {
    dataPlane: onlyIll({ ...unready(), image: 'kong:3.7.0' }),
    ready: DATA_PLANES.length - 1,
    rows: rowsOf(
      onlyIll({ version: '3.7.0', sync_status: 'kong_version_incompatible', config_hash: '0'.repeat(32) }),
    ),
    logs: [
      kongLogOf(CONTROL_PLANE, [
        20,
        `[error] 1264#0: *1 [lua] control_plane.lua:200: [clustering] data plane version 3.7.0 is incompatible with older control plane version 3.6.1 ${about(ILL_NAME)}`,
      ]),
    ],
  },
  cause: 'kong/version-incompatible#refused',
});

tells({
  name: 'a plugin that one data plane lacks',
  parts: {
    rows: rowsOf(onlyIll({ sync_status: 'plugin_set_incompatible', config_hash: OLD_HASH })),
    logs: [
      kongLogOf(CONTROL_PLANE, [
        20,
        notSent('configured my-plugin plugin 1.2.0 is missing from data plane', ILL_NAME),
      ]),
    ],
  },
  cause: 'kong/configuration-out-of-sync#pluginMissing',
  confidence: ['certain', 'likely'],
});

tells({
  name: 'a configuration larger than one message may be',
  parts: {
    rows: rowsOf(() => silent(200)),
    logs: [
      kongLogOf(
        CONTROL_PLANE,
        ...DATA_PLANES.map((name, index) => [20 - index, notSent('payload too big', name)] as const),
      ),
      ...DATA_PLANES.map((name) => kongLogOf(name, [9, TOO_LARGE])),
    ],
  },
  cause: 'kong/configuration-out-of-sync#payloadTooBig',
  subjects: DATA_PLANES.length,
  confidence: ['certain', 'likely'],
  symptoms: ['kong/data-plane-not-connected#payloadTooBig', 'kong/data-plane-stale#cached'],
});

import { configurationOutOfSync } from '../../../analyzers/kong/configuration-out-of-sync.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { pod } from '../../support/builders.ts';
import {
  clusterService,
  controlPlane,
  dataPlane,
  kongLogOf,
  notAsked,
  registry,
  row,
} from '../../support/kong.ts';
import { about, notSent, planeStatus } from '../../support/kong-plane-builders.ts';
import { type Expected, type Given, testAnalyzer } from '../../support/test-analyzer.ts';

const OLD = '5e6f708192a3b4c5d6e7f8091a2b3c4d';
const EMPTY = '0'.repeat(32);
const subject = 'Pod/kong/kong-dp-0';
const CP = 'Pod/kong/kong-cp-0';
const objects = [dataPlane(), controlPlane(), ...clusterService()];
const PEERS = [row('kong-dp-8', 5, { ip: '10.20.0.18' }), row('kong-dp-9', 7, { ip: '10.20.0.19' })];
const APPLIED =
  '2026/01/15 11:00:00 [notice] 1258#0: *7 [lua] init.lua:259: purge(): [DB cache] purging (local) cache, context: ngx.timer';
const REJECTED =
  "2026/01/15 11:00:00 [error] 1258#0: *301 [lua] data_plane.lua:225: [clustering] unable to update running config: bad config received from control plane in 'plugins': {[1]={name=\"plugin 'x' not enabled\"}} [kong-cp:8005], context: ngx.timer";

function given(parts: Given = {}): Given {
  return { objects, documents: [registry([row('kong-dp-0', 12), ...PEERS])], ...parts };
}

function status(text: string): Given {
  return given({ documents: [registry([row('kong-dp-0', 6, { sync_status: text }), ...PEERS])] });
}

function bySyncStatus(text: string, message: string): { name: string; given: Given; expect: Expected[] } {
  return {
    name: text,
    given: status(text),
    expect: [
      {
        message,
        subject,
        severity: 'critical',
        confidence: 'certain',
        values: { detail: `sync status \`${text}\`` },
      },
    ],
  };
}

function byLog(message: string, error: string): { name: string; given: Given; expect: Expected[] } {
  return {
    name: `no list, but the log of the control plane: ${error.slice(0, 50)}`,
    given: { objects, rows: [notAsked()], logs: [kongLogOf('kong-cp-0', [30, notSent(error)])] },
    expect: [{ message, subject, confidence: 'likely', values: { detail: error } }],
  };
}

testAnalyzer(configurationOutOfSync, {
  silent: [
    { name: 'all serve the same', given: given() },
    { name: 'sync status unknown: it has just connected', given: status('unknown') },
    { name: 'turned away for its version: another question', given: status('kong_version_incompatible') },
    { name: 'no data plane', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'one of two differs: nothing tells which is behind',
      given: given({ documents: [registry([row('kong-dp-0', 12, { config_hash: OLD }), PEERS[0]!])] }),
    },
    {
      name: 'it caught up between the two questions',
      given: given({
        documents: [
          registry([row('kong-dp-0', 12, { config_hash: OLD }), ...PEERS]),
          planeStatus('kong-dp-0', 'a1b2c3d4e5f60718293a4b5c6d7e8f90'),
        ],
      }),
    },
    {
      name: 'an old failure to apply, overcome by a later success',
      given: given({ logs: [kongLogOf('kong-dp-0', [600, REJECTED], [30, APPLIED])] }),
    },
    {
      name: 'rows of pods that are gone hold old hashes',
      given: given({
        documents: [
          registry([
            row('kong-dp-0', 12),
            ...PEERS,
            row('dead-1', 86_400, { config_hash: OLD }),
            row('dead-2', 86_400, { config_hash: OLD }),
          ]),
        ],
      }),
    },
    {
      name: 'a full map is a question of the disk',
      given: given({
        logs: [
          kongLogOf('kong-dp-0', [
            8,
            '[error] [clustering] unable to update running config: map full, context: ngx.timer',
          ]),
        ],
      }),
    },
    {
      name: 'what the control plane wrote before the data plane was started anew',
      given: {
        ...given({
          logs: [
            kongLogOf('kong-cp-0', [
              5000,
              notSent('configured my-plugin plugin 1.2.0 is missing from data plane'),
            ]),
          ],
        }),
      },
    },
  ],
  reports: [
    bySyncStatus('plugin_set_incompatible', 'pluginMissing'),
    bySyncStatus('plugin_version_incompatible', 'pluginVersionDiffers'),
    bySyncStatus('filter_set_incompatible', 'filterMissing'),
    byLog('pluginMissing', 'configured my-plugin plugin 1.2.0 is missing from data plane'),
    byLog(
      'pluginVersionDiffers',
      'configured data plane acme plugin version 2.0.0 is different to control plane plugin version 1.0.0',
    ),
    byLog('filterMissing', 'data plane is missing one or more wasm filters (tests)'),
    byLog('payloadTooBig', 'payload too big'),
    byLog('notSent', '3.6.1 does not support mixed mode route'),
    {
      name: 'list and log agree: the plugin is named',
      given: {
        ...status('plugin_set_incompatible'),
        logs: [
          kongLogOf('kong-cp-0', [30, notSent('configured my-plugin plugin is missing from data plane')]),
        ],
      },
      expect: [
        {
          message: 'pluginMissing',
          subject,
          confidence: 'certain',
          values: { detail: 'configured my-plugin plugin is missing from data plane' },
        },
      ],
    },
    {
      name: 'it cannot apply what it is sent, though the status is normal',
      given: given({ logs: [kongLogOf('kong-dp-0', [900, APPLIED], [8, REJECTED])] }),
      expect: [{ message: 'notApplied', subject, severity: 'critical', confidence: 'certain' }],
    },
    {
      name: 'connected for an hour without a configuration',
      given: given({ documents: [registry([row('kong-dp-0', 6, { config_hash: EMPTY }), ...PEERS])] }),
      expect: [{ message: 'neverConfigured', subject, confidence: 'certain' }],
    },
    {
      name: 'one of three differs',
      given: given({ documents: [registry([row('kong-dp-0', 12, { config_hash: OLD }), ...PEERS])] }),
      expect: [
        {
          message: 'hashDiffers',
          subject,
          severity: 'warning',
          confidence: 'possible',
          values: { own: OLD, count: 2 },
        },
      ],
    },
    {
      name: 'one of three differs, and says so itself at another moment',
      given: given({
        documents: [
          registry([row('kong-dp-0', 12, { config_hash: OLD }), ...PEERS]),
          planeStatus('kong-dp-0', OLD),
        ],
      }),
      expect: [{ message: 'hashDiffers', subject, confidence: 'likely' }],
    },
    {
      name: 'the control plane cannot read its configuration',
      given: given({
        documents: [registry([row('kong-dp-0', 6, { config_hash: EMPTY })])],
        logs: [
          kongLogOf('kong-cp-0', [
            20,
            '[error] 1264#0: *2 [lua] control_plane.lua:150: push_config(): [clustering] unable to export config from database: [postgres] connection refused, context: ngx.timer',
          ]),
        ],
      }),
      expect: [
        { message: 'exportFailed', subject: CP, values: { detail: '[postgres] connection refused' } },
        { message: 'neverConfigured', subject },
      ],
    },
    {
      name: 'parts left out for an older data plane',
      given: given({
        logs: [
          kongLogOf('kong-cp-0', [
            30,
            `2026/01/15 11:59:30 [warn] 1264#0: *9 [lua] init.lua:316: [clustering] acme plugin contains configuration 'new_field' which is incompatible with dataplane and will be ignored ${about()}`,
          ]),
        ],
      }),
      expect: [
        {
          message: 'contentDropped',
          subject: CP,
          severity: 'info',
          values: {
            detail:
              "acme plugin contains configuration 'new_field' which is incompatible with dataplane and will be ignored",
          },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'no list and quiet logs',
      given: { objects, rows: [notAsked()] },
      reason: /no pod runs a Kong control plane/,
    },
    { name: 'pods were refused', given: { forbidden: [pods], rows: [notAsked()] }, reason: /not allowed/ },
  ],
});

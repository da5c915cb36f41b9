import { incomplete } from '../../../analyzers/collection/incomplete.ts';
import type { CoverageRow } from '../../../src/model/coverage.ts';
import type { Scope } from '../../../src/model/scope.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const CLUSTER: Scope = { type: 'cluster' };
const subject = 'machine:collection';

function row(artifact: string, parts: Partial<CoverageRow> = {}): CoverageRow {
  return { artifact, scope: CLUSTER, outcome: 'collected', ...parts };
}

/** A LIST refused by RBAC, in one namespace or in the whole cluster. */
function refused(group: string, kind: string, namespace?: string): CoverageRow {
  const resources = [`${kind.toLowerCase()}s`];
  return row(`resources:${group || 'core'}/${kind}`, {
    scope: namespace === undefined ? CLUSTER : { type: 'namespace', namespace },
    outcome: 'forbidden',
    reason: `${resources[0]} is forbidden in ${namespace ?? 'the cluster'}`,
    fix: { rule: { apiGroups: [group], resources, verbs: ['list'] }, ...(namespace ? { namespace } : {}) },
  });
}

function log(pod: string, parts: Partial<CoverageRow>): CoverageRow {
  return row('logs', { scope: { type: 'container', namespace: 'shop', pod, container: 'app' }, ...parts });
}

testAnalyzer(incomplete, {
  silent: [
    { name: 'everything was read', given: { rows: [row('resources:core/Pod'), row('logs')] } },
    { name: 'a foreign bundle without any record', given: { layouts: ['troubleshoot'] } },
    {
      name: 'what does not exist, was not wanted or is not served',
      given: {
        rows: [
          log('web', { outcome: 'not-found', reason: 'the container waits: it has no log yet' }),
          row('kong-clustering-status', {
            outcome: 'not-found',
            reason: 'no pod runs a Kong control plane here',
            fix: { flag: '--kong-admin-url' },
          }),
          row('resources:metrics.k8s.io/PodMetrics', { outcome: 'skipped', reason: 'momentary usage' }),
        ],
      },
    },
    {
      name: 'refused in the whole cluster: one finding with joined rules',
      given: {
        rows: [
          refused('', 'Secret'),
          refused('', 'ConfigMap'),
          refused('apps', 'Deployment'),
          row('certificates', {
            outcome: 'partial',
            reason: 'without the certificates in Secret objects',
            fix: { rule: { apiGroups: [''], resources: ['secrets'], verbs: ['list'] } },
          }),
        ],
      },
      info: [
        {
          message: 'refused',
          subject,
          values: {
            what: ['ConfigMap', 'Deployment (apps)', 'Secret', 'certificates'],
            rules: [
              '{apiGroups: [""], resources: ["configmaps", "secrets"], verbs: ["list"]}',
              '{apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"]}',
            ],
          },
        },
      ],
    },
    {
      name: 'refused in two of three namespaces, for many kinds: still one finding',
      given: {
        rows: ['Pod', 'Service', 'Event'].flatMap((kind) => [
          row(`resources:core/${kind}`, { scope: { type: 'namespace', namespace: 'shop' } }),
          refused('', kind, 'pay'),
          refused('', kind, 'kong'),
        ]),
      },
      info: [
        {
          message: 'refusedInNamespaces',
          subject,
          values: {
            count: 2,
            namespaces: ['kong', 'pay'],
            rules: ['{apiGroups: [""], resources: ["events", "pods", "services"], verbs: ["list"]}'],
          },
        },
      ],
    },
    {
      name: 'an Admin API that wants a token',
      given: {
        rows: [
          row('kong-clustering-status', {
            outcome: 'forbidden',
            reason: 'the Admin API says: Unauthorized (HTTP 401)',
          }),
        ],
      },
      info: [{ message: 'turnedAway', subject, values: { what: ['kong-clustering-status'], count: 1 } }],
    },
    {
      name: 'a group whose aggregated API does not answer, which its APIService tells',
      given: {
        rows: [
          row('resources:fault.example.com/*', {
            outcome: 'error',
            reason:
              'fault.example.com/v1 could not be discovered: the API server gets no answer from the aggregated API behind it (discovery is stale)',
          }),
        ],
      },
      info: [
        {
          message: 'failed',
          subject,
          severity: 'info',
          values: { what: ['all kinds of fault.example.com'], count: 1 },
        },
      ],
    },
    {
      name: 'two hundred logs that failed, each with its own reason',
      given: {
        rows: Array.from({ length: 200 }, (_, index) =>
          log(`web-${index}`, { outcome: 'timed-out', reason: `web-${index}: no answer in time` }),
        ),
      },
      info: [
        {
          message: 'failed',
          subject,
          severity: 'info',
          values: {
            what: ['logs'],
            count: 200,
            outcome: 'did not answer in time',
            reasons: [
              'web-0: no answer in time',
              'web-1: no answer in time',
              'web-2: no answer in time',
              '197 other reasons',
            ],
          },
        },
      ],
    },
    {
      name: 'logs cut by an option',
      given: {
        rows: ['a', 'b'].map((pod) =>
          log(pod, {
            outcome: 'truncated',
            reason: 'only the last 100 lines were asked for',
            fix: { flag: '--tail' },
          }),
        ),
      },
      info: [
        {
          message: 'cut',
          subject,
          values: { count: 2, flag: '--tail', reasons: ['only the last 100 lines were asked for'] },
        },
      ],
    },
  ],
  reports: [
    {
      name: 'an interrupted collection',
      given: { complete: false, incompleteReason: 'the collection was interrupted' },
      expect: [
        {
          message: 'brokenOff',
          subject,
          severity: 'warning',
          values: { reason: 'the collection was interrupted' },
        },
      ],
    },
    {
      name: 'lists that failed for many kinds: one warning for each way to fail',
      given: {
        rows: [
          ...['Pod', 'Service', 'Node'].map((kind) =>
            row(`resources:core/${kind}`, { outcome: 'timed-out', reason: 'no answer in time' }),
          ),
          row('resources:apps/Deployment', { outcome: 'error', reason: 'connection refused' }),
          row('resources:metrics.k8s.io/*', {
            outcome: 'error',
            reason: 'metrics.k8s.io/v1beta1 could not be discovered',
          }),
        ],
      },
      expect: [
        {
          message: 'failed',
          subject,
          severity: 'warning',
          values: { what: ['Node', 'Pod', 'Service'], count: 3, outcome: 'did not answer in time' },
        },
        {
          message: 'failed',
          subject,
          severity: 'warning',
          values: {
            what: ['Deployment (apps)', 'all kinds of metrics.k8s.io'],
            count: 2,
            outcome: 'could not be read',
          },
        },
      ],
    },
  ],
});

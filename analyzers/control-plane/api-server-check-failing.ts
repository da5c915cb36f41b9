import { apiServerHealth } from '../../src/artifacts/api-server-health.ts';
import { leases } from '../../src/artifacts/resources.ts';
import { type FailedChecks, failedChecks } from '../../src/derive/api-server-checks.ts';
import { type SilentInstance, silentInstances } from '../../src/derive/api-server-identity.ts';
import { type ApiServerAddress, apiServerInstances } from '../../src/derive/api-server-instances.ts';
import { controlPlane, logOwnerOf } from '../../src/derive/control-plane.ts';
import { apiServerLog } from '../../src/derive/control-plane-logs.ts';
import { API_DEGRADED_REACHES } from '../../src/derive/control-plane-reach.ts';
import { lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Input, optional } from '../../src/model/artifact.ts';

const REPLIED = { level: 'certain', reason: 'its own health endpoint says so' } as const;
const ASK_AGAIN = {
  text: 'Ask again for all checks; `/healthz` of older guides still answers, but is deprecated.',
  argv: ['kubectl', 'get', '--raw', '/readyz?verbose'],
} as const;

export const apiServerCheckFailing = defineAnalyzer({
  meta: {
    id: 'control-plane/api-server-check-failing',
    title: 'Health check of the API server fails',
    description:
      'Which checks of `/livez` and `/readyz` fail, at each instance of the API server, and which instance does not answer.',
    messages: {
      etcdFails: {
        severity: 'critical',
        confidence: REPLIED,
        text: 'The API server {server:object} does not get an answer from etcd: its checks {checks:text} fail. {detail:text}',
        remedy: [
          {
            text: 'Look at etcd: whether its members run, have quorum and a leader, and whether disk and quota have room.',
          },
          ASK_AGAIN,
        ],
        effect: 'etcd-unavailable',
        explains: [{ effect: 'api-server-degraded', via: ['cluster-wide'] }, ...API_DEGRADED_REACHES],
        check: 'healthy',
      },
      checkFails: {
        severity: 'critical',
        confidence: REPLIED,
        text: 'The API server {server:object} fails its own checks {checks:text}: {meaning:text}. {detail:text}',
        remedy: [
          ASK_AGAIN,
          {
            text: 'The reply withholds the reason; the log of that instance has it, and `/readyz/<check>` tells it to who may read that path (ClusterRole `system:monitoring`).',
          },
        ],
        effect: 'api-server-degraded',
        explains: API_DEGRADED_REACHES,
        check: 'healthy',
      },
      instanceSilent: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'the address was tried from where the collection ran, which reached another instance',
        },
        text: 'One instance of the API server, {server:object}, does not answer while others do: {detail:text}. A balancer without health checks sends it requests all the same.',
        remedy: [
          { text: 'On its node, see whether the kube-apiserver container runs and why it ended.' },
          {
            text: 'Let the balancer ask `/readyz` on port 6443 and take an instance out while it fails.',
          },
        ],
        effect: 'api-server-degraded',
        check: 'healthy',
      },
      identityStale: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason:
            'an API server renews its identity lease every 10 s; one that was removed leaves it for up to two hours',
        },
        text: 'The API server on `{host:text}` has not renewed its identity lease {lease:object} for {age:duration}, while another has: it is down or cut off from etcd.',
        remedy: [
          {
            text: 'On that node, see whether the kube-apiserver container runs, and whether etcd answers it.',
          },
          {
            text: 'List the identities.',
            argv: [
              'kubectl',
              'get',
              'leases',
              '-n',
              'kube-system',
              '-l',
              'apiserver.kubernetes.io/identity=kube-apiserver',
            ],
          },
        ],
        effect: 'api-server-degraded',
      },
    },
    checks: {
      healthy: {
        checklist: 'control-plane',
        item: 'API server healthy',
        expected: 'every check of /livez and /readyz passes',
        found: '{paths:text} pass',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/using-api/health-checks/',
      'kubernetes staging/src/k8s.io/apiserver/pkg/server/healthz, options/etcd.go',
    ],
  },
  needs: {
    health: apiServerHealth,
    addresses: apiServerInstances,
    plane: controlPlane,
    leases: optional(leases),
    log: optional(apiServerLog),
  },
  analyze({ addresses, plane, leases: leaseCollection, log }, context) {
    const answering = addresses.filter(({ replies }) => replies.length > 0);
    const told = new Set<string>();
    // Instances first: what the balancer's address shows is one of them.
    for (const address of [...answering].sort((a, b) => Number(b.direct) - Number(a.direct))) {
      const failed = failedChecks(address, context);
      const key = failed.is === 'fine' ? '' : failed.names.join();
      if (key !== '' && !address.direct && told.has(key)) continue;
      told.add(key);
      reportChecks(address, failed, { context, log });
    }
    for (const address of addresses) {
      const [row] = address.silent;
      if (!address.direct || address.replies.length > 0 || !row || !answering.some(({ direct }) => direct))
        continue;
      context.report({
        message: 'instanceSilent',
        values: { server: address.subject, detail: row.reason ?? 'no reply' },
        subject: address.subject,
        evidence: [context.absent({ artifact: apiServerHealth, scope: row.scope })],
      });
    }
    for (const silent of silentInstances(plane, leaseCollection, context)) {
      // Where its pod says that it is down, another analyzer tells why.
      if (!plane.unseenPods) reportStale(silent, context);
      else context.looked({ check: 'healthy', unseen: plane.unseenPods, subject: silent.subject });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof apiServerCheckFailing.meta.messages,
  NonNullable<typeof apiServerCheckFailing.meta.checks>
>;

function reportStale({ lease, host, age, subject }: SilentInstance, context: Context): void {
  context.report({
    message: 'identityStale',
    values: { host, lease: subject, age },
    subject,
    related: [{ group: '', kind: 'Node', name: host }],
    evidence: [context.at(lease, '/spec')],
    ...(lease.spec?.renewTime ? { since: lease.spec.renewTime } : {}),
  });
}

function reportChecks(
  address: ApiServerAddress,
  failed: FailedChecks,
  { context, log }: { context: Context; log: Input<typeof apiServerLog> },
): void {
  const { subject, instance, replies } = address;
  const cite = (items: readonly object[]) =>
    items.map((item) => context.at(item, '/checks')) as unknown as EvidenceRefs;
  if (failed.is === 'fine' || failed.is === 'starting') {
    const evidence = cite(replies);
    if (failed.is === 'starting') {
      context.looked({ check: 'healthy', subject, unseen: failed.reason, evidence });
    } else {
      const paths = replies.map(({ value }) => value.path);
      context.looked({ check: 'healthy', values: { paths }, subject, evidence });
    }
    return;
  }
  const [reason] = instance ? recentMatches(log.matches('checkReason', logOwnerOf(instance)), context) : [];
  const detail = reason?.hits.at(-1)?.captures.detail ?? '';
  const evidence = [
    ...cite(failed.items),
    ...(reason ? [lastLineOf(reason)] : []),
  ] as unknown as EvidenceRefs;
  const values = { server: subject, checks: failed.names, detail };
  if (failed.is === 'etcd') {
    context.report({ message: 'etcdFails', values, subject, evidence });
  } else {
    context.report({
      message: 'checkFails',
      values: { ...values, meaning: failed.meaning },
      subject,
      evidence,
    });
  }
}

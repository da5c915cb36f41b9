import { pods } from '../../src/artifacts/resources.ts';
import { istioAccessLog, type ResponseFlag } from '../../src/derive/istio-access-log.ts';
import { type FailedRequests, failedRequests } from '../../src/derive/istio-failed-requests.ts';
import { REQUEST_MESSAGES } from '../../src/derive/istio-request-messages.ts';
import { istioSidecars, proxiesApply } from '../../src/derive/istio-sidecars.ts';
import { logGaps } from '../../src/derive/log-gap.ts';
import { parseServiceAddress } from '../../src/derive/service-address.ts';
import { serviceIndex } from '../../src/derive/service-index.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Inputs } from '../../src/model/artifact.ts';
import { type Subject, subjectOf } from '../../src/model/subject.ts';

const needs = { pods, sidecars: istioSidecars, hosts: serviceIndex, log: istioAccessLog };

export const requestsFailing = defineAnalyzer({
  meta: {
    id: 'istio/requests-failing',
    title: 'Requests that fail in Istio proxies',
    description:
      'Response flags in the access logs of proxies, counted by flag and upstream, with what each means and what to look at first.',
    messages: REQUEST_MESSAGES,
    checks: {
      clean: {
        item: 'Access log of an Istio proxy',
        expected: 'no requests that fail in the proxy',
        found: 'no such lines within the last hour',
      },
    },
    references: [
      'https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators',
      'https://istio.io/latest/docs/tasks/observability/logs/access-log/',
    ],
  },
  needs,
  appliesTo: ({ sidecars, pods: all }) => proxiesApply(sidecars, all),
  analyze(inputs, context) {
    const { proxies } = inputs.sidecars;
    const told = new Set<object>();
    for (const requests of failedRequests(inputs.log, proxies, context)) {
      for (const pod of requests.pods) told.add(pod);
      tell(requests, inputs, context);
    }
    const gapOf = logGaps(inputs.log);
    for (const { pod, container } of proxies) {
      if (told.has(pod)) continue;
      const owner = {
        namespace: pod.metadata.namespace ?? '',
        pod: pod.metadata.name,
        container: container.name,
      };
      const gap = gapOf(owner);
      if (gap) context.looked({ check: 'clean', unseen: gap, subject: subjectOf(pod) });
      else if (inputs.log.seen(owner))
        context.looked({ check: 'clean', values: {}, subject: subjectOf(pod) });
    }
    return undefined;
  },
});

type Given = Inputs<typeof needs>;
type Context = AnalyzeContext<
  typeof requestsFailing.meta.messages,
  NonNullable<typeof requestsFailing.meta.checks>
>;

/** Pods named as related: enough to join causes. */
const RELATED = 10;

function tell(requests: FailedRequests, { hosts }: Given, context: Context): void {
  const { flag, line, count, first, last, pods: senders, matches, goesOn } = requests;
  const [sender] = senders;
  if (!sender) return;
  const pod = subjectOf(sender);
  const home = sender.metadata.namespace ?? '';
  const target = line.host === '' ? undefined : hosts.find(line.host, home);
  const service = target?.found === 'service' ? subjectOf(target.service) : undefined;
  const subject = line.direction === 'inbound' || line.host === '' ? pod : upstreamOf(line.host, home);
  const hit = matches.hits.at(-1);
  const common = {
    subject,
    severity: goesOn ? ('warning' as const) : ('info' as const),
    related: [...(service ? [service] : []), ...senders.slice(0, RELATED).map((one) => subjectOf(one))],
    evidence: [{ cite: 'matches', matches, ...(hit ? { hit } : {}) } as const] as const,
    ...(first === undefined ? {} : { since: first }),
  };
  const values = {
    pod,
    upstream: upstreamText(line.host, line.port, line.subset),
    code: line.code,
    count,
    last,
    flag,
    reason: line.reason === '' ? '' : ` (\`${line.reason}\`)`,
    details: line.details === '' ? '' : ` (\`${line.details}\`)`,
    port: line.port === '' ? 'not shown' : line.port,
  };
  const isInbound = line.direction === 'inbound' && (flag === 'UF' || flag === 'UH');
  const message = isInbound ? 'inboundUnreachable' : messageOf(flag, line.reason);
  context.report({ message, values, ...common });
}

/** By the name alone, so that it is the same whatever was seen of the cluster. */
function upstreamOf(host: string, namespace: string): Subject {
  const address = parseServiceAddress(host, namespace);
  if (address?.form !== 'full') return { external: 'host', name: host };
  return { group: '', kind: 'Service', namespace: address.namespace, name: address.name };
}

function upstreamText(host: string, port: string, subset: string): string {
  if (host === '') return 'an upstream that is not shown';
  return `${host}${port === '' ? '' : `:${port}`}${subset === '' ? '' : `, subset ${subset}`}`;
}

const MESSAGES = {
  UH: 'noHealthyUpstream',
  UF: 'upstreamUnreachable',
  UT: 'upstreamTimeout',
  UO: 'circuitOpen',
  UC: 'connectionTerminated',
  UR: 'connectionTerminated',
  NR: 'noRoute',
  NC: 'clusterMissing',
  URX: 'retriesExhausted',
  UPE: 'protocolDiffers',
  DF: 'nameNotResolved',
  OM: 'proxyOverloaded',
} as const satisfies Readonly<Record<ResponseFlag, keyof typeof REQUEST_MESSAGES>>;

function messageOf(flag: ResponseFlag, reason: string): (typeof MESSAGES)[ResponseFlag] | 'tlsFailed' {
  return flag === 'UF' && /TLS_error|CERTIFICATE_VERIFY|SSL/i.test(reason) ? 'tlsFailed' : MESSAGES[flag];
}

import { istioProxyConfig } from '../../src/artifacts/istio-proxy-config.ts';
import { recentMatches } from '../../src/derive/log-recency.ts';
import {
  FILTER_IN_PROXY_CHECKS,
  FILTER_IN_PROXY_MESSAGES,
} from '../../src/derive/virtual-environment-filter-messages.ts';
import {
  environmentFilters,
  type FilteredEnvironment,
  type FilteredProxy,
} from '../../src/derive/virtual-environment-filters.ts';
import { environmentScriptLog } from '../../src/derive/virtual-environment-script-log.ts';
import { isProxyReady } from '../../src/derive/virtual-environment-sidecars.ts';
import { environmentNamespaces } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Proxies a finding names as related, and cites. */
const RELATED = 50;
const CITED = 3;

const needs = {
  environments: environmentNamespaces,
  filters: environmentFilters,
  configs: optional(istioProxyConfig),
  log: optional(environmentScriptLog),
};

export const tagFilterInactive = defineAnalyzer({
  meta: {
    id: 'virtual-environment/tag-filter-inactive',
    title: 'Script of a virtual environment not at work in its proxies',
    description:
      'Whether the listeners of the proxies have the script that tags requests, and whether it fails in them.',
    messages: FILTER_IN_PROXY_MESSAGES,
    checks: FILTER_IN_PROXY_CHECKS,
    references: [
      'envoyproxy/envoy api/envoy/admin/v3/config_dump_shared.proto: active_state, error_state',
      'envoyproxy/envoy source/extensions/filters/http/lua/lua_filter.cc: script log, script load error',
      'alibaba/virtual-environment v0.6.0 pkg/component/router/istio/envoy/envoy_tag_appender.go',
    ],
  },
  needs,
  appliesTo: ({ environments }) => environments.applies,
  analyze(inputs, context) {
    for (const one of inputs.filters) {
      if (!one.filter) continue;
      judgeProxies(one, inputs, context);
      judgeScript(one, inputs, context);
    }
    return undefined;
  },
});

type In = Inputs<typeof needs>;
type Context = AnalyzeContext<typeof FILTER_IN_PROXY_MESSAGES, typeof FILTER_IN_PROXY_CHECKS>;

function judgeProxies(one: FilteredEnvironment, { configs }: In, context: Context): void {
  const { instance, spec, unfit } = one;
  const subject = subjectOf(instance);
  if (!spec.autoInject) return;
  if (unfit) {
    const unseen = 'virtual-environment/tag-filter-ineffective tells why no proxy can have it';
    context.looked({ check: 'filterActive', subject, unseen });
    return;
  }
  const asked = one.proxies.filter(({ verdict }) => verdict.state !== 'noPlace');
  if (asked.length === 0) {
    const [gap] = configs.coverage.gaps;
    const unseen =
      one.sidecars.length > 0 && one.proxies.length === 0 && gap
        ? gap
        : 'no proxy that was asked has a listener for it';
    context.looked({ check: 'filterActive', subject, unseen });
    return;
  }
  const refused = asked.filter(({ verdict }) => verdict.state === 'refused');
  const absent = asked.filter(({ verdict }) => verdict.state === 'absent');
  if (refused.length > 0) reportRefused(one, refused, asked.length, context);
  if (absent.length > 0) reportAbsent(one, absent, asked.length, context);
  if (refused.length + absent.length > 0) return;
  const evidence = asked.slice(0, CITED).map(({ document }) => context.at(document));
  const values = { count: asked.length, all: asked.length };
  context.looked({ check: 'filterActive', subject, values, evidence });
}

function reportRefused(
  { filter, instance, namespace, sidecars }: FilteredEnvironment,
  refused: readonly FilteredProxy[],
  all: number,
  context: Context,
): void {
  const [{ pod, verdict }] = refused as readonly [FilteredProxy, ...FilteredProxy[]];
  if (verdict.state !== 'refused' || !filter) return;
  const pods = new Set(refused.map((one) => one.pod));
  const isStuck = sidecars.some((one) => pods.has(one.pod) && !isProxyReady(one));
  context.report({
    message: 'refused',
    severity: isStuck ? 'critical' : 'warning',
    values: {
      count: refused.length,
      all,
      namespace,
      pod: subjectOf(pod),
      listener: verdict.listener,
      detail: verdict.error.details || 'it gives no reason',
    },
    subject: subjectOf(filter.item),
    related: [subjectOf(instance), ...relatedOf(refused)],
    evidence: [context.at(filter.item, filter.pointer), ...citations(refused, context)],
    ...(verdict.error.updated ? { since: verdict.error.updated } : {}),
  });
}

function reportAbsent(
  { filter, instance, namespace }: FilteredEnvironment,
  absent: readonly FilteredProxy[],
  all: number,
  context: Context,
): void {
  const [first] = absent;
  if (!filter || !first) return;
  const subject = subjectOf(filter.item);
  const values = { count: absent.length, all, namespace, pod: subjectOf(first.pod), filter: subject };
  context.report({
    message: 'absent',
    values,
    subject,
    related: [subjectOf(instance), ...relatedOf(absent)],
    evidence: [context.at(filter.item, filter.pointer), ...citations(absent, context)],
  });
}

function relatedOf(proxies: readonly FilteredProxy[]) {
  return proxies.slice(0, RELATED).map(({ pod }) => subjectOf(pod));
}

function citations(proxies: readonly FilteredProxy[], context: Context): EvidenceRef[] {
  return proxies
    .slice(0, CITED)
    .map(({ document, verdict }) => context.at(document, verdict.state === 'refused' ? verdict.pointer : ''));
}

function judgeScript({ instance, sidecars }: FilteredEnvironment, { log }: In, context: Context): void {
  let read = 0;
  let failing = 0;
  for (const { pod, container } of sidecars) {
    const { namespace = '', name } = pod.metadata;
    const owner = { namespace, pod: name, container: container.name };
    if (log.seen(owner)) read += 1;
    const matches = recentMatches(log.matches('scriptError', owner), context).at(-1);
    const hit = matches?.hits.at(-1);
    if (!matches || !hit) continue;
    failing += 1;
    const subject = subjectOf(pod);
    context.report({
      message: 'scriptFails',
      values: { pod: subject, lines: matches.count, detail: hit.captures.detail?.trim() ?? hit.text },
      subject,
      related: [subjectOf(instance)],
      evidence: [{ cite: 'matches', matches, hit }],
    });
  }
  const subject = subjectOf(instance);
  if (failing > 0) return;
  if (read > 0) context.looked({ check: 'script', subject, values: { count: read } });
  else context.looked({ check: 'script', subject, unseen: 'no log of a proxy of it is in the bundle' });
}

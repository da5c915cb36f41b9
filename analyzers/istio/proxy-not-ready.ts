import { namedFilters } from '../../src/derive/istio-named-filters.ts';
import { PROXY_NEEDS, proxyCase, proxyTrouble } from '../../src/derive/istio-proxy-case.ts';
import { PROXY_MESSAGES } from '../../src/derive/istio-proxy-messages.ts';
import { PROXY_STEPS } from '../../src/derive/istio-proxy-steps.ts';
import { proxiesApply } from '../../src/derive/istio-sidecars.ts';
import { logGaps } from '../../src/derive/log-gap.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { subjectOf } from '../../src/model/subject.ts';

export const proxyNotReady = defineAnalyzer({
  meta: {
    id: 'istio/proxy-not-ready',
    title: 'Istio proxy not ready',
    description:
      'Sidecars and gateways of Istio that are not ready, and why: the control plane, the way to it, certificates, refused configuration, or the start of the pod.',
    messages: PROXY_MESSAGES,
    checks: {
      ready: { item: 'Istio proxy is ready', expected: 'ready', found: 'ready' },
      explained: {
        item: 'What an Istio proxy that is not ready says',
        expected: 'its log in the bundle',
        found: 'its log names nothing known',
      },
    },
    references: [
      'istio/istio pilot/cmd/pilot-agent/status/ready, pkg/istio-agent/xds_proxy.go, security/pkg/nodeagent: the words of the log',
      'https://istio.io/latest/docs/ops/common-problems/injection/',
      'https://github.com/istio/istio/issues/27580',
    ],
  },
  needs: PROXY_NEEDS,
  appliesTo: ({ sidecars, pods: all }) => proxiesApply(sidecars, all),
  analyze(inputs, context) {
    const gapOf = logGaps(inputs.log);
    const around = { inputs, context, named: namedFilters(inputs.filters.items) };
    for (const proxy of inputs.sidecars.proxies) {
      const { pod, role, container } = proxy;
      // What the proxy of a node writes and waits for is other than this.
      if (role === 'ztunnel' || pod.metadata.deletionTimestamp) continue;
      const trouble = proxyTrouble(proxy, context);
      const subject = subjectOf(pod);
      if (trouble === 'ready') context.looked({ check: 'ready', values: {}, subject });
      if (typeof trouble === 'string') continue;
      const one = proxyCase(proxy, trouble, around);
      if (PROXY_STEPS.some((step) => step(one)) || trouble.is === 'creating') continue;
      const { namespace = '', name } = pod.metadata;
      const gap = gapOf({ namespace, pod: name, container: container.name });
      if (!gap && one.state.seen) context.looked({ check: 'explained', values: {}, subject });
      else context.looked({ check: 'explained', unseen: gap ?? 'its log was not read', subject });
    }
    return undefined;
  },
});

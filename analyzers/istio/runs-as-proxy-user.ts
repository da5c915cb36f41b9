import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type IstioProxy, istioSidecars, proxiesApply } from '../../src/derive/istio-sidecars.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** User id of the proxy: what it sends is left out of the redirection (istio/tools istio-iptables, `--uid-owner`). */
const PROXY_USER = 1337;

export const runsAsProxyUser = defineAnalyzer({
  meta: {
    id: 'istio/runs-as-proxy-user',
    title: "Application runs as the proxy's user",
    description:
      'Containers beside an Istio proxy that run as user 1337: what they send passes by the proxy.',
    messages: {
      sameUser: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the security context of the pod says so' },
        text: 'Container `{container:text}` of {pod:object} runs as user 1337, that of the Istio proxy: what it sends is not redirected into the proxy, so it goes out without mutual TLS, routing and policy.',
        remedy: [
          {
            text: 'Run it as any other user: set `runAsUser` in the security context of the container or the pod.',
            argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
          },
        ],
        key: ['container'],
        explains: [
          { effect: 'connection-failing', via: ['same-object', 'owns'] },
          { effect: 'route-broken', via: ['same-object'] },
        ],
      },
    },
    checks: {
      other: {
        item: 'Containers beside an Istio proxy run as another user',
        expected: 'not 1337',
        found: 'another user',
      },
    },
    references: [
      'https://istio.io/latest/docs/ops/deployment/application-requirements/',
      'istio/istio pkg/config/analysis/analyzers/deployment/pod.go: IST0144',
    ],
  },
  needs: { pods, sidecars: istioSidecars },
  appliesTo: ({ sidecars, pods: all }) => proxiesApply(sidecars, all, ['sidecar']),
  analyze({ sidecars }, context) {
    for (const proxy of sidecars.proxies) {
      if (!isSidecar(proxy)) continue;
      const { pod } = proxy;
      const found = containersAsProxy(pod, proxy.container.name);
      if (found.length === 0) context.looked({ check: 'other', values: {}, subject: subjectOf(pod) });
      for (const { name, pointer } of found) {
        context.report({
          message: 'sameUser',
          values: { pod: subjectOf(pod), container: name },
          subject: subjectOf(pod, pointer),
          evidence: [context.at(pod, '/spec/securityContext'), context.at(pod, pointer)],
        });
      }
    }
    return undefined;
  },
});

function isSidecar({ role }: IstioProxy): boolean {
  return role === 'sidecar';
}

/** The container's own user counts, else that of the pod. Init containers end before the proxy begins. */
function containersAsProxy({ spec }: PodItem, proxy: string) {
  return (spec?.containers ?? []).flatMap(({ name, securityContext }, index) => {
    const user = securityContext?.runAsUser ?? spec?.securityContext?.runAsUser;
    return user === PROXY_USER && name !== proxy ? [{ name, pointer: `/spec/containers/${index}` }] : [];
  });
}

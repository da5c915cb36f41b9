import { endpointSlices, type ServiceItem, services } from '../../src/artifacts/network-resources.ts';
import { type NodeItem, nodes } from '../../src/artifacts/resources.ts';
import { isVirtualNode } from '../../src/derive/network-agents.ts';
import { readyCondition } from '../../src/derive/node-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { ItemOf } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Nodes that load balancers leave out. */
const EXCLUDED_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';
const SERVICE_LABEL = 'kubernetes.io/service-name';
/** Nodes named in the text. */
const NAMED_NODES = 5;

const BY_DESIGN = {
  severity: 'info',
  confidence: { level: 'certain', reason: 'Service, endpoints and nodes say so' },
} as const;

/** Where v1beta1 of EndpointSlice has the node: its label, which is the node's name nearly everywhere. */
const HOSTNAME = 'kubernetes.io/hostname';

export const localTrafficPolicyUnserved = defineAnalyzer({
  meta: {
    id: 'network/local-traffic-policy-unserved',
    title: 'Local traffic policy without local endpoints',
    description: 'Services that answer only on nodes with a pod of theirs, and the nodes that have none.',
    messages: {
      externalUnserved: {
        ...BY_DESIGN,
        text: '{service:object} answers requests from outside on {serving:count} of {total:count} nodes only (`externalTrafficPolicy: Local`); not on {nodes:text}.',
        remedy: [
          {
            text: 'Nothing is to be done when a load balancer asks its health check port. Clients that use node ports directly need a pod on every node they use, or the policy `Cluster`, which hides their address.',
          },
        ],
      },
      internalUnserved: {
        ...BY_DESIGN,
        text: '{service:object} answers pods on {serving:count} of {total:count} nodes only (`internalTrafficPolicy: Local`); not on {nodes:text}.',
        remedy: [{ text: 'Run its pods as a DaemonSet, or use the policy `Cluster`.' }],
      },
    },
    checks: {
      local: {
        item: 'Every node serves locally',
        expected: 'a ready endpoint on each node',
        found: 'all {total:count}',
      },
    },
    references: ['https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-policies'],
  },
  needs: { services, slices: endpointSlices, nodes },
  analyze(inputs, context) {
    const up = inputs.nodes.items.filter((node) => !isVirtualNode(node) && isUp(node));
    const all = namesOf(up);
    const reachable = namesOf(up.filter(({ metadata }) => metadata.labels?.[EXCLUDED_LABEL] === undefined));
    const local = new Map<string, Set<string>>();
    for (const slice of inputs.slices.items) {
      const key = `${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_LABEL]}`;
      for (const name of servingNodes(slice)) getOrCreate(local, key, () => new Set<string>()).add(name);
    }
    for (const service of inputs.services.items) {
      const { namespace, name } = service.metadata;
      const serving = local.get(`${namespace}/${name}`);
      // Without any endpoint it serves nowhere: that is told of the Service.
      if (!serving || inputs.slices.coverage.covers(namespace) !== true || !inputs.nodes.coverage.complete)
        continue;
      judge(service, { serving, all, reachable, context });
    }
    return undefined;
  },
});

interface Known {
  /** Names of nodes with a ready endpoint. */
  readonly serving: ReadonlySet<string>;
  /** Names of the nodes that are up, and of those that load balancers may use. */
  readonly all: ReadonlySet<string>;
  readonly reachable: ReadonlySet<string>;
  readonly context: AnalyzeContext<
    typeof localTrafficPolicyUnserved.meta.messages,
    NonNullable<typeof localTrafficPolicyUnserved.meta.checks>
  >;
}

function judge(service: ServiceItem, { serving, all, reachable, context }: Known): void {
  const { type, externalTrafficPolicy, internalTrafficPolicy } = service.spec ?? {};
  const subject = subjectOf(service);
  const isExternal = type === 'LoadBalancer' || type === 'NodePort';
  const cases = [
    ['externalUnserved', isExternal && externalTrafficPolicy === 'Local', reachable, 'externalTrafficPolicy'],
    ['internalUnserved', internalTrafficPolicy === 'Local', all, 'internalTrafficPolicy'],
  ] as const;
  for (const [message, applies, candidates, field] of cases) {
    if (!applies) continue;
    const total = candidates.size;
    const count = [...serving].filter((name) => candidates.has(name)).length;
    if (count === total) {
      context.looked({ check: 'local', values: { total }, subject });
      continue;
    }
    const values = { service: subject, serving: count, total, nodes: firstWithout(candidates, serving) };
    context.report({ message, values, subject, evidence: [context.at(service, `/spec/${field}`)] });
  }
}

/** The first nodes that do not serve; looking stops there, since clusters have thousands. */
function firstWithout(candidates: ReadonlySet<string>, serving: ReadonlySet<string>): string[] {
  const names: string[] = [];
  for (const name of candidates) {
    if (serving.has(name)) continue;
    if (names.length === NAMED_NODES) return [...names, '…'];
    names.push(name);
  }
  return names;
}

function namesOf(items: readonly NodeItem[]): Set<string> {
  return new Set(items.map((node) => node.metadata.name).sort());
}

function isUp(node: NodeItem): boolean {
  return readyCondition(node)?.condition.status === 'True';
}

function servingNodes({ endpoints = [] }: ItemOf<typeof endpointSlices>): string[] {
  const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
  return ready
    .map(({ nodeName, topology }) => nodeName ?? topology?.[HOSTNAME])
    .filter((name) => name !== undefined);
}

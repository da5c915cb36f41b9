import { kubeletStatsSummary } from '../../src/artifacts/kubelet-stats-summary.ts';
import { type NodeItem, nodes } from '../../src/artifacts/resources.ts';
import { controlPlane } from '../../src/derive/control-plane.ts';
import { API_DEGRADED_REACHES, ETCD_SLOW_REACHES } from '../../src/derive/control-plane-reach.ts';
import { parseQuantity } from '../../src/derive/quantity.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Input } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Shares of a node's CPU: OpenShift's alerts, 60 % on average and 90 % of a single node. */
const [AVERAGE, SINGLE] = [0.6, 0.9];
/** Share of a node's memory above which the kernel begins to reclaim: Prometheus mixin of node_exporter. */
const MEMORY = 0.9;

const MEASURED = {
  level: 'likely',
  reason: 'the kubelet measured it once, over some ten seconds; it may be a peak',
} as const;
const REMEDY = [
  {
    text: 'See which processes use it; on a control-plane node these should be the API server and etcd.',
    argv: ['kubectl', 'top', 'pods', '-n', 'kube-system', '--sort-by=cpu'],
  },
  {
    text: 'Keep other workloads off control-plane nodes (taint `node-role.kubernetes.io/control-plane:NoSchedule`), find clients that list much, and give the nodes more CPU and memory.',
  },
] as const;

export const overloaded = defineAnalyzer({
  meta: {
    id: 'control-plane/overloaded',
    title: 'Control-plane nodes overloaded',
    description: 'CPU and memory in use on the nodes of the control plane.',
    messages: {
      nodeCpu: {
        severity: 'critical',
        confidence: MEASURED,
        text: 'The control-plane node {node:object} uses {percent:count} % of its CPU: API server and etcd there get too little, leases are lost.',
        remedy: REMEDY,
        explains: [...ETCD_SLOW_REACHES, { effect: 'node-not-ready', via: ['same-object'] }],
        check: 'room',
      },
      averageCpu: {
        severity: 'warning',
        confidence: MEASURED,
        text: 'The control-plane nodes use {percent:count} % of their CPU on average ({node:object} the most): if one fails, the others cannot take its load.',
        remedy: REMEDY,
        explains: API_DEGRADED_REACHES,
      },
      memory: {
        severity: 'warning',
        confidence: MEASURED,
        text: 'The control-plane node {node:object} uses {percent:count} % of its memory ({used:bytes} of {capacity:bytes}).',
        remedy: REMEDY,
        explains: API_DEGRADED_REACHES,
        check: 'room',
      },
    },
    checks: {
      room: {
        checklist: 'control-plane',
        item: 'Control-plane node has CPU and memory left',
        expected: 'below 90 % each',
        found: '{cpu:count} % CPU, {memory:count} % memory',
      },
    },
    references: [
      'OpenShift cluster-kube-apiserver-operator: HighOverallControlPlaneCPU, ExtremelyHighIndividualControlPlaneCPU',
      'kubelet /stats/summary: usageNanoCores, workingSetBytes',
    ],
  },
  needs: { plane: controlPlane, nodes, stats: kubeletStatsSummary },
  appliesTo({ plane }) {
    return plane.nodes.length > 0 ? true : plane.applies('kube-apiserver');
  },
  analyze({ plane, stats }, context) {
    const usages = plane.nodes.flatMap((node) => usageOf(node, stats));
    for (const usage of usages) judge(usage, context);
    const [busiest] = [...usages].sort((a, b) => b.cpu - a.cpu);
    const average = usages.reduce((sum, { cpu }) => sum + cpu, 0) / usages.length;
    if (!busiest || usages.length < 2 || average <= AVERAGE || busiest.cpu > SINGLE) return undefined;
    const subject = subjectOf(busiest.node);
    context.report({
      message: 'averageCpu',
      values: { node: subject, percent: Math.round(average * 100) },
      subject,
      evidence: [context.at(busiest.item, '/node/cpu')],
    });
    return undefined;
  },
});

type Context = AnalyzeContext<typeof overloaded.meta.messages, NonNullable<typeof overloaded.meta.checks>>;
type Stats = Input<typeof kubeletStatsSummary>;

interface Usage {
  readonly node: NodeItem;
  readonly item: Stats['items'][number];
  /** Shares of the node's capacity. */
  readonly cpu: number;
  readonly memory: number;
  readonly used: number;
  readonly capacity: number;
}

function usageOf(node: NodeItem, stats: Stats): Usage[] {
  const item = stats.items.find(({ value }) => value.node.nodeName === node.metadata.name);
  const { cpu, memory } = item?.value.node ?? {};
  const cores = parseQuantity(node.status?.capacity?.cpu);
  const capacity = parseQuantity(node.status?.capacity?.memory);
  if (!item || cpu?.usageNanoCores === undefined || !cores || !capacity) return [];
  const used = memory?.workingSetBytes ?? 0;
  return [{ node, item, cpu: cpu.usageNanoCores / 1e9 / cores, memory: used / capacity, used, capacity }];
}

function judge({ node, item, cpu, memory, used, capacity }: Usage, context: Context): void {
  const subject = subjectOf(node);
  if (cpu > SINGLE) {
    const values = { node: subject, percent: Math.round(cpu * 100) };
    context.report({ message: 'nodeCpu', values, subject, evidence: [context.at(item, '/node/cpu')] });
  }
  if (memory > MEMORY) {
    const values = { node: subject, percent: Math.round(memory * 100), used, capacity };
    context.report({ message: 'memory', values, subject, evidence: [context.at(item, '/node/memory')] });
  }
  if (cpu > SINGLE || memory > MEMORY) return;
  const values = { cpu: Math.round(cpu * 100), memory: Math.round(memory * 100) };
  context.looked({ check: 'room', values, subject, evidence: [context.at(item, '/node/cpu')] });
}

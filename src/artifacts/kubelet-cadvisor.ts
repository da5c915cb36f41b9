import { document } from '../model/artifact.ts';
import { parsePrometheusText } from './prometheus-text.ts';

/** CPU periods of one container since it was started, as its cgroup counts them. */
export interface ContainerCpuPeriods {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Enforcement periods (100 ms each unless the kubelet says otherwise) in which it wanted to run. */
  readonly periods: number;
  /** Those in which its CPU limit stopped it. */
  readonly throttledPeriods: number;
}

/** What is kept of a kubelet's container metrics; the entry holds all of them. */
export interface KubeletCadvisor {
  readonly containers: readonly ContainerCpuPeriods[];
}

const PERIODS = 'container_cpu_cfs_periods_total';
const THROTTLED = 'container_cpu_cfs_throttled_periods_total';

/**
 * `/metrics/cadvisor` of a kubelet in the Prometheus text format, scope node; parsed by line. Containers without
 * a CPU limit have no such counters; sums over a pod and its sandbox are left out.
 */
export const kubeletCadvisor = document<KubeletCadvisor>({
  id: 'kubelet-cadvisor',
  title: 'Container metrics of a kubelet',
  contentType: 'text',
  rearranged: true,
  counters: true,
  parse(bytes) {
    const metrics = parsePrometheusText(bytes, new Set([PERIODS, THROTTLED]));
    const throttled = new Map(metrics.named(THROTTLED).map((one) => [keyOf(one.labels), one.value]));
    const containers: ContainerCpuPeriods[] = [];
    for (const { labels, value } of metrics.named(PERIODS)) {
      const { namespace, pod, container } = labels;
      const throttledPeriods = throttled.get(keyOf(labels));
      if (!namespace || !pod || !container || container === 'POD' || throttledPeriods === undefined) continue;
      containers.push({ namespace, pod, container, periods: value, throttledPeriods });
    }
    return { containers };
  },
});

/** A container by its cgroup: a restarted one has counters of its own beside those of the run before. */
function keyOf(labels: Readonly<Record<string, string>>): string {
  return `${labels.namespace}/${labels.pod}/${labels.container}/${labels.id ?? ''}`;
}

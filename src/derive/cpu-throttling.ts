import {
  type ContainerCpuPeriods,
  type KubeletCadvisor,
  kubeletCadvisor,
} from '../artifacts/kubelet-cadvisor.ts';
import { type DocumentItem, defineDerived } from '../model/artifact.ts';
import { looksOf } from './counter-rates.ts';

/** How often the CPU limit of a container stopped it. */
export interface CpuThrottling extends ContainerCpuPeriods {
  /** Throttled of all periods, 0 to 1. */
  readonly share: number;
  /** Seconds between the two looks compared; undefined when it is told since the start of the container. */
  readonly seconds: number | undefined;
  /** The document it was read from. */
  readonly document: DocumentItem<KubeletCadvisor>;
}

/** Fewer periods say nothing: 30 are three busy seconds, 3000 five busy minutes. */
const PERIODS_BETWEEN = 30;
const PERIODS_IN_ALL = 3000;

/** Throttling of each container: between two looks at its node where there are two, else since its start. */
export const cpuThrottling = defineDerived({
  id: 'cpu-throttling',
  title: 'CPU throttling of containers',
  needs: { documents: kubeletCadvisor },
  derive({ documents }, { observed }): readonly CpuThrottling[] {
    const ofNodes = documents.items.filter(({ scope }) => scope.type === 'node');
    return looksOf(ofNodes, { observed }).flatMap(({ last, first, seconds }) =>
      first === undefined || seconds === undefined ? sinceStart(last) : between(first, last, seconds),
    );
  },
});

function sinceStart(document: DocumentItem<KubeletCadvisor>): CpuThrottling[] {
  return document.value.containers
    .filter((one) => one.periods >= PERIODS_IN_ALL)
    .map((one) => ({ ...one, share: one.throttledPeriods / one.periods, seconds: undefined, document }));
}

function between(
  first: DocumentItem<KubeletCadvisor>,
  document: DocumentItem<KubeletCadvisor>,
  seconds: number,
): CpuThrottling[] {
  const before = new Map(first.value.containers.map((one) => [keyOf(one), one]));
  return document.value.containers.flatMap((one) => {
    const old = before.get(keyOf(one));
    const periods = one.periods - (old?.periods ?? one.periods);
    const throttledPeriods = one.throttledPeriods - (old?.throttledPeriods ?? 0);
    // Counters that fell are those of a container started between the looks.
    if (periods < PERIODS_BETWEEN || throttledPeriods < 0) return [];
    return [{ ...one, periods, throttledPeriods, share: throttledPeriods / periods, seconds, document }];
  });
}

function keyOf({ namespace, pod, container }: ContainerCpuPeriods): string {
  return `${namespace}/${pod}/${container}`;
}

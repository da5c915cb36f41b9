import type { PodItem } from '../artifacts/resources.ts';
import type { IstioProxy } from './istio-sidecars.ts';

/** Asks to be left out, as label or annotation of a pod. */
const INJECT = 'sidecar.istio.io/inject';

/** Why a pod for which nothing asks for a proxy has none, in the words of a sentence. */
export function noProxyReason({ metadata: { labels, annotations }, spec }: PodItem): string {
  if (spec?.hostNetwork) return 'they use the network of their node, into which no proxy is put';
  if (labels?.[INJECT] === 'false' || annotations?.[INJECT] === 'false')
    return `they ask to be left out (\`${INJECT}: "false"\`)`;
  return 'neither the labels of the namespace nor their own ask Istio for one';
}

/** Whether the container of a proxy is ready. Native sidecars are init containers, and so are their statuses. */
export function isProxyReady({ pod: { status }, container: { name, native } }: IstioProxy): boolean {
  return statusOf(status, name, native)?.ready === true;
}

/** When the container of a proxy was started last, or ended when it does not run; undefined before its first start. */
export function proxySince({ pod: { status }, container: { name, native } }: IstioProxy): string | undefined {
  const { state, lastState } = statusOf(status, name, native) ?? {};
  const ended = state?.terminated ?? lastState?.terminated;
  return state?.running?.startedAt ?? ended?.finishedAt;
}

function statusOf(status: PodItem['status'], name: string, native: boolean) {
  const statuses = native ? status?.initContainerStatuses : status?.containerStatuses;
  return statuses?.find((one) => one.name === name);
}

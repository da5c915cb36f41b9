import type { PodItem } from '../artifacts/resources.ts';
import type { Injection } from './istio-injection.ts';
import { INJECT_LABEL } from './istio-labels.ts';
import { type IstioProxy, proxyView } from './istio-sidecars.ts';

/** Why a pod for which nothing asks for a proxy has none, in the words of a sentence. */
export function noProxyReason(
  { metadata: { labels, annotations }, spec }: PodItem,
  { bySettings }: Extract<Injection, { state: 'unwanted' }>,
): string {
  if (spec?.hostNetwork) return 'they use the network of their node, into which no proxy is put';
  if (labels?.[INJECT_LABEL] === 'false' || annotations?.[INJECT_LABEL] === 'false')
    return `they ask to be left out (\`${INJECT_LABEL}: "false"\`)`;
  if (bySettings)
    return 'the settings of the injector leave them out (`neverInjectSelector`, or `autoInject: disabled`)';
  return 'neither the labels of the namespace nor their own ask Istio for one';
}

/** Whether the container of a proxy is ready. */
export function isProxyReady(proxy: IstioProxy): boolean {
  return proxyView(proxy)?.status.ready === true;
}

/** When the container of a proxy was started last, or ended when it does not run; undefined before its first start. */
export function proxySince(proxy: IstioProxy): string | undefined {
  const { state, lastState } = proxyView(proxy)?.status ?? {};
  const ended = state?.terminated ?? lastState?.terminated;
  return state?.running?.startedAt ?? ended?.finishedAt;
}

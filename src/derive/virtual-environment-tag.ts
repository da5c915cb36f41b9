import { istioProxyContainer, PROXY_CONTAINER } from '../artifacts/istio-proxy.ts';
import type { PodItem } from '../artifacts/resources.ts';
import { perItem } from '../model/per-item.ts';

/** The variable KtEnv's webhook writes into the proxy, and its filter reads (cmd/webhook/main.go). */
const TAG_VARIABLE = 'VIRTUAL_ENVIRONMENT_TAG';

/** What a pod's proxy knows of its environment. */
export type PodTag =
  /** No proxy beside the application: nothing to tag, nothing that would route. */
  | { readonly state: 'noProxy' }
  /** `value` undefined: the variable is filled from somewhere else. */
  | { readonly state: 'tagged'; readonly value: string | undefined; readonly pointer: string }
  | {
      readonly state: 'untagged';
      /** JSON Pointer to the proxy's container. */
      readonly pointer: string;
      /**
       * Why the webhook does not see the proxy: it looks for a container called `istio-proxy` among
       * `spec.containers` only.
       */
      readonly hidden?: 'native' | 'renamed';
    };

/** The tag of a pod, as its proxy's environment has it. */
export const podTag: (pod: PodItem) => PodTag = perItem(readTag);

function readTag(pod: PodItem): PodTag {
  const proxy = istioProxyContainer(pod);
  if (proxy?.role !== 'sidecar') return { state: 'noProxy' };
  const { spec, pointer, native, name } = proxy;
  const index = (spec.env ?? []).findIndex((one) => one.name === TAG_VARIABLE);
  const variable = spec.env?.[index];
  if (variable) {
    const value = variable.valueFrom ? undefined : (variable.value ?? '');
    return { state: 'tagged', value, pointer: `${pointer}/env/${index}` };
  }
  const hidden = native ? 'native' : name === PROXY_CONTAINER ? undefined : 'renamed';
  return { state: 'untagged', pointer, ...(hidden ? { hidden } : {}) };
}

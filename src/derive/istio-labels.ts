/** Label of a namespace that asks the default revision for proxies: `enabled`, `disabled`. */
export const INJECTION_LABEL = 'istio-injection';
/** Label of namespaces, pods and control planes, and annotation of old pods: a revision or a tag. */
export const REVISION_LABEL = 'istio.io/rev';
/** Label of namespaces and pods: `ambient` for those ztunnel serves, `none`. */
export const AMBIENT_LABEL = 'istio.io/dataplane-mode';
/** Label of a pod, or annotation of an old one, that asks for a proxy or to be left out: `"true"`, `"false"`. */
export const INJECT_LABEL = 'sidecar.istio.io/inject';
/** Annotation the injector leaves on a pod: JSON with what it put there, and its revision. */
export const STATUS_ANNOTATION = 'sidecar.istio.io/status';

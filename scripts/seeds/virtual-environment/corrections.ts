import type { SeedCorrection } from '../seed-row.ts';

const RULES_MISSING = 'virtual-environment/rules-missing';
const PORTS = 'virtual-environment/port-not-http';
const TAG = 'virtual-environment/tag-missing';
const FILTER = 'virtual-environment/tag-filter-ineffective';
const SCRIPT = 'virtual-environment/tag-filter-inactive';
const SIDECARS = 'virtual-environment/sidecars-not-ready';
const PROXY = 'istio/proxy-not-ready';

/** As many VirtualServices as DestinationRules as Services. */
export const NOT_EVERY_SERVICE: SeedCorrection = {
  says: 'A Service whose rules would come to one route, such as one in the default environment only, needs neither: the operator deletes both.',
  page: RULES_MISSING,
  quote: 'that holds only for Services the last rule leaves',
};

/** `kubectl get pod -l <label>` as a list of what is routed. */
export const TEMPLATES_COUNT: SeedCorrection = {
  says: 'The operator reads the templates of Deployments and StatefulSets and never pods: pods of a DaemonSet, of a Job or of nobody are in this list and get no route, and a workload scaled to zero is not in it and has one.',
  page: 'virtual-environment/workload-not-considered',
  quote: 'as the troubleshooting page of KtEnv has it, includes all of them',
};

/** `kubectl logs <pod> --tail 50` of the operator. */
export const LAST_LINES_ARE_NOT_ALL: SeedCorrection = {
  says: 'Errors are written once, at the change they belong to: fifty lines need not hold them, and those that are there may be over. What the operator knows now it says itself (`inspector status`).',
  page: 'virtual-environment/rules-refused',
  quote: 'A line about an object that exists by now is history',
};

/** Names of ports after `<protocol>[-<suffix>]`, and routing of HTTP alone. */
export const APP_PROTOCOL_FIRST: SeedCorrection = {
  says: 'For Istio `appProtocol` comes first, and gRPC and what looks like HTTP by its first bytes can be routed as well. KtEnv reads the name alone.',
  page: PORTS,
  quote: 'Istio decides what a port speaks by `appProtocol` first',
};

/** Names that begin with `http`. */
export const HTTPS_IS_NOT_ROUTED: SeedCorrection = {
  says: 'KtEnv makes rules for `https` too, which Istio does not apply: to Istio that is TLS.',
  page: PORTS,
  quote: '| `https` | routed | TLS: rules for HTTP do not apply |',
};

/** Rules that are there are right. */
export const RULES_GO_STALE: SeedCorrection = {
  says: 'They may well be wrong: a changed name of the header and a changed `rule` annotation never reach a VirtualService that exists, and rules of workloads that are gone stay.',
  page: 'virtual-environment/rules-stale',
  quote: 'it compares the values headers must have and not their names',
};

/** The access log as the next step. */
export const ACCESS_LOG_IS_OFF: SeedCorrection = {
  says: 'The access log is off unless it was turned on: that a proxy writes no such line means nothing.',
  page: 'istio/requests-failing',
  quote: 'off unless `accessLogFile` or a Telemetry resource turns it on',
};

/** A pod may be in one Service only. */
export const SEVERAL_SERVICES_WORK: SeedCorrection = {
  says: 'Istio supports it as long as the Services agree about the protocol of the ports they share.',
  page: 'virtual-environment/workload-in-several-services',
  quote: "Today's Istio does support it as long as the Services agree",
};

/** Tagging as if it were always on. */
export const TAGGED_WHEN_ASKED: SeedCorrection = {
  says: 'Nothing is tagged unless the VirtualEnvironment has `envHeader.autoInject: true`, which is not the default.',
  page: TAG,
  quote: 'Environments without `autoInject: true` are not judged: nothing is to be tagged there',
};

/** The variable of the sidecar. */
export const ORDINARY_SIDECARS_ONLY: SeedCorrection = {
  says: 'The webhook finds the container `istio-proxy` among the ordinary containers only: native sidecars, the default since Istio 1.27 with kubelets of 1.33, stay without a tag.',
  page: TAG,
  quote: 'The webhook looks for `istio-proxy` among `spec.containers` only',
};

/** `grep VIRTUAL_ENVIRONMENT_TAG` over the whole pod. */
export const IN_THE_PROXY: SeedCorrection = {
  says: 'It finds the variable in any container; only that of `istio-proxy` counts.',
  page: TAG,
  quote: 'look that it is in `istio-proxy`',
};

/** No variable: the webhook is not deployed. */
export const OTHER_REASONS_FOR_NO_TAG: SeedCorrection = {
  says: 'A webhook that is down lets no pod through at all. Pods without a tag come of a namespace without its label, another pod label, native sidecars, or pods older than the webhook.',
  page: TAG,
  quote: 'A webhook that is configured but does not answer lets no pod through in its namespaces',
};

/** The log of the proxy shows an error when the script is at fault. */
export const SILENT_WITHOUT_EFFECT: SeedCorrection = {
  says: 'The most common fault writes nothing: since Istio 1.19 the filter of every KtEnv up to v0.6.0 applies nowhere.',
  page: FILTER,
  quote: 'the patch applies nowhere, without an error anywhere',
};

/** An EnvoyFilter whose content is as KtEnv makes it. */
export const SOUND_IS_NOT_ENOUGH: SeedCorrection = {
  says: 'As KtEnv writes it, it fits old versions of Istio only: those up to 1.18 take the name of its filter, those before 1.9 also the v2 type of KtEnv v0.5.4 and older.',
  page: FILTER,
  quote: 'since 1.19 names are compared exactly',
};

/** `curl http://localhost:15000/config_dump` in the proxy. */
export const NO_CURL: SeedCorrection = {
  says: 'Distroless proxies hold no curl: `pilot-agent request GET config_dump` asks in every image.',
  page: SCRIPT,
  quote: 'The agent can ask in every image',
};

/** `active_state` or `error_state`. */
export const OR_NOWHERE: SeedCorrection = {
  says: 'There is a third case: the script stands in no listener at all, as when its patch applies nowhere or the proxy is behind its control plane.',
  page: SCRIPT,
  quote: 'outbound listeners with an HTTP connection manager serve, and none of them has the script',
};

/** `config not received from Pilot`. */
export const COUNTERS_DECIDE: SeedCorrection = {
  says: 'Up to Istio 1.11 the line reads so also when the configuration came and was refused: the counters behind it decide. Newer versions say `config not received from XDS server`.',
  page: SIDECARS,
  quote: 'means different things by the counters behind it',
};

/** `/bin/bash` in the proxy. */
export const NO_SHELL_IN_PROXY: SeedCorrection = {
  says: 'Distroless proxies hold no shell.',
  page: SIDECARS,
  quote: 'if it is distroless, a shell',
};

/** `nc -zvw2 istio-pilot.istio-system 15010`. */
export const ADDRESS_OF_THE_PROXY: SeedCorrection = {
  says: 'That address ends with Istio 1.5; it is `istiod.istio-system.svc:15012`, or that of the revision, and the image holds no `nc`.',
  page: PROXY,
  quote: 'That address exists up to Istio 1.5 only',
};

import { configMaps, nodes } from '../artifacts/resources.ts';
import { common, names, type ProxyCase } from './istio-proxy-case.ts';
import {
  cite,
  configuration,
  controlPlane,
  faultIn,
  name,
  ofFault,
  planesOf,
  ROOT_CONFIG_MAP,
  rootRef,
  type Step,
  trust,
  way,
} from './istio-proxy-link-steps.ts';
import { type Cited, lastLine } from './istio-proxy-log.ts';
import { istioMinorsAhead } from './istio-version.ts';

/** 7: the root certificate of the namespace. */
const rootCertificate: Step = (one) => {
  const { proxy, context, inputs, trouble } = one;
  const { namespace = '' } = proxy.pod.metadata;
  if (trouble.is !== 'creating') return false;
  const index = (proxy.pod.spec?.volumes ?? []).findIndex(
    ({ configMap }) => configMap?.name === ROOT_CONFIG_MAP,
  );
  const found = inputs.configMaps.lookup({ namespace, name: ROOT_CONFIG_MAP });
  if (index < 0 || found.state !== 'absent') return false;
  const scope = { type: 'namespace', namespace } as const;
  context.report({
    message: 'rootCertificateMissing',
    values: { pod: one.subject, namespace },
    ...common(
      one,
      context.at(proxy.pod, `/spec/volumes/${index}`),
      context.absent({ artifact: configMaps, scope, name: ROOT_CONFIG_MAP }),
    ),
    related: [rootRef(one), ...planesOf(one)],
  });
  return true;
};

/** 8: redirection of the traffic. */
const setup: Step = (one) => {
  const { trouble, context, proxy, inputs } = one;
  if (trouble.is !== 'setup') return false;
  const { status, name: container } = trouble.view;
  const { namespace = '', name: pod } = proxy.pod.metadata;
  const owner = { namespace, pod, container };
  const tables = lastLine(inputs.setup, 'noTables', owner);
  const denied = lastLine(inputs.setup, 'notAllowed', owner);
  const line = tables ?? denied;
  const code = (status.state?.terminated ?? status.lastState?.terminated)?.exitCode ?? 1;
  context.report({
    message: 'setupFailed',
    values: { pod: one.subject, container, code, meaning: setupMeaning(container, tables, denied) },
    ...common(one, ...(line ? [cite(line)] : [])),
  });
  return true;
};

function setupMeaning(container: string, tables: Cited | undefined, denied: Cited | undefined): string {
  if (tables) return tables.hit.captures.problem ?? 'the tables of the node cannot be changed';
  if (denied) return 'it is not allowed to change the tables; the pod lacks NET_ADMIN and NET_RAW';
  return container === 'istio-validation'
    ? 'the plugin of Istio has not redirected the traffic of this pod'
    : 'the redirection cannot be set up';
}

/** 9: times of certificates. */
const times: Step = (one) => {
  const fault = faultIn(one, 'expired', 'notYetValid');
  if (!fault) return false;
  const { context, proxy } = one;
  const { nodeName } = proxy.pod.spec ?? {};
  const node = { group: nodes.group, kind: nodes.kind, name: nodeName ?? '' };
  context.report({
    message: 'certificateTimes',
    values: {
      pod: one.subject,
      state: fault.class === 'expired' ? 'expired' : 'not valid yet',
      detail: fault.detail,
    },
    ...ofFault(one, fault),
    related: [...(nodeName ? [node] : []), rootRef(one), ...planesOf(one)],
  });
  return true;
};

/** 10: memory. */
const memory: Step = (one) => {
  const { killed } = one.state;
  if (!killed) return false;
  const limit = one.proxy.container.spec.resources?.limits?.memory;
  one.context.report({
    message: 'envoyKilled',
    values: { ...names(one), memory: limit === undefined ? 'no limit of its own' : `limit ${limit}` },
    ...common(one, cite(killed), one.context.at(one.proxy.pod, one.proxy.container.pointer)),
  });
  return true;
};

/** 11: versions. Distances of revisions that are upgraded one by one are one minor version. */
const version: Step = (one) => {
  const { proxy, behind, context } = one;
  const [plane] = behind;
  if (one.trouble.is === 'creating' || !proxy.version || !plane?.version || behind.length > 1) return false;
  if (Math.abs(istioMinorsAhead(plane.version, proxy.version)) <= 1) return false;
  if (one.fault || one.reached) return false;
  const [related] = planesOf(one);
  context.report({
    message: 'versionTooOld',
    values: { pod: one.subject, version: proxy.version.text, planeVersion: plane.version.text },
    ...common(one, context.at(proxy.pod, proxy.container.pointer)),
    ...(related ? { related: [related] } : {}),
  });
  return true;
};

/** 12: the hook that holds the application back. */
const hook: Step = (one) => {
  const { proxy, context, inputs, trouble } = one;
  if (trouble.is === 'creating' || trouble.is === 'setup') return false;
  const { waiting } = trouble.view.status.state ?? {};
  const path = `{${proxy.container.name}}`;
  const event = inputs.events
    .about(proxy.pod)
    .find(
      ({ reason, involvedObject }) =>
        reason === 'FailedPostStartHook' && (involvedObject?.fieldPath ?? '').includes(path),
    );
  const isHook = waiting?.reason === 'PostStartHookError';
  if (!isHook && (!event || trouble.is !== 'failing')) return false;
  const detail = (isHook ? waiting?.message : event?.message) ?? 'PostStartHookError';
  context.report({
    message: 'startHookFailed',
    values: { ...names(one), detail: detail.slice(0, 200) },
    ...common(one, ...(event ? [context.at(event, '/message')] : [])),
  });
  return true;
};

/** None of these: what its readiness says. */
const readiness: Step = (one) => {
  const { notReady } = one.state;
  if (!notReady || one.trouble.is !== 'unready') return false;
  one.context.report({
    message: 'notReady',
    values: { ...names(one), meaning: readinessMeaning(notReady.reason, one), detail: notReady.reason },
    ...common(one, cite(notReady)),
    related: planesOf(one),
  });
  return true;
};

function readinessMeaning(reason: string, { reached }: ProxyCase): string {
  if (/config not (?:fully )?received/.test(reason))
    return reached
      ? 'a part of its configuration has not come, mostly clusters or secrets that still warm up'
      : 'nothing has come from its control plane';
  if (/readiness stats|Envoy stats/.test(reason)) return 'Envoy has not started or does not answer';
  if (/server is not live|workers have not yet started|server\.state/.test(reason))
    return 'Envoy is still starting';
  return 'its readiness check fails';
}

/** The questions in the order their answers count (facts: ktenv-istio-konvoy.md §2.8). */
export const PROXY_STEPS: readonly Step[] = [
  controlPlane,
  name,
  way,
  trust,
  configuration,
  rootCertificate,
  setup,
  times,
  memory,
  version,
  hook,
  readiness,
];

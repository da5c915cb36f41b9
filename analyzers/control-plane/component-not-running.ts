import { componentHealth } from '../../src/artifacts/component-health.ts';
import { nodeContainers } from '../../src/artifacts/node-containers.ts';
import { nodeServices } from '../../src/artifacts/node-services.ts';
import { pods } from '../../src/artifacts/resources.ts';
import {
  componentFault,
  componentTail,
  isAboutEnd,
  renewalCause,
} from '../../src/derive/component-faults.ts';
import { NOT_RUNNING_MESSAGES } from '../../src/derive/component-not-running-messages.ts';
import { type ComponentState, componentState } from '../../src/derive/component-state.ts';
import { type ComponentInstance, type ControlPlane, controlPlane } from '../../src/derive/control-plane.ts';
import { exitedOn, failedUnits, missingInstances } from '../../src/derive/control-plane-gaps.ts';
import { componentLog } from '../../src/derive/control-plane-logs.ts';
import { lastErrorLine } from '../../src/derive/last-error-line.ts';
import { logGaps } from '../../src/derive/log-gap.ts';
import { lostDocuments } from '../../src/derive/machines.ts';
import { nodeReboots } from '../../src/derive/node-reboots.ts';
import { undecidedAge } from '../../src/derive/undecided-age.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';

/** An end longer ago than this is history of a component that is ready now. */
const RECENT_SECONDS = 3600;
/** Restarts that are no accident, of a component that is ready between them. */
const RESTARTS = 3;

/** Components with a document of their health each (control-plane/components). */
const ASKED_FOR_HEALTH: ReadonlySet<string> = new Set(['kube-controller-manager', 'kube-scheduler']);

const needs = {
  plane: controlPlane,
  pods,
  reboots: optional(nodeReboots),
  log: optional(componentLog),
  tail: optional(componentTail),
  health: optional(componentHealth),
  services: optional(nodeServices),
  containers: optional(nodeContainers),
};

export const componentNotRunning = defineAnalyzer({
  meta: {
    id: 'control-plane/component-not-running',
    title: 'Control-plane component not running',
    description:
      'Whether each instance of API server, controller-manager, scheduler and etcd runs and stays up, and why it does not.',
    messages: NOT_RUNNING_MESSAGES,
    checks: {
      running: {
        checklist: 'control-plane',
        item: 'Component runs and is ready',
        expected: 'ready, no recent end',
        found: '{state:text}, {restarts:count} restarts, version {version:text}',
      },
    },
    references: [
      'https://kubernetes.io/docs/tasks/debug/debug-cluster/#looking-at-logs',
      'facts: control-plane-and-nodes.md §5.1, log lines of kube-controller-manager and kube-scheduler 1.36',
    ],
  },
  needs,
  appliesTo({ plane }) {
    return plane.instances.length > 0 ? true : plane.applies('kube-apiserver');
  },
  analyze(inputs, context) {
    const { plane, services, containers } = inputs;
    for (const instance of plane.instances) judge(instance, inputs, context);
    for (const { node, component, sibling } of missingInstances(plane, inputs.pods)) {
      context.report({
        message: 'missing',
        values: { node, component, sibling: sibling.subject },
        subject: node,
        related: [sibling.subject],
        evidence: [
          context.absent({ artifact: pods, scope: CLUSTER_SCOPE, name: `${component}-${node.name}` }),
        ],
      });
    }
    for (const { subject, unit, document, index, state } of failedUnits(services)) {
      context.report({
        message: 'unitFailed',
        values: { node: subject, unit, state },
        subject,
        evidence: [context.at(document, `/${index}`)],
      });
    }
    for (const { instance, document, index, attempt } of exitedOn(plane, containers)) {
      context.report({
        message: 'exited',
        values: { pod: instance.subject, component: instance.component, attempt },
        subject: instance.subject,
        evidence: [context.at(document, `/${index}`)],
      });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof componentNotRunning.meta.messages,
  NonNullable<typeof componentNotRunning.meta.checks>
>;

function judge(instance: ComponentInstance, inputs: Inputs<typeof needs>, context: Context): void {
  const state = componentState(instance, context);
  const { pod, subject, version = 'unknown' } = instance;
  if (!pod || !state || state.is === 'deleted') return;
  if (state.is === 'starting') {
    const unseen = state.isUndecided ? undecidedAge(pod) : 'it started minutes before the collection';
    context.looked({ check: 'running', subject, unseen });
  } else if (state.is === 'down') {
    reportDown(instance, state, inputs, context);
  } else if (!reportRestarts(instance, state, inputs, context) && !reportChecks(instance, inputs, context)) {
    const { words, restarts, container } = state;
    const evidence = container ? [context.at(pod, container.pointer)] : [];
    context.looked({ check: 'running', values: { state: words, restarts, version }, subject, evidence });
  }
}

/** Critical when no other instance of the component is ready. */
function severityOf({ component, subject }: ComponentInstance, plane: ControlPlane, context: Context) {
  const others = plane.of(component).filter((one) => one.subject.name !== subject.name);
  const isCovered = others.some((one) => componentState(one, context)?.is === 'ready');
  return isCovered ? ('warning' as const) : ('critical' as const);
}

function reportDown(
  instance: ComponentInstance,
  state: ComponentState,
  { plane, log, tail }: Inputs<typeof needs>,
  context: Context,
): void {
  const { component, pod, subject } = instance;
  const fault = componentFault(instance, log, context);
  const severity = severityOf(instance, plane, context);
  const { namespace = '', name } = subject;
  const lastWords = tail.lastWords({ namespace, pod: name, container: component });
  const status = context.at(pod as object, state.container?.pointer ?? '/status');
  const line =
    fault && ({ cite: 'matches', matches: fault.matches, ...(fault.hit ? { hit: fault.hit } : {}) } as const);
  const common = { subject, severity };
  const values = { pod: subject, component, state: state.words, restarts: state.restarts };
  if (fault && line && fault.is !== 'badStart') {
    const detail = fault.is === 'leaseLost' ? renewalCause(instance, log, context) : fault.detail;
    const told = { ...values, detail: detail || 'no answer in time' };
    context.report({ message: fault.is, values: told, ...common, evidence: [status, line] });
    return;
  }
  const detail = fault?.detail ?? lastErrorLine(lastWords)?.text ?? 'its log was not seen or names no error';
  const rest: EvidenceRef[] = line ? [line] : lastWords ? [{ cite: 'tail', tail: lastWords }] : [];
  const message = NOT_READY[component];
  context.report({ message, values: { ...values, detail }, ...common, evidence: [status, ...rest] });
}

const NOT_READY = {
  'kube-apiserver': 'apiServerNotReady',
  'kube-controller-manager': 'notReady',
  'kube-scheduler': 'notReady',
  etcd: 'etcdNotReady',
} as const;

/** Of a component that is ready again: ends within the hour that are no reboot. */
function reportRestarts(
  instance: ComponentInstance,
  state: ComponentState,
  { log, reboots }: Inputs<typeof needs>,
  context: Context,
): boolean {
  const { component, pod, subject, node } = instance;
  const { ended, restarts, container, exitCode = 0 } = state;
  if (!pod || !container || reboots.explaining(node, ended)) return false;
  const past = isOlder(context.age(ended, pod), RECENT_SECONDS);
  if (past === undefined && ended !== undefined) {
    context.looked({ check: 'running', unseen: undecidedAge(pod), subject });
    return true;
  }
  if (past !== false) return false;
  const fault = componentFault(instance, log, context);
  const status = context.at(pod, `${container.pointer}/lastState`);
  const values = { pod: subject, component, restarts, state: 'it is ready again' };
  if (fault?.is === 'leaseLost' && isAboutEnd(fault, state)) {
    const line = { cite: 'matches', matches: fault.matches } as const;
    const detail = renewalCause(instance, log, context);
    const told = { ...values, detail };
    context.report({
      message: 'leaseLost',
      severity: 'warning',
      values: told,
      subject,
      evidence: [status, line],
      since: ended as string,
    });
    return true;
  }
  if (restarts < RESTARTS || exitCode === 0) {
    const gap = exitCode === 0 ? undefined : logGaps(log)(containerOf(instance));
    if (gap) context.looked({ check: 'running', unseen: gap, subject });
    return gap !== undefined;
  }
  const detail = fault?.detail || `it ended with code ${exitCode}`;
  const told = { ...values, detail };
  context.report({ message: 'restarts', values: told, subject, evidence: [status], since: ended as string });
  return true;
}

function containerOf({ subject, component }: ComponentInstance) {
  return { namespace: subject.namespace ?? '', pod: subject.name, container: component };
}

/** Checks an instance fails that the kubelet takes for ready; a request without a reply tells of the way to it only. */
function reportChecks(
  { component, subject }: ComponentInstance,
  { health }: Inputs<typeof needs>,
  context: Context,
): boolean {
  const item = health.items.find(({ scope }) => scope.type === 'object' && scope.name === subject.name);
  const index = item?.value.replies.findIndex(({ checks }) => checks.some(({ ok }) => !ok)) ?? -1;
  const reply = item?.value.replies[index];
  // Nobody asked: whether it would have said that it is well is not known.
  const unasked = ASKED_FOR_HEALTH.has(component) ? health.coverage.gaps[0] : undefined;
  const lost = item ? undefined : (lostDocuments(health) ?? unasked);
  if (lost) context.looked({ check: 'running', unseen: lost, subject });
  if (!item || !reply) return lost !== undefined;
  const checks = reply.checks.filter(({ ok }) => !ok).map(({ name }) => name);
  const values = { component, pod: subject, checks, path: reply.path };
  const evidence = [context.at(item, `/replies/${index}`)] as const;
  context.report({ message: 'checkFails', values, subject, evidence });
  return true;
}

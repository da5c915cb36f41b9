import { type PodItem, pods } from '../artifacts/resources.ts';
import { virtualEnvironmentStatus } from '../artifacts/virtual-environment-status.ts';
import { deployments } from '../artifacts/workload-resources.ts';
import { type Inputs, type ItemOf, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { hasEnded } from './pod-readiness.ts';
import {
  type EnvironmentProgram,
  environmentProgram,
  type ProgramVersion,
  programVersion,
} from './virtual-environment-programs.ts';

type DeploymentItem = ItemOf<typeof deployments>;

/** The operator or the webhook of KtEnv as it is deployed. */
export interface EnvironmentComponent {
  readonly deployment: DeploymentItem | undefined;
  /** Pods that have not ended. */
  readonly pods: readonly PodItem[];
  /** By what it says itself, else by its image. */
  readonly version: ProgramVersion | undefined;
  /** Name of its container. */
  readonly container: string;
}

/** The webhook of the cluster, which writes the environment into sidecars. */
export interface EnvironmentWebhook extends EnvironmentComponent {
  readonly namespace: string;
  /** Pod labels it reads an environment from, in their order; undefined when no pod of it is seen. */
  readonly labels: readonly string[] | undefined;
}

/** What the components of KtEnv are found by. */
export const COMPONENT_NEEDS = {
  pods: optional(pods),
  deployments: optional(deployments),
  statuses: optional(virtualEnvironmentStatus),
};
type In = Inputs<typeof COMPONENT_NEEDS>;

/** Operators and the webhook. */
export interface EnvironmentComponents {
  /** By the namespace they watch. */
  readonly operators: Map<string, EnvironmentComponent>;
  /** An operator told to watch every namespace. */
  readonly everywhere: EnvironmentComponent | undefined;
  readonly webhook: EnvironmentWebhook | undefined;
}

/** The parts of one component in one namespace. */
interface Found {
  readonly pods: PodItem[];
  deployment?: DeploymentItem;
  program: EnvironmentProgram;
}

/** Finds operators and the webhook by their images and containers. */
export function environmentComponents(inputs: In): EnvironmentComponents {
  const found = new Map<string, Found>();
  const at = (namespace = '', program: EnvironmentProgram): Found =>
    getOrCreate(found, `${program.is}/${namespace}`, () => ({ pods: [], program }));
  for (const pod of inputs.pods.items) {
    const program = environmentProgram(pod.spec?.containers);
    if (program && !hasEnded(pod)) at(pod.metadata.namespace, program).pods.push(pod);
  }
  for (const deployment of inputs.deployments.items) {
    const program = environmentProgram(deployment.spec?.template?.spec?.containers);
    if (!program) continue;
    const place = at(deployment.metadata.namespace, program);
    place.deployment = deployment;
    // The template is what is wanted; pods of an older one may still run.
    place.program = place.pods.length > 0 ? place.program : program;
  }
  const versions = toldVersions(inputs);
  const operators = new Map<string, EnvironmentComponent>();
  let everywhere: EnvironmentComponent | undefined;
  let webhook: EnvironmentWebhook | undefined;
  for (const [key, one] of found) {
    const namespace = key.slice(key.indexOf('/') + 1);
    const part = componentOf(one, versions);
    if (one.program.is === 'webhook') {
      webhook ??= { ...part, namespace, labels: labelsOf(one) };
      continue;
    }
    const watched = watchedBy(one.pods[0], one.program.container);
    if (watched === '') everywhere = part;
    else operators.set(watched ?? namespace, part);
  }
  return { operators, everywhere, webhook };
}

function componentOf(
  { pods: podItems, deployment, program }: Found,
  told: ReadonlyMap<string, ProgramVersion>,
): EnvironmentComponent {
  const { container, image } = program;
  const own = podItems.map(({ metadata }) => told.get(`${metadata.namespace}/${metadata.name}`));
  return {
    deployment,
    pods: podItems,
    version: own.find((one) => one !== undefined) ?? programVersion(image),
    container,
  };
}

/** Versions operators say of themselves, by namespace and name of the pod. */
function toldVersions({ statuses }: In): ReadonlyMap<string, ProgramVersion> {
  const told = new Map<string, ProgramVersion>();
  for (const { value } of statuses.items) {
    const version = programVersion(`:${value.version ?? ''}`);
    if (value.operator && version) told.set(`${value.operator.namespace}/${value.operator.pod}`, version);
  }
  return told;
}

/** `WATCH_NAMESPACE` when it is written out; as delivered it is the pod's own namespace. */
function watchedBy(pod: PodItem | undefined, container: string): string | undefined {
  const variable = variableOf(pod, container, 'WATCH_NAMESPACE');
  return variable?.valueFrom ? undefined : variable?.value;
}

/** `envLabel`, split as the webhook does, which ends without one. */
function labelsOf({ pods: [pod], program }: Found): readonly string[] | undefined {
  const variable = variableOf(pod, program.container, 'envLabel');
  if (!pod || variable?.valueFrom) return undefined;
  return (variable?.value ?? '').split(',').filter((label) => label !== '');
}

function variableOf(pod: PodItem | undefined, container: string, name: string) {
  const found = (pod?.spec?.containers ?? []).find((one) => one.name === container);
  return (found?.env ?? []).find((one) => one.name === name);
}

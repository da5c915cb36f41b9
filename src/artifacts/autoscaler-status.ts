import { load } from 'js-yaml';

/** What cluster-autoscaler publishes of itself in the ConfigMap `cluster-autoscaler-status`. */
export interface AutoscalerStatus {
  /** `Healthy`, `Unhealthy`; undefined when it is not said. */
  readonly health: string | undefined;
  readonly groups: readonly NodeGroupStatus[];
}

/** One node group as the autoscaler sees it. */
export interface NodeGroupStatus {
  readonly name: string;
  readonly health: string | undefined;
  readonly target: number | undefined;
  readonly maximum: number | undefined;
  /** `NoActivity`, `InProgress`, `Backoff`. */
  readonly scaleUp: string | undefined;
  /** Why the last attempt failed, as the cloud says it; from 1.30 on. */
  readonly error: string | undefined;
}

/** Reads either form: YAML since cluster-autoscaler 1.30, indented text before. Undefined when it is neither. */
export function parseAutoscalerStatus(text: string): AutoscalerStatus | undefined {
  return /^\s*Cluster-wide:/m.test(text) ? readText(text) : readYaml(text);
}

function readYaml(text: string): AutoscalerStatus | undefined {
  const root = record(loadOrUndefined(text));
  const clusterWide = record(root?.clusterWide);
  if (!root || !clusterWide) return undefined;
  const groups = Array.isArray(root.nodeGroups) ? root.nodeGroups : [];
  return {
    health: string(record(clusterWide.health)?.status),
    groups: groups.flatMap((one) => {
      const group = record(one);
      const name = string(group?.name);
      if (!group || name === undefined) return [];
      const health = record(group.health);
      const scaleUp = record(group.scaleUp);
      const error = record(scaleUp?.backoffInfo);
      return [
        {
          name,
          health: string(health?.status),
          target: number(health?.cloudProviderTarget),
          maximum: number(health?.maxSize),
          scaleUp: string(scaleUp?.status),
          error: string(error?.errorMessage) ?? string(error?.errorCode),
        },
      ];
    }),
  };
}

function readText(text: string): AutoscalerStatus {
  const [head = '', ...sections] = text.split(/^\s*Name:\s+/m);
  return {
    health: /Health:\s+(\w+)/.exec(head)?.[1],
    groups: sections.map((section) => ({
      name: section.slice(0, section.indexOf('\n')).trim(),
      health: /Health:\s+(\w+)/.exec(section)?.[1],
      target: amount(/cloudProviderTarget=(\d+)/.exec(section)?.[1]),
      maximum: amount(/maxSize=(\d+)/.exec(section)?.[1]),
      scaleUp: /ScaleUp:\s+(\w+)/.exec(section)?.[1],
      error: undefined,
    })),
  };
}

function loadOrUndefined(text: string): unknown {
  try {
    return load(text);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function amount(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

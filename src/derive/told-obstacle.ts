import type { NodeItem, PodItem } from '../artifacts/resources.ts';
import { hostPorts } from './node-room.ts';
import { unmatchedSelection } from './node-selection.ts';
import { podClaims } from './pod-claims.ts';
import type { ObstacleKind, SchedulingMessage, SchedulingReason } from './scheduling-message.ts';
import { taintWeight } from './scheduling-obstacles.ts';

type Of<Kind extends string, Values> = { readonly message: Kind; readonly values: Values };
interface Extent {
  /** Nodes that gave the reason, of all the scheduler knows. */
  readonly count: number;
  readonly total: number;
}

interface Mixed extends Extent {
  /** What the scheduler says of the other nodes. */
  readonly rest: readonly string[];
}

/** What the scheduler's words alone say to be in the way. */
export type ToldObstacle =
  | Of<'resourceShortUnseen', Extent & { resource: string }>
  | Of<'taintUnseen', Extent & { taints: readonly string[] }>
  | Of<'labelUnseen', Extent & { wanted: readonly string[] }>
  | Of<'cordonedUnseen', Extent>
  | Of<'hostPortUnseen', Extent & { ports: readonly string[] }>
  | Of<'affinityUnmet' | 'antiAffinity', Mixed & { rules: readonly string[] }>
  | Of<'othersAntiAffinity', Mixed>
  | Of<'spreadUnmet' | 'spreadLabelMissing', Mixed & { rules: readonly string[] }>
  | Of<VolumeMessage, Mixed & { claims: readonly string[]; detail: string }>
  | Of<'deviceNotAvailable', Extent & { detail: string }>
  | Of<'notSchedulable', { detail: string }>;

/** Messages about the claims of a pod, one a kind of volume reason. */
export type VolumeMessage =
  | 'claimMissing'
  | 'claimDeleted'
  | 'claimUnbound'
  | 'volumeGone'
  | 'volumeElsewhere'
  | 'noVolume'
  | 'storageCapacity'
  | 'volumeLimit'
  | 'volumeInUse'
  | 'volumeOther';

/** Tells the reason that is soonest overcome of `reasons`, which are some or all of those the scheduler names. */
export function toldObstacle(
  pod: PodItem,
  reasons: readonly [SchedulingReason, ...SchedulingReason[]],
  { nodes: total, reasons: all }: Pick<SchedulingMessage, 'nodes' | 'reasons'>,
): ToldObstacle {
  const [first] = [...reasons].sort(
    (a, b) => weightOf(a) - weightOf(b) || (b.count ?? total) - (a.count ?? total),
  ) as [SchedulingReason];
  const alike = reasons.filter((one) => one.kind === first.kind && weightOf(one) === weightOf(first));
  const sum = alike.reduce((count, one) => count + (one.count ?? total), 0);
  const extent = { count: Math.min(sum, total), total };
  const detail = alike.map((one) => one.text).join('; ');
  const rest = all.filter((one) => !alike.includes(one)).map(({ count, text }) => `${count} ${text}`);
  const mixed = { ...extent, rest: rest.length > 0 ? rest : ['nothing else'] };
  switch (first.kind) {
    case 'resource': {
      const values = { count: first.count ?? total, total, resource: first.resource ?? '' };
      return { message: 'resourceShortUnseen', values };
    }
    case 'taint':
      return { message: 'taintUnseen', values: { ...extent, taints: alike.map(taintText) } };
    case 'nodeAffinity':
      return { message: 'labelUnseen', values: { ...extent, wanted: askedFor(pod) } };
    case 'cordoned':
      return { message: 'cordonedUnseen', values: extent };
    case 'hostPort':
      return { message: 'hostPortUnseen', values: { ...extent, ports: hostPorts(pod) } };
    case 'podAffinity':
      return { message: 'affinityUnmet', values: { ...mixed, rules: affinityRules(pod, 'podAffinity') } };
    case 'podAntiAffinity':
      return { message: 'antiAffinity', values: { ...mixed, rules: affinityRules(pod, 'podAntiAffinity') } };
    case 'othersAntiAffinity':
      return { message: 'othersAntiAffinity', values: mixed };
    case 'topologySpread':
      return { message: 'spreadUnmet', values: { ...mixed, rules: spreadRules(pod) } };
    case 'topologyLabel':
      return { message: 'spreadLabelMissing', values: { ...mixed, rules: spreadRules(pod) } };
    case 'device':
      return { message: 'deviceNotAvailable', values: { ...extent, detail } };
    case 'other':
      return { message: 'notSchedulable', values: { detail } };
    default: {
      const claims = first.names.length > 0 ? first.names : podClaims(pod).map(({ name }) => name);
      const message = first.kind === 'volume' ? 'volumeOther' : first.kind;
      return { message, values: { ...mixed, claims, detail } };
    }
  }
}

/** Without nodes to look at: how soon a reason may be overcome, as in scheduling-obstacles. */
function weightOf({ kind, taint }: SchedulingReason): number {
  if (taint) return taintWeight(taint.key);
  const weights: Partial<Record<ObstacleKind, number>> = { cordoned: 1, taint: 3, nodeAffinity: 4 };
  return weights[kind] ?? 2;
}

function taintText({ taint }: SchedulingReason): string {
  if (!taint) return 'this version of the scheduler does not say which';
  return taint.value === '' ? taint.key : `${taint.key}=${taint.value}`;
}

function askedFor(pod: PodItem): string[] {
  const bare = { apiVersion: 'v1', kind: 'Node', metadata: { name: '' } } as NodeItem;
  return unmatchedSelection(pod, bare);
}

/** Required terms as people would write them: `app=db in one kubernetes.io/hostname`. */
function affinityRules(pod: PodItem, kind: 'podAffinity' | 'podAntiAffinity'): string[] {
  const terms = pod.spec?.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.map((term) => `${selectorText(term.labelSelector)} by ${term.topologyKey}`);
}

function spreadRules(pod: PodItem): string[] {
  return (pod.spec?.topologySpreadConstraints ?? [])
    .filter((one) => one.whenUnsatisfiable === 'DoNotSchedule')
    .map((one) => `${selectorText(one.labelSelector)} by ${one.topologyKey}, skew at most ${one.maxSkew}`);
}

function selectorText(
  selector:
    | {
        readonly matchLabels?: Readonly<Record<string, string>>;
        readonly matchExpressions?: readonly {
          readonly key: string;
          readonly operator: string;
          readonly values?: readonly string[];
        }[];
      }
    | undefined,
): string {
  const parts = [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(selector?.matchExpressions ?? []).map(
      ({ key, operator, values = [] }) =>
        `${key} ${operator.toLowerCase()}${values.length > 0 ? ` (${values.join(', ')})` : ''}`,
    ),
  ];
  return parts.length > 0 ? parts.join(',') : 'any pod';
}

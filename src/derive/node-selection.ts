import type { NodeItem, PodItem } from '../artifacts/resources.ts';

type Spec = NonNullable<PodItem['spec']>;
type Taint = NonNullable<NonNullable<NodeItem['spec']>['taints']>[number];
/** Alternatives of a required node affinity; within one, every requirement holds. */
export type Terms = NonNullable<
  NonNullable<NonNullable<Spec['affinity']>['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'];
type Requirement = NonNullable<Terms[number]['matchExpressions']>[number];

/** Whether a pod stays away from nodes with this taint: its effect is NoSchedule or NoExecute, and it is not tolerated. */
export function isKeptAway(pod: PodItem, taint: Pick<Taint, 'key' | 'value' | 'effect'>): boolean {
  if (taint.effect === 'PreferNoSchedule') return false;
  return !(pod.spec?.tolerations ?? []).some(({ key, operator = 'Equal', value = '', effect }) => {
    if (effect && effect !== taint.effect) return false;
    if (!key) return operator === 'Exists';
    return key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''));
  });
}

/**
 * What the pod's node selector and required node affinity ask for and the node lacks, as people would write
 * it; empty when the node matches. Of several alternative terms the one that comes nearest is told.
 */
export function unmatchedSelection(pod: PodItem, node: NodeItem): string[] {
  const labels = node.metadata.labels ?? {};
  const unmatched = Object.entries(pod.spec?.nodeSelector ?? {})
    .filter(([key, value]) => labels[key] !== value)
    .map(([key, value]) => `${key}=${value}`);
  let nearest: string[] | undefined;
  for (const term of termsOf(pod)) {
    const missing = [
      ...(term.matchExpressions ?? []).filter((one) => !matches(one, labels[one.key])),
      ...(term.matchFields ?? []).filter((one) => !matches(one, node.metadata.name)),
    ].map(requirementText);
    if (!nearest || missing.length < nearest.length) nearest = missing;
  }
  return [...unmatched, ...(nearest ?? [])];
}

/** The labels a pod's node selector and required node affinity ask for. */
export function selectionKeys(pod: PodItem): string[] {
  const terms = termsOf(pod);
  return [
    ...Object.keys(pod.spec?.nodeSelector ?? {}),
    ...terms.flatMap((term) => (term.matchExpressions ?? []).map((one) => one.key)),
  ];
}

/** Whether a pod tells nodes apart by a field, their name, rather than by labels. */
export function selectsByName(pod: PodItem): boolean {
  return termsOf(pod).some((term) => (term.matchFields ?? []).length > 0);
}

/** The only node a pod may run on, as the DaemonSet controller writes it into the affinity of its pods. */
export function pinnedNode(pod: PodItem): string | undefined {
  const names = termsOf(pod).map((term) => {
    const field = term.matchFields?.find((one) => one.key === 'metadata.name' && one.operator === 'In');
    return field?.values?.length === 1 ? field.values[0] : undefined;
  });
  return new Set(names).size === 1 ? names[0] : undefined;
}

/** Whether a node meets one of the terms (any node where there are none), as for the affinity of a volume. */
export function meetsTerms(terms: Terms, node: NodeItem): boolean {
  if (terms.length === 0) return true;
  const labels = node.metadata.labels ?? {};
  return terms.some(
    (term) =>
      (term.matchExpressions ?? []).every((one) => matches(one, labels[one.key])) &&
      (term.matchFields ?? []).every((one) => matches(one, node.metadata.name)),
  );
}

/** The requirements of a term as people would write them. */
export function termText({ matchExpressions = [], matchFields = [] }: Terms[number]): string {
  return [...matchExpressions, ...matchFields].map(requirementText).join(' and ');
}

function termsOf(pod: PodItem): Terms {
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required?.nodeSelectorTerms ?? [];
}

function matches({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return Number(value) > Number(values[0]);
    case 'Lt':
      return Number(value) < Number(values[0]);
    default:
      // An operator of a later Kubernetes is not judged.
      return true;
  }
}

function requirementText({ key, operator, values = [] }: Requirement): string {
  if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`;
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  const words: Record<string, string> = { In: 'in', NotIn: 'notin', Gt: '>', Lt: '<' };
  const list = operator === 'Gt' || operator === 'Lt' ? values[0] : `(${values.join(', ')})`;
  return `${key} ${words[operator] ?? operator} ${list}`;
}

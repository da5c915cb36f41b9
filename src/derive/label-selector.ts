/** Whether labels carry every pair of a selector (equality-based, as a Service's `spec.selector`). */
export function matchesLabels(
  labels: Readonly<Record<string, string>> | undefined,
  selector: Readonly<Record<string, string>>,
): boolean {
  for (const [label, value] of Object.entries(selector)) {
    if (labels?.[label] !== value) return false;
  }
  return true;
}

/** A selector of apimachinery: every pair and every expression has to hold; the empty one matches everything. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Whether labels satisfy a selector with expressions (`In`, `NotIn`, `Exists`, `DoesNotExist`). */
export function matchesSelector(
  labels: Readonly<Record<string, string>> | undefined,
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
): boolean {
  if (!matchesLabels(labels, matchLabels)) return false;
  return matchExpressions.every(({ key, operator, values = [] }) => {
    const value = labels?.[key];
    if (operator === 'In') return value !== undefined && values.includes(value);
    if (operator === 'NotIn') return value === undefined || !values.includes(value);
    if (operator === 'Exists') return value !== undefined;
    return operator === 'DoesNotExist' && value === undefined;
  });
}

/** Whether a selector asks for nothing, so that it matches everything. */
export function isEmptySelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}

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

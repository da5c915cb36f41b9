/** What a controller says of an object, as most kinds of custom resources have it (`metav1.Condition`). */
export interface Condition {
  readonly type: string;
  /** `True`, `False` or `Unknown`. */
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  /** ISO 8601. */
  readonly lastTransitionTime?: string;
}

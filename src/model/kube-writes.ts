/** What the API server answered to a create. */
export interface CreatedObject {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly uid: string;
}

/** An object to be created; the engine sets its name and label. */
export interface TemporaryBody {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    /** Beginning of the name; the rest is chosen by chance. */
    readonly generateName: string;
    readonly namespace: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** Label of everything kubecase creates: what `kubecase cleanup` goes by. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'kubecase' } as const;

/**
 * Write access to a cluster, apart from `Kube` and opened only when the user asked for something that needs it.
 * Every method throws KubeError, nothing else.
 */
export interface KubeWrites {
  /** POST to the path of a collection. */
  create(collection: string, body: object, signal: AbortSignal): Promise<CreatedObject>;
  /** DELETE of one object and, in the background, of what it owns; false when it was not there. */
  remove(path: string, signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/** Objects that exist for the time of a collection only: the engine removes them, however it ends. */
export interface TemporaryObjects {
  /** `collection` is a path: `/apis/batch/v1/namespaces/kube-system/jobs`. */
  create(collection: string, body: TemporaryBody): Promise<CreatedObject>;
}

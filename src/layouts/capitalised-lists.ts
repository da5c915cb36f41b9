type Fields = Readonly<Record<string, unknown>>;

/** Fields of metadata, which Go prints among the fields of the object when its types carry no JSON names. */
const METADATA = new Set([
  'Name',
  'GenerateName',
  'Namespace',
  'SelfLink',
  'UID',
  'ResourceVersion',
  'Generation',
  'CreationTimestamp',
  'DeletionTimestamp',
  'DeletionGracePeriodSeconds',
  'Labels',
  'Annotations',
  'OwnerReferences',
  'Finalizers',
]);

/** Fields whose keys are data. */
const MAPS = new Set([
  'Labels',
  'Annotations',
  'NodeSelector',
  'MatchLabels',
  'Capacity',
  'Allocatable',
  'Limits',
  'Requests',
]);

/** Fields of the pod's security context in the internal types that the API has in the pod's spec. */
const POD_FIELDS = new Set(['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace']);

/** Whether a file begins like a list of the internal types, as kubectl before 1.10 dumped them. */
export function isCapitalisedList(first: Buffer): boolean {
  return /^\s*\{\s*(?:"(?:SelfLink|ResourceVersion|Continue)":\s*"[^"]*",\s*)*"Items":/.test(
    first.toString('utf8'),
  );
}

/** Such a list as the API serves it. */
export function readCapitalisedList(bytes: Buffer, type: { apiVersion: string; kind: string }): Uint8Array {
  const { Items } = JSON.parse(bytes.toString()) as { Items?: unknown };
  const items = Array.isArray(Items) ? Items.filter(isObject).map((item) => objectOf(item, type)) : [];
  const { apiVersion, kind } = type;
  return Buffer.from(JSON.stringify({ apiVersion, kind: `${kind}List`, items }));
}

function objectOf(item: Fields, type: { apiVersion: string; kind: string }): Fields {
  const metadata: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(item)) {
    if (METADATA.has(key)) metadata[nameOf(key)] = renamed(value, key);
    else rest[nameOf(key)] = renamed(value, key);
  }
  if (isObject(rest.spec) && type.kind === 'Pod') rest.spec = podSpec(rest.spec);
  return { ...type, metadata, ...rest };
}

function podSpec(spec: Fields): Fields {
  const context = isObject(spec.securityContext) ? spec.securityContext : {};
  const moved = Object.entries(context).filter(([key]) => POD_FIELDS.has(key));
  const kept = Object.entries(context).filter(([key]) => !POD_FIELDS.has(key));
  return { ...spec, ...Object.fromEntries(moved), securityContext: Object.fromEntries(kept) };
}

/** A value with the names of its fields as the API has them; without what Go prints for nothing. */
function renamed(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((element) => renamed(element, ''));
  if (!isObject(value)) return value;
  // A Service selects by a map, all others by a selector with fields.
  const isMap = MAPS.has(key) || (key === 'Selector' && !('MatchLabels' in value));
  const entries = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(
    entries.map(([name, field]) => (isMap ? [name, field] : [nameOf(name), renamed(field, name)])),
  );
}

/** The JSON name of a Go field: `PodIP` podIP, `UID` uid, `QOSClass` qosClass. */
function nameOf(field: string): string {
  return field.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]/, (run) => run.toLowerCase());
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

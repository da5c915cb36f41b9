import { ApiError } from './api-error.ts';
import type { JsonObject } from './json-path.ts';

/** What kubectl sends the reviews of `auth can-i` as. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** Begins every message of Kubernetes in protobuf (apimachinery, serializer/protobuf). */
const MAGIC = Buffer.from('k8s\0');

/** Fields by their numbers in generated.proto of k8s.io/api/authorization/v1; a number that is missing is not read. */
type Shape = { readonly [field: number]: readonly [name: string, below?: Shape] };

const ATTRIBUTES: Shape = {
  1: ['namespace'],
  2: ['verb'],
  3: ['group'],
  4: ['version'],
  5: ['resource'],
  6: ['subresource'],
  7: ['name'],
};

const SPECS: Readonly<Record<string, Shape>> = {
  SelfSubjectAccessReview: {
    1: ['resourceAttributes', ATTRIBUTES],
    2: ['nonResourceAttributes', { 1: ['path'], 2: ['verb'] }],
  },
  SelfSubjectRulesReview: { 1: ['namespace'] },
};

/** Reads a review a client sent as protobuf into what it would be as JSON. */
export function readReview(bytes: Buffer): JsonObject {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw unreadable();
  const envelope = fieldsOf(bytes.subarray(MAGIC.length));
  const type = namedFields(envelope.get(1), { 1: ['apiVersion'], 2: ['kind'] });
  const spec = SPECS[String(type.kind)];
  if (spec === undefined) throw unreadable();
  return { ...type, spec: namedFields(fieldsOf(envelope.get(2)).get(2), spec) };
}

function namedFields(bytes: Buffer | undefined, shape: Shape): JsonObject {
  const found: Record<string, unknown> = {};
  for (const [number, value] of fieldsOf(bytes)) {
    const [name, below] = shape[number] ?? [];
    if (name !== undefined) found[name] = below === undefined ? value.toString() : namedFields(value, below);
  }
  return found;
}

/** The fields of a message that hold bytes, the last of each number; others are passed over. */
function fieldsOf(bytes: Buffer | undefined): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  if (bytes === undefined) return fields;
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw unreadable();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw unreadable();
  };
  while (at < bytes.length) {
    const tag = next();
    const wire = tag & 7;
    if (wire === 0) next();
    else if (wire === 2) {
      const length = next();
      if (at + length > bytes.length) throw unreadable();
      fields.set(tag >>> 3, bytes.subarray(at, at + length));
      at += length;
    } else throw unreadable();
  }
  return fields;
}

function unreadable(): ApiError {
  return new ApiError(400, 'the body of the request is no review that is known here');
}

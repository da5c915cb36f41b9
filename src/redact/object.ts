import { isHarmless } from './harmless.ts';
import { DEFAULT_POLICY, type RedactionPolicy } from './policy.ts';
import { argumentValues, programValues } from './programs.ts';
import { createTally, isRedacted, type Redactions, type Tally } from './rules.ts';
import { isSecret, isSecretField, redactSecretField } from './secret.ts';
import { applySpans } from './span.ts';
import { redactBinary, redactString } from './strings.ts';
import { type Fields, isFields, setField, type Walk, withElements, withFields } from './walk.ts';

/** A value without its secrets. */
export interface RedactedObject {
  /** The very value that was given when nothing in it had to go. */
  readonly value: unknown;
  readonly redactions: Redactions;
}

/** Values settle after one round, rarely two; hostile ones are left as they are then. */
const MAX_ROUNDS = 4;
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Fields that name other objects or hold field paths only, whatever they are called. */
const REFERENCE_FIELDS: ReadonlySet<string> = new Set(['managedFields', 'resourceNames']);
/** Custom resources whose fields name Secrets although they sound like holding them: `Kind.field`. */
const REFERENCES_BY_KIND: ReadonlySet<string> = new Set(['KongConsumer.credentials']);
/** Fields that hold the secret where the field above them has the telling name: `password: {value: x}`. */
const VALUE_FIELDS: ReadonlySet<string> = new Set([
  'value',
  'data',
  'content',
  'plain',
  'plaintext',
  'plainText',
  'inline',
  // DataSource of Envoy, as its API and as its dump write it.
  ...['inlineString', 'inlineBytes', 'inline_string', 'inline_bytes'],
  // What a schema says of a field with a telling name.
  ...['default', 'example'],
  'literal',
  'string',
  'raw',
]);
/** Names after which even a number is a secret. */
const NUMERIC = /(?:pass(?:word|wd|phrase|code)?|pwd|secret|(?:^|[_.-])(?:otp|pin))$/i;
/** The signature of a licence of Kong, without which it is worth nothing. */
const SIGNATURE = /^[0-9a-f]{64,1024}$/;
/** The key kubeadm encrypts uploaded certificates with (`certificateKey`, 32 bytes); in texts a phrase finds it. */
const CERTIFICATE_KEY = /^[0-9a-f]{64}$/;
/** Private parts of a JSON Web Key (RFC 7517, RFC 7518 §6). */
const KEY_PARTS: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']);
/** Fields that mean something by more than the words of their names. */
const SPECIAL_FIELDS: ReadonlySet<string> = new Set([
  ...REFERENCE_FIELDS,
  ...KEY_PARTS,
  ...[
    'signature',
    'certificateKey',
    'data',
    'stringData',
    'binaryData',
    'items',
    'spec',
    'value',
    'Value',
    LAST_APPLIED,
  ],
]);

/**
 * Removes the secrets of a Kubernetes object, a list of them or any other JSON value. `kind` is for items of
 * lists, which the API server sends without their own. The input is not changed.
 */
export function redactObject(
  value: unknown,
  options: { readonly kind?: string; readonly policy?: RedactionPolicy } = {},
): RedactedObject {
  const { policy = DEFAULT_POLICY } = options;
  const tally = createTally(policy.pseudonym);
  const walk = createWalk(policy, tally);
  return { value: redactFully(value, options.kind, walk), redactions: tally.redactions };
}

/** The value redacted until nothing more is found: a mark in one string may change what another one means. */
export function redactFully(value: unknown, kind: string | undefined, walk: Walk): unknown {
  let before = value;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const after = walk.value(before, kind);
    if (after === before) break;
    before = after;
  }
  return before;
}

/** A walk over one value, `depth` embedded documents deep, that counts into `tally`. */
export function createWalk(policy: RedactionPolicy, tally: Tally, depth = 0): Walk {
  const walk: Walk = {
    policy,
    tally,
    depth,
    value: (value, kind) => redactAny(value, kind, walk),
    string: (text) => redactString(text, walk),
    deeper: () => createWalk(policy, tally, depth + 1),
  };
  return walk;
}

function redactAny(value: unknown, kind: string | undefined, walk: Walk): unknown {
  if (typeof value === 'string') return redactString(value, walk);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? redactList(value, walk) : redactFields(value as Fields, kind, walk);
}

/** As `withFields`, but without a call back for each field: almost all of them are plain. */
function redactFields(object: Fields, hint: string | undefined, walk: Walk): Fields {
  const { plainFields } = walk.policy;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(object)) {
    const before = object[key];
    const after = plainFields.has(key)
      ? redactAny(before, undefined, walk)
      : redactNamed(object, key, { hint, walk });
    if (after === before) continue;
    copy ??= { ...object };
    setField(copy, key, after);
  }
  return copy ?? object;
}

/** A field whose name may tell something, or is not known yet. */
function redactNamed(
  object: Fields,
  key: string,
  { hint, walk }: { readonly hint: string | undefined; readonly walk: Walk },
): unknown {
  const value = object[key];
  if (isPlain(key, walk)) {
    walk.policy.plainFields.add(key);
    return redactAny(value, undefined, walk);
  }
  if (isSecretField(key) && isSecret(object, hint)) return redactSecretField(key, value, walk);
  if (typeof value === 'string') return redactText(object, key, value, walk);
  const kind = typeof object.kind === 'string' ? object.kind : hint;
  if (key === 'spec' && kind === API_KEY_KIND && isFields(value)) return redactApiKey(value, walk);
  return typeof value === 'object' || typeof value === 'number'
    ? redactField({ key, value, kind }, walk)
    : value;
}

/** The kind of Kong's controllers whose `spec.key` is the credential itself: of others `key` is a name. */
const API_KEY_KIND = 'KongCredentialAPIKey';

function redactApiKey(spec: Fields, walk: Walk): Fields {
  return withFields(spec, (name, value) =>
    name === 'key' && typeof value === 'string' && value !== '' && !isRedacted(value)
      ? replace('named-value', value, walk)
      : redactAny(value, undefined, walk),
  );
}

/** Whether a name says nothing about what stands in its field, whatever stands beside it. */
function isPlain(key: string, walk: Walk): boolean {
  return !SPECIAL_FIELDS.has(key) && walk.policy.names.telling(key) === undefined;
}

/** A field whose value is no string. */
function redactField(
  field: { readonly key: string; readonly value: unknown; readonly kind: string | undefined },
  walk: Walk,
): unknown {
  const { key, value, kind } = field;
  if (value === null || REFERENCE_FIELDS.has(key)) return value;
  if (key === 'binaryData' && isFields(value)) return redactBinaryData(value, walk);
  if (key === 'items' && kind?.endsWith('List') && Array.isArray(value)) {
    const itemKind = kind === 'List' ? undefined : kind.slice(0, -'List'.length);
    return withElements(value, (item) => walk.value(item, itemKind));
  }
  if (walk.policy.names.telling(key) === undefined || REFERENCES_BY_KIND.has(`${kind}.${key}`)) {
    return redactAny(value, undefined, walk);
  }
  return redactBelow(key, value, walk);
}

/** A field whose value is a string. */
function redactText(parent: Fields, key: string, value: string, walk: Walk): string {
  if (value === '') return value;
  const rule = ruleBeside(parent, key, value, walk);
  if (rule !== undefined) return replace(rule, value, walk);
  const shown = walk.string(value);
  return key !== LAST_APPLIED || isObjectText(value) || isRedacted(value)
    ? shown
    : replace('embedded-json', value, walk);
}

/** The rule by which the names around a string make it a secret. */
function ruleBeside(parent: Fields, key: string, value: string, walk: Walk): string | undefined {
  if (key === 'value' || key === 'Value') {
    const name = parent.name ?? parent.Name ?? parent.key ?? parent.Key;
    if (typeof name === 'string' && isSecretBeside(name, value, walk)) return 'env-value';
  }
  if (isSecretBeside(key, value, walk)) return 'named-value';
  if (key === 'certificateKey' && CERTIFICATE_KEY.test(value)) return 'named-value';
  if (key === 'signature' && isFields(parent.payload) && SIGNATURE.test(value)) return 'named-value';
  const jwk = KEY_PARTS.has(key) && typeof parent.kty === 'string' && !isRedacted(value);
  return jwk ? 'private-key' : undefined;
}

/** What stands below a telling name: numbers, lists of values, or objects that hold the value in a field. */
function redactBelow(key: string, value: unknown, walk: Walk): unknown {
  if (typeof value === 'number') {
    const secret = NUMERIC.test(key) || walk.policy.names.telling(key) === 'own';
    return secret ? replace('named-value', String(value), walk) : value;
  }
  if (Array.isArray(value)) {
    return withElements(value, (element) => {
      if (typeof element !== 'string') return walk.value(element);
      return isSecretBeside(key, element, walk)
        ? replace('named-value', element, walk)
        : walk.string(element);
    });
  }
  if (!isFields(value)) return value;
  const below = withFields(value, (name, inner) => {
    const secret = typeof inner === 'string' && VALUE_FIELDS.has(name) && isSecretBeside(key, inner, walk);
    return secret ? replace('named-value', inner, walk) : inner;
  });
  return walk.value(below);
}

function redactList(list: readonly unknown[], walk: Walk): readonly unknown[] {
  if (typeof list[0] !== 'string') {
    return withElements(list, (element) => redactAny(element, undefined, walk));
  }
  const values = argumentValues(list);
  const programs = programValues(list);
  return withElements(list, (element, index) => {
    if (typeof element !== 'string') return redactAny(element, undefined, walk);
    if (values.has(index)) return replace('argument', element, walk);
    const spans = programs.get(index);
    return redactString(spans === undefined ? element : applySpans(element, spans, walk.tally), walk);
  });
}

function redactBinaryData(data: Fields, walk: Walk): Fields {
  return withFields(data, (_key, value) => {
    if (typeof value !== 'string' || value === '' || isRedacted(value)) return value;
    return redactBinary(value, walk);
  });
}

function isSecretBeside(name: string, value: string, walk: Walk): boolean {
  const kind = walk.policy.names.telling(name);
  return (
    kind !== undefined && !isHarmless(name, kind, value) && !walk.policy.own?.isAllowed(value, 'named-value')
  );
}

/** Whether `last-applied-configuration` can be read: what kubectl wrote there is always an object. */
function isObjectText(text: string): boolean {
  try {
    return isFields(JSON.parse(text));
  } catch {
    return false;
  }
}

function replace(rule: string, secret: string, walk: Walk): string {
  walk.tally.add(rule);
  return walk.tally.mark(rule, secret);
}

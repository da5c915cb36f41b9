import type { Value } from '../model/message.ts';
import { isSubject } from './format-value.ts';

/**
 * Names of objects: DNS subdomains, plus the colon RBAC names may hold (apimachinery pkg/util/validation,
 * `IsDNS1123Subdomain`; pkg/apis/rbac/validation, path segment names).
 */
const OBJECT_NAME = /^[a-z0-9]([-a-z0-9.:]{0,251}[a-z0-9])?$/;
/** `IsDNS1123Label` of apimachinery pkg/util/validation. */
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const KIND = /^[A-Za-z][A-Za-z0-9]{0,62}$/;
/** Free text goes into a command only when it is plain and cannot be read as an option. */
const PLAIN_TEXT = /^[A-Za-z0-9._:/@=+][A-Za-z0-9._:/@=,+-]{0,252}$/;
/** Arguments a POSIX shell, and zsh, read as they stand. */
const NEEDS_NO_QUOTES = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;

const REFERENCE = /\{([A-Za-z][A-Za-z0-9]*)(?:\.([a-z]+))?\}/g;
/** `{end}` closes a range in a kubectl JSONPath and never names a value. */
const JSONPATH_END = '{end}';

/**
 * A remedy's command as one line for a POSIX shell, each argument quoted. `{pod.name}`, `{pod.namespace}` and
 * `{pod.kind}` read an object, `{x}` a text. Undefined when a value is missing or breaks its naming rule:
 * such a value is never put into a command.
 */
export function renderCommand(
  argv: readonly string[],
  values: Readonly<Record<string, Value>>,
): string | undefined {
  const words: string[] = [];
  for (const argument of argv) {
    const word = substitute(argument, values);
    if (word === undefined) return undefined;
    words.push(quote(word));
  }
  return words.join(' ');
}

/** An argument as a POSIX shell reads it back: plain words as they are, others in single quotes. */
export function quote(argument: string): string {
  if (NEEDS_NO_QUOTES.test(argument)) return argument;
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

function substitute(argument: string, values: Readonly<Record<string, Value>>): string | undefined {
  let broken = false;
  const word = argument.replace(REFERENCE, (whole, name: string, field: string | undefined) => {
    if (whole === JSONPATH_END) return whole;
    const text = referenced(Object.hasOwn(values, name) ? values[name] : undefined, field);
    if (text === undefined) broken = true;
    return text ?? '';
  });
  return broken ? undefined : word;
}

function referenced(value: Value | undefined, field: string | undefined): string | undefined {
  if (isSubject(value)) return field === undefined ? undefined : objectField(value, field);
  if (field !== undefined) return undefined;
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
  return typeof value === 'string' && PLAIN_TEXT.test(value) ? value : undefined;
}

function objectField(value: object & { readonly name: string }, field: string): string | undefined {
  const text: unknown = (value as Record<string, unknown>)[field];
  if (typeof text !== 'string') return undefined;
  switch (field) {
    case 'name':
      return ('external' in value ? PLAIN_TEXT : OBJECT_NAME).test(text) ? text : undefined;
    case 'namespace':
      return NAMESPACE.test(text) ? text : undefined;
    case 'kind':
      return KIND.test(text) ? text : undefined;
    default:
      return undefined;
  }
}

import { KubeError, type ListItem } from '../model/kube.ts';

/** Wraps the server's text of one object. A line break in it can only be white space, so it is dropped. */
export function listItem(raw: Buffer): ListItem {
  const bytes = withoutLineBreaks(raw);
  let parsed: { readonly value: unknown } | undefined;
  function value(): unknown {
    parsed ??= { value: parseItem(bytes) };
    return parsed.value;
  }
  return {
    bytes,
    get text() {
      return bytes.toString('utf8');
    },
    get value() {
      return value();
    },
    get name() {
      return metadataField(value(), 'name') ?? '';
    },
    get namespace() {
      return metadataField(value(), 'namespace');
    },
  };
}

function withoutLineBreaks(raw: Buffer): Buffer {
  if (!raw.includes(0x0a) && !raw.includes(0x0d)) return raw;
  return Buffer.from(raw.filter((byte) => byte !== 0x0a && byte !== 0x0d));
}

function parseItem(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new KubeError('bad-reply', 'an item of the list is not JSON', { cause });
  }
}

function metadataField(value: unknown, field: 'name' | 'namespace'): string | undefined {
  if (typeof value !== 'object' || value === null || !('metadata' in value)) return undefined;
  const metadata = value.metadata;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const text = (metadata as Record<string, unknown>)[field];
  return typeof text === 'string' ? text : undefined;
}

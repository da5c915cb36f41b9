import { TAR_END } from '../src/bundle/tar-bytes.ts';

/** Fields of a tar header, each as the bytes that stand there: nothing is checked but the checksum. */
export interface RawHeader {
  readonly name?: string | Buffer;
  readonly type?: string;
  readonly size?: number | string | Buffer;
  readonly mtime?: string;
  readonly mode?: string;
  readonly link?: string;
  readonly magic?: string;
  readonly prefix?: string;
  /** Added to the right checksum. */
  readonly checksumError?: number;
}

/** One block of a header as a hostile writer makes it. */
export function rawHeader(fields: RawHeader): Buffer {
  const block = Buffer.alloc(512);
  put(block, 0, 100, fields.name ?? 'file.json');
  put(block, 100, 8, fields.mode ?? '0000644\0');
  put(block, 108, 8, '0000000\0');
  put(block, 116, 8, '0000000\0');
  const { size = 0 } = fields;
  put(block, 124, 12, typeof size === 'number' ? `${size.toString(8).padStart(11, '0')}\0` : size);
  put(block, 136, 12, fields.mtime ?? '14524636000\0');
  block.fill(0x20, 148, 156);
  put(block, 156, 1, fields.type ?? '0');
  put(block, 157, 100, fields.link ?? '');
  put(block, 257, 8, fields.magic ?? 'ustar\x0000');
  put(block, 345, 155, fields.prefix ?? '');
  const sum = block.reduce((total, byte) => total + byte, 0) + (fields.checksumError ?? 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function put(block: Buffer, at: number, length: number, value: string | Buffer): void {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  bytes.copy(block, at, 0, Math.min(length, bytes.length));
}

/** A header with a body, padded; the header may claim any other size. */
export function rawEntry(fields: RawHeader, body: string | Buffer = ''): Buffer {
  const bytes = Buffer.from(body);
  const padding = Buffer.alloc((512 - (bytes.length % 512)) % 512);
  return Buffer.concat([rawHeader({ size: bytes.length, ...fields }), bytes, padding]);
}

/** A pax header with records of the right length. */
export function pax(records: Readonly<Record<string, string>>, type = 'x'): Buffer {
  return rawEntry({ name: 'PaxHeaders/x', type }, paxBody(records));
}

/** The records of a pax header, `<length> <key>=<value>\n`. */
export function paxBody(records: Readonly<Record<string, string>>): string {
  return Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      const bytes = Buffer.byteLength(rest);
      let length = bytes + String(bytes).length;
      if (bytes + String(length).length !== length) length++;
      return `${length}${rest}`;
    })
    .join('');
}

/** A pod that runs: what every hostile archive holds beside its trick, before and after it. */
export function podJson(name: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
    status: { phase: 'Running' },
  });
}

/** Blocks between a pod that stands before and one that stands after them. */
export function between(...blocks: readonly Buffer[]): Buffer {
  return Buffer.concat([
    rawEntry({ name: 'before.json' }, podJson('before')),
    ...blocks,
    rawEntry({ name: 'after.json' }, podJson('after')),
    TAR_END,
  ]);
}

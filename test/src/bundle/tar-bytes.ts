/** A tar header by hand, for archives no library would write. */
export function tarHeader(fields: {
  readonly name: string;
  readonly size?: number;
  readonly type?: string;
  readonly link?: string;
  readonly magic?: string;
}): Buffer {
  const block = Buffer.alloc(512);
  block.write(fields.name, 0, 100);
  block.write('0000644\0', 100);
  block.write(`${(fields.size ?? 0).toString(8).padStart(11, '0')}\0`, 124);
  block.write(`${(1_700_000_000).toString(8).padStart(11, '0')}\0`, 136);
  block.write('        ', 148);
  block.write(fields.type ?? '0', 156);
  block.write(fields.link ?? '', 157, 100);
  block.write(fields.magic ?? 'ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** A header with its body and padding. */
export function tarEntry(
  name: string,
  body: string | Buffer,
  fields: { type?: string; magic?: string } = {},
): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const padding = Buffer.alloc((512 - (bytes.length % 512)) % 512);
  return Buffer.concat([tarHeader({ name, size: bytes.length, ...fields }), bytes, padding]);
}

/** The two blocks of zeros a tar ends with. */
export const TAR_END = Buffer.alloc(1024);

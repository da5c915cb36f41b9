/** Length of a tar block: headers are one, bodies are padded to it (POSIX pax, ustar interchange format). */
export const BLOCK = 512;

/** The fields of a tar header that matter here. */
export interface TarHeader {
  readonly path: string;
  /** Body bytes. */
  readonly size: number;
  /** Type flag character: `0` file, `2` symbolic link, `5` folder, `x` pax, `L` GNU long name, … */
  readonly type: string;
  readonly link: string;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** A block as a header; `null` for a block of zeros, undefined when it is neither. */
export function parseTarHeader(block: Buffer): TarHeader | null | undefined {
  const stored = readNumber(block, 148, 8);
  const sum = checksum(block);
  if (stored !== sum.unsigned && stored !== sum.signed) return sum.empty ? null : undefined;
  const size = readNumber(block, 124, 12);
  if (size === undefined || size < 0 || !Number.isSafeInteger(size)) return undefined;
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156]!);
  const name = readText(block, 0, 100);
  // Only POSIX ustar has a prefix field; GNU's old format keeps times there.
  const posix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = posix ? readText(block, 345, 155) : '';
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    size: type === '5' ? 0 : size,
    type: type === '0' && name.endsWith('/') ? '5' : type,
    link: readText(block, 157, 100),
    mtime: readNumber(block, 136, 12) ?? 0,
  };
}

/** Bytes of padding after a body. */
export function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** The records of a pax header, `<length> <key>=<value>\n`; stops at the first that is not well formed. */
export function parsePax(body: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < body.length) {
    const space = body.indexOf(0x20, at);
    if (space < 0) break;
    const length = Number(body.toString('latin1', at, space));
    const end = at + length;
    if (!Number.isInteger(length) || end <= space || end > body.length || body[end - 1] !== 0x0a) break;
    const record = body.toString('utf8', space + 1, end - 1);
    const equals = record.indexOf('=');
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at = end;
  }
  return records;
}

/** Text up to the first NUL. */
export function readText(block: Buffer, from: number, length: number): string {
  const nul = block.indexOf(0, from);
  const end = nul < 0 || nul > from + length ? from + length : nul;
  return block.toString('utf8', from, end);
}

/** Octal digits, or the base-256 form that GNU tar and tar-stream use above 8 GiB. */
function readNumber(block: Buffer, from: number, length: number): number | undefined {
  if (block[from]! & 0x80) {
    let value = block[from]! & 0x7f;
    if (value & 0x40) return undefined;
    for (let i = from + 1; i < from + length; i++) value = value * 256 + block[i]!;
    return value;
  }
  const digits = readText(block, from, length).trim();
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** The sum of all bytes with the checksum field taken as spaces; some old tars summed signed bytes. */
function checksum(block: Buffer): { unsigned: number; signed: number; empty: boolean } {
  let unsigned = 0;
  let negative = 0;
  for (let i = 0; i < BLOCK; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : block[i]!;
    unsigned += byte;
    if (byte > 127) negative++;
  }
  let empty = unsigned === 8 * 0x20;
  for (let i = 148; empty && i < 156; i++) empty = block[i] === 0;
  return { unsigned, signed: unsigned - 256 * negative, empty };
}

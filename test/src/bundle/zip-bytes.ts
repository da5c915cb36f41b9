import { crc32, deflateRawSync } from 'node:zlib';

/** A file of a ZIP made by hand, and where what is said of it differs from what it is. */
export interface ZipPart {
  readonly name: string;
  readonly body: string | Buffer;
  /** 0 stored, 8 deflated. */
  readonly method?: number;
  /** General purpose flags: bit 0 is encryption. */
  readonly flags?: number;
  /** Unix mode. */
  readonly mode?: number;
  /** What the directory says instead. */
  readonly said?: {
    readonly name?: string;
    readonly size?: number;
    readonly crc?: number;
    readonly at?: number;
  };
}

/** A ZIP of these files, with one header before each and the directory at the end. */
export function zipBytes(parts: readonly ZipPart[], said: { readonly count?: number } = {}): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    const body = Buffer.from(part.body);
    const method = part.method ?? 8;
    const packed = method === 8 ? deflateRawSync(body) : body;
    const crc = crc32(body);
    const local = localHeader(part, { method, crc, packed: packed.length, size: body.length });
    bodies.push(local, packed);
    directory.push(
      directoryHeader(part, {
        method,
        crc,
        packed: packed.length,
        size: body.length,
        at: part.said?.at ?? at,
      }),
    );
    at += local.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(said.count ?? parts.length, 8);
  end.writeUInt16LE(said.count ?? parts.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, list, end]);
}

interface Facts {
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
}

function localHeader(part: ZipPart, facts: Facts): Buffer {
  const name = Buffer.from(part.name);
  const header = Buffer.alloc(30);
  header.write('PK\x03\x04', 0, 'latin1');
  header.writeUInt16LE(20, 4);
  writeFacts(header, 6, part.flags ?? 0x800, facts);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function directoryHeader(part: ZipPart, facts: Facts & { readonly at: number }): Buffer {
  const { said = {} } = part;
  const name = Buffer.from(said.name ?? part.name);
  const header = Buffer.alloc(46);
  header.write('PK\x01\x02', 0, 'latin1');
  header.writeUInt16LE(0x031e, 4);
  header.writeUInt16LE(20, 6);
  writeFacts(header, 8, part.flags ?? 0x800, {
    ...facts,
    crc: said.crc ?? facts.crc,
    size: said.size ?? facts.size,
  });
  header.writeUInt16LE(name.length, 28);
  header.writeUInt32LE(((part.mode ?? 0o100644) << 16) >>> 0, 38);
  header.writeUInt32LE(facts.at, 42);
  return Buffer.concat([header, name]);
}

/** Flags, method, time, CRC-32 and sizes lie in the same order in both headers. */
function writeFacts(header: Buffer, at: number, flags: number, { method, crc, packed, size }: Facts): void {
  header.writeUInt16LE(flags, at);
  header.writeUInt16LE(method, at + 2);
  // 2026-03-01 12:00:00 in the form of DOS.
  header.writeUInt16LE(0x6000, at + 4);
  header.writeUInt16LE(0x5c61, at + 6);
  header.writeUInt32LE(crc, at + 8);
  header.writeUInt32LE(packed, at + 12);
  header.writeUInt32LE(size, at + 16);
}

/** Bytes looked at to choose what to compare. */
const HEAD = 4;

/** Finds any of some texts in bytes. */
export interface Needles {
  /** Whether one of them lies in the bytes. */
  in(bytes: Buffer): boolean;
  /** Bytes of the longest. */
  readonly longest: number;
}

/**
 * The known values and the encodings they may stand in, for the scan of a finished bundle. Written apart from the
 * redaction it checks: nothing of it may be used here, or both would have the same hole.
 */
export function createNeedles(values: readonly string[]): Needles {
  const needles = values.flatMap(encodings).filter((needle) => needle.length >= 8);
  const heads = new Map<number, Buffer[]>();
  const wanted = new Uint8Array(0x10000);
  for (const needle of needles) {
    const head = needle.readInt32LE(0);
    const same = heads.get(head);
    if (same) same.push(needle);
    else heads.set(head, [needle]);
    wanted[needle.readUInt16LE(0) ^ (needle[2] ?? 0)] = 1;
  }
  return {
    longest: Math.max(0, ...needles.map((needle) => needle.length)),
    in(bytes) {
      if (heads.size === 0) return false;
      for (let at = 0; at + HEAD <= bytes.length; at++) {
        const hash = ((bytes[at + 1]! << 8) | bytes[at]!) ^ bytes[at + 2]!;
        if (wanted[hash] === 0) continue;
        const same = heads.get(bytes.readInt32LE(at));
        if (same?.some((needle) => isAt(needle, bytes, at))) return true;
      }
      return false;
    },
  };
}

function isAt(needle: Buffer, bytes: Buffer, at: number): boolean {
  const end = at + needle.length;
  return end <= bytes.length && needle.compare(bytes, at, end) === 0;
}

function encodings(value: string): Buffer[] {
  const plain = Buffer.from(value);
  const texts = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)];
  for (const before of [0, 1, 2]) {
    const groups = Buffer.concat([Buffer.alloc(before), plain])
      .toString('base64')
      .replace(/=+$/, '');
    // The first and the last characters hold bits of neighbours.
    const sure = groups.slice(before === 0 ? 0 : before + 1, groups.length - 1);
    texts.push(sure, sure.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return texts.map((text) => Buffer.from(text));
}

/** Beginnings of some bytes: of every length that many equal steps give, and of a few odd ones. */
export function cuts(bytes: Buffer, steps: number): Buffer[] {
  const lengths = Array.from({ length: steps - 1 }, (_, step) =>
    Math.floor((bytes.length * (step + 1)) / steps),
  );
  return [...lengths, bytes.length - 1, bytes.length - 9, 700, 12].map((length) =>
    bytes.subarray(0, Math.max(1, length)),
  );
}

/** Copies of some bytes with one bit turned, at places that look random and are always the same. */
export function bitFlips(bytes: Buffer, times: number): Buffer[] {
  let state = 0x2545f491;
  return Array.from({ length: times }, () => {
    // xorshift32 (Marsaglia 2003).
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const copy = Buffer.from(bytes);
    const at = (state >>> 3) % bytes.length;
    copy.writeUInt8(copy.readUInt8(at) ^ (1 << (state & 7)), at);
    return copy;
  });
}

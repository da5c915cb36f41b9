/** First four bytes of a zstd frame, little-endian (RFC 8878 §3.1.1). */
export const ZSTD_FRAME = 0xfd2fb528;

/** The first of the sixteen magic numbers of zstd frames without content (RFC 8878 §3.1.2). */
const ZSTD_SKIPPABLE = 0x184d2a50;

/** First bytes of an xz stream (.xz file format 1.2.1 §2.1.1.1). */
const XZ = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);

/** The header of a first file, and the directory of a ZIP that has none (APPNOTE.TXT §4.3.7, §4.3.16). */
const ZIP: readonly Buffer[] = [Buffer.from('PK\u0003\u0004'), Buffer.from('PK\u0005\u0006')];

/** Bytes from the beginning of a file that tell its packing. */
export const MAGIC_BYTES = 6;

/** How the bytes of an archive are packed. */
export type Packing = 'gzip' | 'zstd' | 'xz' | 'zip';

/** The packing a file begins like; what there is of a file shorter than the mark decides. Undefined for none. */
export function packingOf(first: Buffer): Packing | undefined {
  if (first[0] === 0x1f && (first.length === 1 || first[1] === 0x8b)) return 'gzip';
  if (first.length >= 4 && isZstdFrame(first.readUInt32LE(0))) return 'zstd';
  if (first.length >= 2 && XZ.subarray(0, first.length).equals(first.subarray(0, XZ.length))) return 'xz';
  return ZIP.some((start) => first.subarray(0, 4).equals(start)) ? 'zip' : undefined;
}

/** Whether a frame with content begins so, or one without. */
function isZstdFrame(magic: number): boolean {
  return magic === ZSTD_FRAME || isZstdSkippable(magic);
}

/** Whether a zstd frame without content begins so. */
export function isZstdSkippable(magic: number): boolean {
  return magic >>> 4 === ZSTD_SKIPPABLE >>> 4;
}

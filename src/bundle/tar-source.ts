/** Takes an uncompressed tar in chunks and opens entries at a gate. */
export interface TarSource {
  /** False once nothing more is wanted: end mark seen, limit reached, or damage found. */
  write(chunk: Buffer): boolean;
  /** To be called when the input has ended; says what is wrong with the archive, undefined when nothing is. */
  end(): string | undefined;
}

/** Both tar readers say this when the archive stops before its two blocks of zeros. */
export const ENDED_EARLY = 'the archive ends early';

/** Both tar readers say this at the first block that is neither header nor zeros. */
export const BROKEN_HEADER = 'the archive is damaged: no tar entry where one has to begin';

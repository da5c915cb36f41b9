import { LimitError } from '../model/errors.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** Bounds on what is read from a bundle nobody vouches for; generous for real ones. */
export interface ReadLimits {
  readonly maxEntries: number;
  /** Bytes of one entry. A longer one is skipped. */
  readonly maxEntryBytes: number;
  /** Uncompressed bytes of the whole input. */
  readonly maxTotalBytes: number;
  /** Uncompressed to compressed bytes, looked at once more than 1 GiB came out. */
  readonly maxRatio: number;
  readonly maxPathBytes: number;
  readonly maxPathDepth: number;
  /** Bytes of all entry names together: names are kept while a bundle is read. */
  readonly maxNameBytes: number;
  /** Seconds spent on one entry. What is left of a slower one is skipped. */
  readonly maxEntrySeconds: number;
  /**
   * Bytes of one object, and so of one line of a list; etcd itself refuses objects above 1.5 MiB by default.
   * Lines of logs have no limit: they are read in pieces of 64 KiB.
   */
  readonly maxItemBytes: number;
  /** Bytes of a YAML file, which is parsed whole. */
  readonly maxYamlBytes: number;
  /** Bytes of manifest.json. */
  readonly maxManifestBytes: number;
  /** Levels of objects and lists in a JSON text; looked at above {@link SMALL_JSON_BYTES}. */
  readonly maxJsonDepth: number;
  /** Values in a JSON text: in memory they are many times what they are in the file. */
  readonly maxJsonValues: number;
}

/** The limits used unless the caller gives others. */
export const READ_LIMITS: ReadLimits = {
  maxEntries: 500_000,
  maxEntryBytes: 16 * GIB,
  maxTotalBytes: 256 * GIB,
  // Deflate cannot exceed 1032; real logs stay below 100.
  maxRatio: 500,
  maxPathBytes: 4096,
  maxPathDepth: 64,
  maxNameBytes: 64 * MIB,
  maxEntrySeconds: 30,
  maxItemBytes: 8 * MIB,
  maxYamlBytes: 8 * MIB,
  maxManifestBytes: 64 * MIB,
  // The schema of a custom resource nests two levels for each of its fields: real ones stay below 150.
  maxJsonDepth: 512,
  maxJsonValues: 4_000_000,
};

/** A JSON text up to this size is parsed unseen: it holds at most 4096 levels, which no stack minds. */
export const SMALL_JSON_BYTES = 8192;

/** Bytes that must have come out before the ratio is judged. */
export const RATIO_FLOOR_BYTES = GIB;

/**
 * The path as data: `./` and leading slashes removed, separators single. Never used to open a file.
 * Throws LimitError for names that lead upwards, are too long or too deep, or hold a NUL.
 */
export function checkedPath(path: string, limits: ReadLimits): string {
  if (Buffer.byteLength(path) > limits.maxPathBytes)
    throw new LimitError('maxPathBytes', `entry name longer than ${limits.maxPathBytes} bytes`);
  if (path.includes('\0')) throw new LimitError('path', 'entry name holds a NUL byte');
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..'))
    throw new LimitError(
      'path',
      `entry name leads out of the archive: ${JSON.stringify(path.slice(0, 200))}`,
    );
  if (segments.length > limits.maxPathDepth)
    throw new LimitError('maxPathDepth', `entry name deeper than ${limits.maxPathDepth} folders`);
  return segments.join('/');
}

import type { Coverage } from './coverage.ts';
import type { Scope } from './scope.ts';

/** Which containers or units a log signal belongs to. */
export interface LogComponent {
  readonly id: string;
  /** Matches the image without its registry, e.g. `kong:3.4`. Empty: any. */
  readonly image?: RegExp;
  /** Matches the container name. */
  readonly container?: RegExp;
  /** Matches the name of a node's unit or log source: `kubelet`, `containerd`, `kernel`. */
  readonly unit?: RegExp;
}

/** Whose log is meant: a pod's (one container's or all), or a node's (one unit's or all). */
export type LogOwner =
  | { readonly namespace: string; readonly pod: string; readonly container?: string }
  | { readonly node: string; readonly unit?: string };

/** What is searched for in log lines. */
export interface LogPattern {
  /** Literals searched for in raw bytes, case-sensitive, each at least eight bytes. */
  readonly any: readonly string[];
  /** Runs on a line that holds one of the literals; a line it rejects is no hit. Its named groups are captured. */
  readonly re?: RegExp;
}

/** One matching line with its neighbours. */
export interface LogHit {
  readonly line: number;
  readonly text: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly captures: Readonly<Record<string, string>>;
  readonly time?: string;
}

/** What one pattern found in one log. */
export interface LogMatches {
  readonly scope: Scope;
  readonly count: number;
  readonly counted: 'exact' | 'at-least';
  /** RFC 3339 times of the first and last match where the lines carry them. */
  readonly first?: string;
  readonly last?: string;
  /** First and last few matches, by position. */
  readonly hits: readonly LogHit[];
}

/** What the one pass over all logs found for a declaration of signals. */
export interface LogSignals<P extends string> {
  readonly coverage: Coverage;
  /** Matches of one pattern, one element per log; restricted to one owner's logs (current and previous) when given. */
  matches(pattern: P, owner?: LogOwner): readonly LogMatches[];
  /** Whether this container's current log was read: then no match means no such line. */
  seen(container: { namespace: string; pod: string; container: string }): boolean;
  /** The nodes' logs of this component that were read. */
  units(): readonly { readonly node: string; readonly unit: string }[];
  /**
   * The last lines of a container's or a unit's log (up to 1 KiB), of the previous log when there is one;
   * undefined when not read.
   */
  lastWords(
    owner:
      | { readonly namespace: string; readonly pod: string; readonly container: string }
      | { readonly node: string; readonly unit: string },
  ): LogTail | undefined;
}

/** The last lines of a log. */
export interface LogTail {
  readonly scope: Scope;
  readonly lines: readonly string[];
  /** 1-based line number of the first of `lines`. */
  readonly line: number;
}

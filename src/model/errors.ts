/** Exit codes of every command, one table; the first that holds is used (architecture.md §11). */
export const EXIT = {
  ok: 0,
  /** `--fail-on` was given and reached. */
  findings: 1,
  /** Usage error or unusable input. */
  usage: 2,
  /** A result was written but it is incomplete: interrupted, refused, cut. */
  incomplete: 3,
  /** A defect of kubecase itself; the stack is printed (EX_SOFTWARE of sysexits.h). */
  defect: 70,
} as const;

/** A mistake or condition the user can mend: printed as one line (what, where, what to do), never as a stack. */
export class UserError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(
    code: string,
    message: string,
    options: { hint?: string; exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserError';
    this.code = code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? EXIT.usage;
  }
}

/** A limit on hostile or oversized input was hit; the entry is dropped or cut and the rest goes on. */
export class LimitError extends Error {
  readonly limit: string;

  constructor(limit: string, message: string) {
    super(message);
    this.name = 'LimitError';
    this.limit = limit;
  }
}

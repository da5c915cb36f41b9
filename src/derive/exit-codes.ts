/** What exit codes mean; 128 + n is the signal n (facts: control-plane-and-nodes.md §7.2, seen on containerd and runc). */
const MEANINGS: Readonly<Record<number, string>> = {
  0: 'the process ended by itself without an error',
  1: 'an error the application chose to end with',
  2: 'wrong use of a command, or a Go panic',
  125: 'the container runtime could not run the container',
  126: 'the command was found but cannot be executed',
  127: 'the command was not found',
  128: 'the container could not be started',
  129: 'ended by SIGHUP',
  130: 'ended by SIGINT',
  131: 'ended by SIGQUIT',
  132: 'illegal instruction (SIGILL), often a wrong CPU type',
  133: 'stopped at a trap (SIGTRAP), often an assertion of a run-time',
  134: 'aborted by itself (SIGABRT)',
  135: 'bus error (SIGBUS)',
  136: 'arithmetic error (SIGFPE)',
  137: 'killed (SIGKILL)',
  139: 'invalid memory access (SIGSEGV)',
  141: 'wrote to a closed pipe (SIGPIPE)',
  143: 'asked to stop (SIGTERM)',
  152: 'used more CPU time than its ulimit allows (SIGXCPU)',
  153: 'wrote a larger file than its ulimit allows (SIGXFSZ)',
  159: 'made a system call that is not allowed (SIGSYS), often by a seccomp profile',
  255: 'an exit status out of range, or unknown',
  // NTSTATUS values of Windows containers.
  3221225477: 'invalid memory access (Windows, 0xC0000005)',
  3221225725: 'stack overflow (Windows, 0xC00000FD)',
  3221225786: 'asked to stop (Windows, 0xC000013A)',
};

/** A few words for an exit code. */
export function exitCodeMeaning(code: number): string {
  return (
    MEANINGS[code] ??
    (code > 128 && code < 160 ? `ended by signal ${code - 128}` : 'an exit status of the application')
  );
}

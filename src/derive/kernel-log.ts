import type { LogComponent } from '../model/log-signals.ts';
import type { Severity } from '../model/message.ts';
import type { LineAge } from './node-logs.ts';

/** The kernel's messages: `dmesg` or `journalctl -k`, or the whole journal. */
export const KERNEL_LOG: LogComponent = { id: 'kernel', unit: /^(kernel|journal)$/ };

/** A fault the kernel told of within this time still counts for the state now. */
export const KERNEL_RECENT_SECONDS = 6 * 3600;

/**
 * How grave lines of a kernel are: old ones may be of an outage that is over, and of undated ones (plain
 * dmesg, since boot) nobody can tell.
 */
export function kernelSeverity(age: LineAge, recent: Exclude<Severity, 'info'> = 'critical'): Severity {
  if (age === 'recent') return recent;
  return age === 'undated' ? 'warning' : 'info';
}

import { document } from '../model/artifact.ts';
import { systemdTime } from './systemd-time.ts';
import { textLines } from './text-sections.ts';

/** How a node keeps its time. */
export interface NodeTime {
  /** Whether the kernel's clock counts as synchronised. */
  readonly synchronized?: boolean;
  /** Whether a time service is on; undefined when the system has none it knows of. */
  readonly service?: boolean;
  /** Whether the hardware clock keeps local time. */
  readonly localRtc?: boolean;
  /** ISO 8601: the node's own time when it was asked. */
  readonly universalTime?: string;
  /** Seconds the clock is ahead of its time servers; negative: behind (chrony). */
  readonly offsetSeconds?: number;
}

/**
 * Clock of a node, scope node; text of one or several of these outputs, one below the other:
 * - `timedatectl` as systemd 219 (`NTP enabled: yes`, `NTP synchronized: no`) and later versions
 *   (`System clock synchronized: yes`, `NTP service: active`) write it;
 * - `timedatectl show` (`NTP=yes`, `NTPSynchronized=yes`, `LocalRTC=no`);
 * - `chronyc tracking` (`System time : 0.000012 seconds slow of NTP time`, `Leap status : Normal`).
 */
export const nodeTime = document<NodeTime>({
  id: 'node-time',
  title: 'Clock of a node',
  contentType: 'text',
  rearranged: true,
  maxBytes: 256 * 1024,
  parse(bytes) {
    const time: Draft = {};
    for (const line of textLines(bytes)) readLine(time, line);
    if (Object.keys(time).length === 0) throw new Error('nothing about a clock is in it');
    return time;
  },
});

type Draft = { -readonly [K in keyof NodeTime]: NodeTime[K] };

function readLine(time: Draft, line: string): void {
  const [, key = '', value = ''] = /^\s*([A-Za-z][\w. -]*?)\s*[:=]\s*(.*?)\s*$/.exec(line) ?? [];
  switch (key) {
    case 'System clock synchronized':
    case 'NTP synchronized':
    case 'NTPSynchronized':
      time.synchronized = yes(value);
      break;
    case 'NTP service':
    case 'NTP enabled':
    case 'Network time on':
    case 'NTP':
    case 'systemd-timesyncd.service active':
      time.service = yes(value);
      break;
    case 'RTC in local TZ':
    case 'LocalRTC':
      time.localRtc = yes(value);
      break;
    case 'Universal time':
      time.universalTime = systemdTime(value);
      break;
    case 'Leap status':
      // chrony says what the kernel is not told where it runs without the right to set the clock.
      time.synchronized ??= value !== 'Not synchronised';
      break;
    case 'System time': {
      const [, seconds, way] = /^([\d.]+) seconds (fast|slow) of NTP time$/.exec(value) ?? [];
      if (seconds !== undefined) time.offsetSeconds = Number(seconds) * (way === 'fast' ? 1 : -1);
      break;
    }
  }
}

function yes(value: string): boolean | undefined {
  if (value === 'yes' || value === 'active') return true;
  return value === 'no' || value === 'inactive' ? false : undefined;
}

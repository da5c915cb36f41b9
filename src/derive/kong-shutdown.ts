import type { PodItem } from '../artifacts/resources.ts';
import type { KongContainer } from './kong-containers.ts';

/** How long Kong may take to end, against what its pod allows; seconds. */
export interface KongShutdown {
  /** Longest time of the preStop hook, or of the end on SIGQUIT where there is none; undefined when not known. */
  readonly needed: number | undefined;
  /** What is run, in words. */
  readonly hook: string;
  readonly grace: number;
  /** Whether the node waits before it stops to listen, so that Services forget it first. */
  readonly drains: boolean;
}

/** Kubernetes' default of `terminationGracePeriodSeconds`. */
const DEFAULT_GRACE = 30;
/** `kong quit --timeout`: how long it waits for the workers after `--wait`; 10 unless given (kong/cmd/quit.lua). */
const QUIT_TIMEOUT = 10;

/** Reads preStop hook and grace period of a pod that runs Kong. */
export function kongShutdown({ spec }: PodItem, kong: KongContainer): KongShutdown {
  const grace = spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE;
  const preStop = kong.spec.lifecycle?.preStop;
  const seconds = preStop?.sleep?.seconds;
  if (seconds !== undefined)
    return { needed: seconds, hook: `sleep ${seconds} s`, grace, drains: seconds > 0 };
  const command = preStop?.exec?.command?.join(' ');
  if (command === undefined) {
    const hook = preStop ? 'an HTTP request' : 'no preStop hook';
    return { needed: undefined, hook, grace, drains: preStop !== undefined };
  }
  return { ...readCommand(command), hook: `\`${command}\``, grace };
}

function readCommand(command: string): Pick<KongShutdown, 'needed' | 'drains'> {
  const slept = numberAfter(command, /\bsleep\s+(\d+)/) ?? 0;
  if (!/\bkong\s+quit\b/.test(command)) {
    return { needed: slept > 0 ? slept : undefined, drains: slept > 0 };
  }
  const wait = numberAfter(command, /(?:--wait|-w)[=\s]+(\d+)/) ?? 0;
  const timeout = numberAfter(command, /(?:--timeout|-t)[=\s]+(\d+)/) ?? QUIT_TIMEOUT;
  return { needed: slept + wait + timeout, drains: slept + wait > 0 };
}

function numberAfter(text: string, pattern: RegExp): number | undefined {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** A Go duration such as `1m30s` in seconds; undefined when it is none. */
export function goDuration(text: string | undefined): number | undefined {
  const parts = [...(text ?? '').matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
  if (parts.length === 0) return undefined;
  const factor: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  return parts.reduce((sum, [, digits, unit]) => sum + Number(digits) * (factor[unit ?? ''] ?? 0), 0);
}

/** The `IntOrString` of a rolling update as a number of pods; a share is rounded as the Deployment does. */
export function podsOfShare(value: unknown, replicas: number, round: 'up' | 'down'): number | undefined {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(String(value ?? ''))?.[1];
  if (percent === undefined) return undefined;
  const pods = (Number(percent) * replicas) / 100;
  return round === 'up' ? Math.ceil(pods) : Math.floor(pods);
}

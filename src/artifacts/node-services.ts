import { document } from '../model/artifact.ts';
import { systemdTime } from './systemd-time.ts';
import { integerIn, textLines } from './text-sections.ts';

/** One systemd unit of a node. */
export interface NodeService {
  /** With its suffix: `kubelet.service`. */
  readonly unit: string;
  /** `loaded`, `not-found`, `masked`. */
  readonly load?: string;
  /** `enabled`, `disabled`, `static`. */
  readonly enabled?: string;
  /** `active`, `inactive`, `failed`, `activating`, `deactivating`. */
  readonly active: string;
  /** `running`, `dead`, `exited`, `auto-restart`. */
  readonly sub?: string;
  /** `success`, `exit-code`, `signal`, `oom-kill`, `start-limit-hit`, `timeout`. */
  readonly result?: string;
  /** Automatic restarts since the unit was last started by hand. */
  readonly restarts?: number;
  /** Exit status of the main process when it has ended. */
  readonly exitStatus?: number;
  /** ISO 8601: since when the unit is in its state, where the time is in UTC. */
  readonly since?: string;
}

/**
 * Units of a node, scope node; text of one or several of these outputs, one below the other:
 * - `TZ=UTC systemctl show --no-pager -p Id,LoadState,UnitFileState,ActiveState,SubState,Result,NRestarts,
 *   ExecMainStatus,StateChangeTimestamp UNIT…`: blocks of `Key=Value`, blank lines between;
 * - `systemctl status --no-pager UNIT…`: `● kubelet.service - …`, `Loaded: …`, `Active: … since …`;
 * - `systemctl list-units --failed --plain --no-legend`: `UNIT LOAD ACTIVE SUB DESCRIPTION`.
 * A unit named twice has the fields of all.
 */
export const nodeServices = document<readonly NodeService[]>({
  id: 'node-services',
  title: 'Services of a node',
  contentType: 'text',
  rearranged: true,
  maxBytes: 4 * 1024 * 1024,
  parse(bytes) {
    const units = new Map<string, NodeService>();
    for (const unit of readUnits(textLines(bytes)))
      units.set(unit.unit, { ...units.get(unit.unit), ...unit });
    if (units.size === 0) throw new Error('no unit is named in it');
    return [...units.values()];
  },
});

type Draft = { -readonly [K in keyof NodeService]?: NodeService[K] };

const LISTED =
  /^\W?\s*(\S+\.[a-z]+)\s+(loaded|not-found|masked|error|bad-setting)\s+(active|inactive|failed|activating|deactivating|reloading)\s+(\S+)(?:\s|$)/;
const STATUS_HEAD = /^\W{0,4}\s*([^\s=]+\.(?:service|socket|mount|timer|target|slice))(?: - .*)?$/;

function readUnits(lines: readonly string[]): NodeService[] {
  const found: NodeService[] = [];
  let open: Draft = {};
  const close = (): void => {
    const { unit, active, ...rest } = open;
    if (unit !== undefined && active !== undefined) found.push({ unit, active, ...rest });
    open = {};
  };
  for (const line of lines) {
    const listed = LISTED.exec(line);
    const head = STATUS_HEAD.exec(line);
    if (listed) {
      close();
      const [, unit, load, active, sub] = listed;
      open = { unit, load, active, sub };
    } else if (head) {
      close();
      open = { unit: head[1] };
    } else if (line.trim() === '') {
      // A status ends its head with a blank line, before lines of the journal.
      close();
    } else {
      readField(open, line);
    }
  }
  close();
  return found;
}

function readField(open: Draft, line: string): void {
  const [, key, value] = /^([A-Za-z]+)=(.+)$/.exec(line) ?? [];
  if (key !== undefined) Object.assign(open, PROPERTIES[key]?.(value as string));
  else if (/^\s*Loaded: /.test(line)) Object.assign(open, loadedOf(line));
  else if (/^\s*Active: /.test(line) && open.active === undefined) Object.assign(open, activeOf(line));
  const ended = /^\s*Main PID: .*\(code=\w+, status=(\d+)/.exec(line);
  if (ended) open.exitStatus = Number(ended[1]);
}

/** Properties of `systemctl show` (org.freedesktop.systemd1) to fields. */
const PROPERTIES: Readonly<Record<string, (value: string) => Draft>> = {
  Id: (unit) => ({ unit }),
  LoadState: (load) => ({ load }),
  UnitFileState: (enabled) => ({ enabled }),
  ActiveState: (active) => ({ active }),
  SubState: (sub) => ({ sub }),
  Result: (result) => ({ result }),
  NRestarts: (value) => defined({ restarts: integerIn(value) }),
  ExecMainStatus: (value) => defined({ exitStatus: integerIn(value) }),
  StateChangeTimestamp: (value) => defined({ since: systemdTime(value) }),
};

/** `Loaded: loaded (/lib/systemd/system/kubelet.service; enabled; vendor preset: enabled)`. */
function loadedOf(line: string): Draft {
  const [, load, enabled] = /Loaded: (\S+)(?: \([^;)]*(?:; ([a-z-]+))?)?/.exec(line) ?? [];
  return defined({ load, enabled });
}

/** `Active: activating (auto-restart) (Result: exit-code) since Tue 2026-01-15 12:00:00 UTC; 6s ago`. */
function activeOf(line: string): Draft {
  const [, state = '', since] = /Active: (.+?)(?: since (.+?)(?:; .* ago)?)?$/.exec(line) ?? [];
  const [, active, words = ''] = /^(\S+)(.*)$/.exec(state) ?? [];
  const parts = [...words.matchAll(/\(([^)]+)\)/g)].map((match) => match[1] as string);
  const result = parts.find((part) => part.startsWith('Result: '))?.slice('Result: '.length);
  const sub = parts.find((part) => !part.startsWith('Result: '));
  return defined({ active, sub, result, since: systemdTime(since) });
}

function defined(fields: Record<string, string | number | undefined>): Draft {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

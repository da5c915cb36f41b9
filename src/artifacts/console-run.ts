import { document } from '../model/artifact.ts';
import { textLines } from './text-sections.ts';

/** What became of a task on a host. */
export type TaskOutcome = 'ok' | 'skipped' | 'failed' | 'unreachable';

/** The last result of a task on a host. */
export interface ConsoleTask {
  /** Konvoy's `STAGE [Running Preflights]`, where the run has stages. */
  readonly stage?: string;
  /** As Ansible prints it: `wait-ssh : wait 180 seconds for SSH target connection to become reachable (SSH)`. */
  readonly task: string;
  /** As the inventory names it. */
  readonly host: string;
  readonly outcome: TaskOutcome;
  /** Run elsewhere on its behalf (`[host -> localhost]`): tells nothing of a login to it. */
  readonly delegated?: boolean;
  /** What Ansible says of a failure, 500 characters at most. */
  readonly said?: string;
  /** 1-based. */
  readonly line: number;
}

/** The last state of an addon. */
export interface ConsoleAddon {
  readonly name: string;
  readonly failed: boolean;
  /** 1-based. */
  readonly line: number;
}

/**
 * An answer of the AWS API, as botocore prints it (`An error occurred (CODE) when calling the OPERATION operation:
 * TEXT`), or the Go SDK of terraform (`Error: Error launching source instance: CODE: TEXT`, then
 * `status code: 400, request id: …`); or that no credentials were found to ask it with.
 */
export interface ConsoleCloudError {
  readonly code: string;
  readonly operation: string;
  readonly said: string;
  /** 1-based. */
  readonly line: number;
}

/** A line below `PLAY RECAP`: how many results of each kind a host had. */
export interface ConsoleRecap {
  readonly host: string;
  readonly ok: number;
  readonly unreachable: number;
  readonly failed: number;
  /** 1-based. */
  readonly line: number;
}

/** What the console shows of a run of Ansible or Konvoy. */
export interface ConsoleRun {
  readonly tasks: readonly ConsoleTask[];
  readonly addons: readonly ConsoleAddon[];
  readonly cloudErrors: readonly ConsoleCloudError[];
  /** The last recap of each host. */
  readonly recaps: readonly ConsoleRecap[];
  /** Whether a recap follows the last task; without one the text may be the beginning of a run. */
  readonly finished: boolean;
}

/**
 * Console text of `konvoy up`, `deploy`, `check …`, and of ansible-playbook: lines `STAGE [name]`, `PLAY [name]`,
 * `TASK [name]`, `ok: [host]`, `fatal: [host]: FAILED! => {…}`, `PLAY RECAP`, addons with `[OK]` or `[ERROR]`.
 * Of a task run several times on a host, and of an addon, the last result counts; ignored failures are none.
 */
export const consoleRun = document<ConsoleRun>({
  id: 'console-run',
  title: 'Console text of a run',
  contentType: 'text',
  rearranged: true,
  foreign: 'console-text',
  parse: (bytes) => readRun(textLines(bytes).map(plain)),
});

/** A line of a run by which its text is known; the colours of the terminal are to be taken out before. */
export const RUN_LINE =
  /^(?:(?:STAGE|PLAY|TASK) \[.+\]|PLAY RECAP \*|(?:fatal|failed|ok|changed): \[[\w.:-]+(?: -> [\w.:-]+)?\]|[a-z0-9][a-z0-9-]* {2,}\[(?:OK|ERROR)\]\s*$|Error: error installing: |An error occurred \(\w+\) when calling the \w+ operation|(?:\S+: )?(?:Error|error): .*(?:NoCredentialProviders|status code: \d{3}, request id)|[ \t]*status code: \d{3}, request id|Unable to locate credentials)/m;

/** A text without the colours and the carriage returns of a terminal. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with the escape character.
  return text.replace(/\u001b\[[\d;]*[A-Za-z]/g, '').replace(/\r/g, '');
}

const RESULT = /^(ok|changed|skipping|fatal|failed): \[([^\]]+)\](?:: (FAILED|UNREACHABLE)!)?/;
const OUTCOMES: Readonly<Record<string, TaskOutcome>> = { ok: 'ok', changed: 'ok', skipping: 'skipped' };
const RECAP = /^(\S+)\s+: ok=(\d+)\s+changed=\d+\s+unreachable=(\d+)\s+failed=(\d+)/;
const ADDON = /^([a-z0-9][a-z0-9.-]*) +\[(OK|ERROR)\]\s*$/;
const ADDONS_FAILED = /the following \d+ addons? failed to deploy: \[ ?([^\]]+?) ?\]/;
const CLOUD = /An error occurred \((\w+)\) when calling the (\w+) operation: (.{1,300})/;

/** The Go SDK: `CODE: TEXT`, before it what was tried. */
const SDK =
  /^(.{0,200}?)(?<=^|\s)((?!Error:)[A-Z][A-Za-z]{1,60}(?:\.[A-Z][A-Za-z]{1,60})?): ((?=.{0,20}[a-z]).{1,300})$/;
const STATUS = /,? ?status code: \d{3}, request id: ?\S*/;
const NO_CREDENTIALS =
  /NoCredentialProviders: no valid providers in chain|Unable to locate credentials(?=\W|$)|no valid credential sources for S?3?[ \w]{0,40}found/;

/** Lines below a failure that may be part of what it says. */
const BODY_LINES = 60;
const SAID_MAX = 500;

function readRun(lines: readonly string[]): ConsoleRun {
  const tasks = new Map<string, { readonly result: ConsoleTask; readonly heading: number }>();
  const addons = new Map<string, ConsoleAddon>();
  const cloudErrors: ConsoleCloudError[] = [];
  const recaps = new Map<string, ConsoleRecap>();
  let stage: string | undefined;
  let task = '';
  let heading = 0;
  let lastTask = 0;
  let known = false;
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    known ||= RUN_LINE.test(text);
    const [, word, name = ''] = /^(STAGE|TASK) \[(.+)\]/.exec(text) ?? [];
    if (word !== undefined) heading = line;
    if (word === 'TASK') lastTask = line;
    if (word === 'STAGE') stage = name;
    if (word === 'TASK') task = name;
    const found = resultIn(lines, index);
    if (found) {
      const key = JSON.stringify([stage, task, found.host]);
      const before = tasks.get(key);
      // Of the items of one loop that one counts that failed.
      const failedItem = before?.heading === heading && before.result.said !== undefined;
      const result = { ...(stage === undefined ? {} : { stage }), task, ...found, line };
      if (!failedItem) tasks.set(key, { result, heading });
    }
    const recap = recapIn(text, line);
    if (recap) recaps.set(recap.host, recap);
    for (const addon of addonsIn(text, line)) addons.set(addon.name, addon);
    const cloudError = cloudErrorAt(lines, index);
    if (cloudError) cloudErrors.push(cloudError);
  }
  if (!known) throw new Error('no line of a run is in it');
  const results = [...tasks.values()].map(({ result }) => result);
  const ends = [...recaps.values()];
  const finished = lastTask === 0 || ends.some(({ line }) => line > lastTask);
  return { tasks: results, addons: [...addons.values()], cloudErrors, recaps: ends, finished };
}

function resultIn(
  lines: readonly string[],
  index: number,
): Omit<ConsoleTask, 'task' | 'stage' | 'line'> | undefined {
  const [, word = '', named = '', how] = RESULT.exec(lines[index] ?? '') ?? [];
  const [host = '', elsewhere] = named.split(' -> ');
  if (host === '') return undefined;
  const place = { host, ...(elsewhere === undefined ? {} : { delegated: true }) };
  const fine = OUTCOMES[word];
  if (fine !== undefined) return { ...place, outcome: fine };
  const { said, ignored } = bodyOf(lines, index);
  if (ignored) return { ...place, outcome: 'skipped' };
  return { ...place, outcome: how === 'UNREACHABLE' ? 'unreachable' : 'failed', said };
}

function recapIn(text: string, line: number): ConsoleRecap | undefined {
  const [, host, ok, unreachable, failed] = RECAP.exec(text) ?? [];
  if (host === undefined) return undefined;
  return { host, ok: Number(ok), unreachable: Number(unreachable), failed: Number(failed), line };
}

/** What the API of the cloud answered, or that it was not asked for want of credentials. */
function cloudErrorAt(lines: readonly string[], index: number): ConsoleCloudError | undefined {
  const text = lines[index] ?? '';
  const line = index + 1;
  const [, code, operation = '', said = ''] = CLOUD.exec(text) ?? [];
  if (code !== undefined) return { code, operation, said: said.trim(), line };
  const unset = NO_CREDENTIALS.exec(text)?.[0];
  if (unset !== undefined)
    return { code: 'NoCredentials', operation: 'before any request', said: unset, line };
  const [, before = '', sdkCode, words = ''] = SDK.exec(text) ?? [];
  // The status stands at the end of the line or, in verbose output, alone in the next one.
  const answered = STATUS.test(text) || /^\s*status code: \d{3}, request id/.test(lines[index + 1] ?? '');
  if (sdkCode === undefined || !answered) return undefined;
  const what = before.replace(/^\W*(?:[Ee]rror: ?)+/, '').replace(/:\s*$/, '') || 'terraform';
  return { code: sdkCode, operation: what, said: words.replace(STATUS, '').trim(), line };
}

/** What a failure says, in its line or in those below up to the next result or heading. */
function bodyOf(
  lines: readonly string[],
  index: number,
): { readonly said: string; readonly ignored: boolean } {
  const rest = lines.slice(index + 1, index + 1 + BODY_LINES);
  const end = rest.findIndex((text) => RUN_LINE.test(text) || RECAP.test(text) || /^skipping: /.test(text));
  const body = end < 0 ? rest : rest.slice(0, end);
  const text = [lines[index]?.replace(/^.*?=>\s*/, '') ?? '', ...body].join('\n');
  const [, after] = /^MSG:\s*\n+([\s\S]+?)(?:\n\s*\n|\n\.\.\.ignoring|$)/m.exec(text) ?? [];
  const [, quoted] = /"msg": "((?:[^"\\]|\\.)*)"/.exec(text) ?? [];
  const said = (after ?? quoted ?? text).replace(/\s+/g, ' ').trim();
  return { said: said.slice(0, SAID_MAX), ignored: body.some((one) => /^\.\.\.ignoring/.test(one)) };
}

function addonsIn(text: string, line: number): ConsoleAddon[] {
  const [, name, state] = ADDON.exec(text) ?? [];
  if (name !== undefined) return [{ name, failed: state === 'ERROR', line }];
  const failed = ADDONS_FAILED.exec(text)?.[1]?.split(/[\s,]+/) ?? [];
  return failed.filter((one) => one !== '').map((one) => ({ name: one, failed: true, line }));
}

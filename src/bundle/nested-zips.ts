import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { EntryGate } from './entry-gate.ts';
import type { EntrySink, ReadProblem } from './entry-sink.ts';
import type { ZipContext } from './zip.ts';

/** ZIPs met inside an input: their directory is at their end, so that they are read after the input. */
export interface NestedZips {
  /** Keeps the bytes of one in a private temporary file. */
  sink(path: string): EntrySink;
  /** Reads those kept one after the other; `begin` is told of each before, and says whether to read it. */
  read(context: ZipContext, begin: (path: string) => boolean): Promise<void>;
  /** Removes the files; an orderly exit of the process does too. */
  dispose(): void;
}

/** Makes the keeper for one reading; `report` hears of ZIPs that cannot be read. */
export function createNestedZips(report: (problem: ReadProblem) => void): NestedZips {
  const kept: { readonly path: string; readonly file: string }[] = [];
  let folder: string | undefined;
  const remove = () => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    folder = undefined;
  };

  function nextFile(): string {
    if (folder === undefined) {
      folder = mkdtempSync(join(tmpdir(), 'kubecase-'));
      process.once('exit', remove);
    }
    return join(folder, `${kept.length}.zip`);
  }

  async function readOne(path: string, file: string, context: ZipContext): Promise<void> {
    const { readZip } = await import('./zip.ts');
    const gate = gateOf(path, context.gate);
    try {
      const { truncated } = await readZip(file, path, { ...context, gate });
      if (truncated === undefined || gate.stopped() !== undefined) return;
      report({ code: 'damaged', message: `${path}: ${truncated.reason}`, path });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      report({ code: 'damaged', message: error.message, path });
    }
  }

  return {
    sink(path) {
      const spool = createSpool(nextFile);
      return {
        chunk: spool.write,
        end(complete) {
          const reason = spool.end() ?? (complete ? undefined : 'is not whole in the bundle');
          if (reason === undefined) kept.push({ path, file: spool.file() });
          else report({ code: 'damaged', message: `${path}: ${reason}`, path });
        },
        isIdle: spool.isBroken,
      };
    },
    async read(context, begin) {
      for (const { path, file } of kept.splice(0)) {
        if (context.gate.stopped() === undefined && begin(path)) await readOne(path, file, context);
        rmSync(file, { force: true });
      }
    },
    dispose() {
      process.off('exit', remove);
      remove();
    },
  };
}

/** The gate with the name of the ZIP in front of what is said of it. */
function gateOf(path: string, gate: EntryGate): EntryGate {
  return {
    ...gate,
    problem: (found) =>
      gate.problem({ ...found, message: `${path}/${found.message}`, path: `${path}/${found.path ?? ''}` }),
    stop: (code, message) => gate.stop(code, `${path}: ${message}`),
  };
}

/** Writes bytes as they come into a file nobody else can read; the reason why not is told at the end. */
function createSpool(place: () => string) {
  let file = '';
  let handle: number | undefined;
  let reason: string | undefined;

  function guarded(action: () => void): void {
    if (reason !== undefined) return;
    try {
      action();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const isFull = code === 'ENOSPC' || code === 'EDQUOT';
      reason = isFull
        ? `no space left in ${tmpdir()} to unpack it; set TMPDIR to a folder with more room`
        : `cannot be unpacked in ${tmpdir()} (${code ?? String(error)})`;
    }
  }

  function open(): number {
    file = place();
    return openSync(file, 'wx', 0o600);
  }

  return {
    file: () => file,
    isBroken: () => reason !== undefined,
    write: (bytes: Buffer) =>
      guarded(() => {
        handle ??= open();
        for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
      }),
    end(): string | undefined {
      guarded(() => {
        closeSync(handle ?? open());
      });
      return reason;
    },
  };
}

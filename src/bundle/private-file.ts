import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Linux gives open files names, those of removed ones too. */
const DESCRIPTORS = '/proc/self/fd';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A temporary file nobody else reads, gone when the process ends. */
export interface PrivateFile {
  /** Can be opened as often as wanted until `dispose`. */
  readonly path: string;
  write(bytes: Buffer): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Creates a file, mode 0600, in a folder of its own below the system's temporary folder. On Linux it loses its name
 * at once, so that not even a kill leaves it behind; elsewhere every exit but a kill removes it.
 */
export async function createPrivateFile(name: string): Promise<PrivateFile> {
  const folder = await mkdtemp(join(tmpdir(), 'kubecase-'));
  const named = join(folder, name);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const onSignal = (signal: NodeJS.Signals) => {
    remove();
    forget();
    // Without a listener of anyone else the signal ends the process, as it would have without ours.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  function forget(): void {
    process.off('exit', remove);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
  process.once('exit', remove);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const handle = await open(named, 'wx+', 0o600).catch((error: unknown) => {
    remove();
    forget();
    throw error;
  });
  const descriptor = `${DESCRIPTORS}/${handle.fd}`;
  const nameless = existsSync(descriptor);
  if (nameless) {
    remove();
    forget();
  }
  return {
    path: nameless ? descriptor : named,
    async write(bytes) {
      let at = 0;
      while (at < bytes.length) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
    },
    async dispose() {
      await handle.close();
      forget();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

import { execFileSync } from 'node:child_process';
import { temporaryFolder } from '../src/bundle/bundle-fixture.ts';

/** Unpacks an archive with the system's own tar; gives the folder. */
export function unpackTar(archive: string): string {
  const folder = temporaryFolder();
  execFileSync('tar', ['xzf', archive, '-C', folder]);
  return folder;
}

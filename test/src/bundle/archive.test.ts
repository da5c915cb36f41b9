import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openArchive } from '../../../src/bundle/archive.ts';

function entry(path: string, content: Buffer | Readable = Buffer.from('x'), size = 1) {
  return { path, size, modified: new Date(0), content };
}

describe('an archive whose output fails', () => {
  it('rejects the entry under way, the ones behind it and the end, all with the error of the output', async () => {
    const full = new Error('no space left');
    const failures: unknown[] = [];
    const archive = openArchive(
      () => Promise.reject(full),
      (error) => failures.push(error),
    );
    const big = entry('big', Buffer.alloc(9 * 1024 * 1024), 9 * 1024 * 1024);

    const results = await Promise.allSettled([
      archive.append(big),
      archive.append(big),
      archive.append(entry('small')),
    ]);
    const end = await archive.finish().catch((error: unknown) => error);

    expect(results.map((result) => result.status === 'rejected' && result.reason)).toContain(full);
    expect(results.at(-1)).toEqual({ status: 'rejected', reason: full });
    expect(end).toBe(full);
    expect(failures).toEqual([full]);
  });

  it('rejects an entry whose stream breaks, and the whole archive with it', async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error('spool unreadable'));
      },
    });
    const failures: unknown[] = [];
    const archive = openArchive(
      async () => {},
      (error) => failures.push(error),
    );

    await expect(archive.append(entry('a', broken, 10))).rejects.toThrow('spool unreadable');
    await expect(archive.append(entry('b'))).rejects.toThrow('spool unreadable');
    expect(failures).toHaveLength(1);
  });
});

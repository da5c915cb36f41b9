import { describe, expect, it } from 'vitest';
import { writeError } from '../../../src/bundle/output-file.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: something, write`), { code });
}

describe('an error of writing, in the words for the user', () => {
  it.each([
    ['ENOSPC', 'disk-full', 'b.tar.gz: cannot be written: no space left on the disk'],
    ['EDQUOT', 'disk-full', 'b.tar.gz: cannot be written: no space left on the disk'],
    ['EACCES', 'output-unwritable', 'b.tar.gz: cannot be written: permission denied'],
    ['EROFS', 'output-unwritable', 'b.tar.gz: cannot be written: the file system is read-only'],
    ['ENOENT', 'output-unwritable', 'b.tar.gz: cannot be written: its folder does not exist'],
    ['EIO', 'output-unwritable', 'b.tar.gz: cannot be written: EIO'],
  ])('%s', (code, expected, message) => {
    const error = writeError('b.tar.gz', systemError(code), undefined);

    expect(error).toMatchObject({ code: expected, message, exitCode: 2 });
    expect(error.hint).toContain('--output-file');
  });

  it('says what is left and whether it is whole, and exits as incomplete then', () => {
    const part = writeError('b', systemError('ENOSPC'), { path: 'b.partial', whole: false });
    const whole = writeError('b', systemError('EACCES'), { path: 'b.partial', whole: true });

    expect(part).toMatchObject({
      exitCode: 3,
      hint: 'What was written until then is in b.partial, without an index.',
    });
    expect(whole).toMatchObject({ exitCode: 3, hint: 'The whole bundle is in b.partial.' });
  });
});

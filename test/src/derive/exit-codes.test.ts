import { expect, it } from 'vitest';
import { exitCodeMeaning } from '../../../src/derive/exit-codes.ts';

it.each([
  [0, /without an error/],
  [1, /application/],
  [127, /not found/],
  [137, /SIGKILL/],
  [139, /SIGSEGV/],
  [143, /SIGTERM/],
  [140, /signal 12/],
  [159, /seccomp/],
  [3_221_225_477, /Windows/],
  [3, /exit status of the application/],
  [200, /exit status of the application/],
])('exit code %s means what the signal or the convention says', (code, meaning) => {
  expect(exitCodeMeaning(code)).toMatch(meaning);
});

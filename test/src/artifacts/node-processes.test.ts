import { expect, it } from 'vitest';
import { nodeProcesses } from '../../../src/artifacts/node-processes.ts';

const parse = (text: string) => nodeProcesses.parse(new TextEncoder().encode(text));

it('reads ps axfwwu: states, sizes and commands out of the tree, kernel threads apart', () => {
  const text = [
    'USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND',
    'root         2  0.0  0.0      0     0 ?        S    Feb28   0:00 [kthreadd]',
    'root         9  0.0  0.0      0     0 ?        D    Feb28   0:00  \\_ [kworker/0:1]',
    'root       911  1.5  0.5 1234567 51200 ?       Ssl  Feb 28 101:22 /usr/bin/containerd',
    'nobody    4242 99.0 12.5 9012345 4100000 ?     Dl   11:58   2-01:30:00  |   \\_ java -jar app.jar',
    'root      4300  0.0  0.0      0     0 ?        Z    11:59   0:00      \\_ [sh] <defunct>',
  ].join('\n');

  expect(parse(text)).toEqual({
    count: 5,
    blocked: [{ pid: 4242, state: 'D', rssBytes: 4_198_400_000, command: 'java -jar app.jar' }],
    zombies: 1,
    largest: [
      { pid: 4242, state: 'D', rssBytes: 4_198_400_000, command: 'java -jar app.jar' },
      { pid: 911, state: 'S', rssBytes: 52_428_800, command: '/usr/bin/containerd' },
      { pid: 2, state: 'S', rssBytes: 0, command: '[kthreadd]' },
      { pid: 9, state: 'D', rssBytes: 0, command: '[kworker/0:1]' },
      { pid: 4300, state: 'Z', rssBytes: 0, command: '[sh] <defunct>' },
    ],
  });
});

it('refuses what is no list of processes', () => {
  expect(() => parse('ps: command not found\n')).toThrow('no process');
});

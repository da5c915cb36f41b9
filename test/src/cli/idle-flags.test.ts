import { describe, expect, it } from 'vitest';
import { callCli } from '../../support/call-cli.ts';

describe('a flag that would have no effect', () => {
  it.each([
    [['collect', '-A', '-n', 'shop'], '--all-namespaces and --namespace contradict each other'],
    [['collect', '--interval', '5s'], '--interval has no effect without --sample 2'],
    [['collect', '--node-image', 'example/tools:1'], '--node-image has no effect without --nodes'],
    [['collect', '--node-namespace', 'tools'], '--node-namespace has no effect without --nodes'],
    [['collect', '--identity', 'key.txt'], '--identity has no effect without --resume'],
    [['rbac', '--offline', '--context', 'a'], '--offline and --context contradict each other'],
    [['rbac', '--offline', '--kubeconfig', 'a'], '--offline and --kubeconfig contradict each other'],
    [
      ['rbac', '--offline', '--user', 'a', '--user-group', 'b'],
      '--user and --user-group contradict each other',
    ],
  ])('is refused: %j', async (args, message) => {
    const { code, stderr, stdout } = await callCli(...args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`kubecase: ${message}\n  `);
  });

  it('is not refused where its value is the one it has by itself', async () => {
    const { stderr } = await callCli('collect', '--interval', '30s', '--kubeconfig', '/does/not/exist');

    expect(stderr).toContain('/does/not/exist');
  });
});

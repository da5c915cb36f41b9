import { describe, expect, it } from 'vitest';
import { consoleRun } from '../../../src/artifacts/console-run.ts';

function parse(...lines: string[]) {
  return consoleRun.parse(Buffer.from(lines.join('\n')));
}

describe('console text of a run', () => {
  it('has tasks by stage and host, with what is run elsewhere marked', () => {
    const run = parse(
      'STAGE [Checking Kubernetes]',
      'PLAY [Check Control Plane Health] ******',
      'skipping: no hosts matched',
      'TASK [check-kubernetes : calico health] *****',
      'ok: [10.0.128.10 -> ec2-203-0-113-18.us-west-2.compute.amazonaws.com]',
      'changed: [10.0.195.156]',
      'skipping: [10.0.128.170]',
      'PLAY RECAP *****',
      '10.0.128.10                : ok=5    changed=0    unreachable=0    failed=1    skipped=2',
    );

    const place = { stage: 'Checking Kubernetes', task: 'check-kubernetes : calico health' };
    expect(run.tasks).toEqual([
      { ...place, host: '10.0.128.10', delegated: true, outcome: 'ok', line: 5 },
      { ...place, host: '10.0.195.156', outcome: 'ok', line: 6 },
      { ...place, host: '10.0.128.170', outcome: 'skipped', line: 7 },
    ]);
    expect(run.recaps).toEqual([{ host: '10.0.128.10', ok: 5, unreachable: 0, failed: 1, line: 9 }]);
  });

  it.each([
    ['in the line', ['fatal: [h]: FAILED! => {"msg": "no \\"x\\""}'], 'no \\"x\\"'],
    ['below, as JSON', ['fatal: [h]: FAILED! => {', '  "msg": "broken"', '}'], 'broken'],
    ['below MSG', ['fatal: [h]: FAILED! => {', '  "a": 1', '}', '', 'MSG:', '', 'it ended'], 'it ended'],
    ['in no known form', ['fatal: [h]: FAILED! => out of memory'], 'out of memory'],
    ['with carriage returns', ['fatal: [h]: FAILED! => {\r', 'MSG:\r', '\r', 'it ended\r'], 'it ended'],
  ])('has what a failure says, %s', (_name, lines, said) => {
    const { tasks } = parse('TASK [a : b] ***', ...lines, 'ok: [other]', '"msg": "of another"');

    expect(tasks[0]).toMatchObject({ host: 'h', outcome: 'failed', said });
  });

  it('has addons by the list and by the error below it, the last state of each', () => {
    const { addons } = parse(
      'STAGE [Deploying Enabled Addons]',
      'traefik                   [OK]',
      'kibana                    [ERROR]',
      'kibana                    [OK]',
      'Error: error installing: the following 2 addons failed to deploy: [ traefik, dex ]',
    );

    expect(addons).toEqual([
      { name: 'traefik', failed: true, line: 5 },
      { name: 'kibana', failed: false, line: 4 },
      { name: 'dex', failed: true, line: 5 },
    ]);
  });

  it('keeps little of a long failure, and is none without a line of a run', () => {
    const { tasks } = parse('TASK [a]', `fatal: [h]: FAILED! => ${'x'.repeat(5000)}`);

    expect(tasks[0]?.said).toHaveLength(500);
    expect(() => parse('hello', 'world [OK] or not')).toThrow('no line of a run');
  });

  it('of many lines is read in time that grows with them', () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => `fatal: [h${at}]: FAILED! => {"msg": "a`);
    const start = performance.now();

    expect(parse('TASK [a]', ...lines).tasks).toHaveLength(100_000);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it.each([
    [
      'with the status in the next line',
      [
        'Error: Error launching source instance: VcpuLimitExceeded: You have requested more.',
        '\tstatus code: 400, request id: 1',
      ],
      {
        code: 'VcpuLimitExceeded',
        operation: 'Error launching source instance',
        said: 'You have requested more.',
      },
    ],
    [
      'behind two causes',
      [
        'Error: using credentials: error calling sts:GetCallerIdentity: ExpiredToken: The token is expired',
        '  status code: 403, request id: 2',
      ],
      {
        code: 'ExpiredToken',
        operation: 'using credentials: error calling sts:GetCallerIdentity',
        said: 'The token is expired',
      },
    ],
    [
      'with the status in its line',
      ['error: InsufficientInstanceCapacity: There is no capacity, status code: 500, request id: 7'],
      { code: 'InsufficientInstanceCapacity', operation: 'terraform', said: 'There is no capacity' },
    ],
    [
      'without credentials',
      ['Error: NoCredentialProviders: no valid providers in chain. Deprecated.'],
      {
        code: 'NoCredentials',
        operation: 'before any request',
        said: 'NoCredentialProviders: no valid providers in chain',
      },
    ],
  ])('has answers of AWS as terraform prints them, %s', (_name, lines, error) => {
    expect(parse('STAGE [Provisioning]', ...lines).cloudErrors).toEqual([{ ...error, line: 2 }]);
    expect(parse(...lines).cloudErrors).toEqual([{ ...error, line: 1 }]);
  });

  it('takes no other error of terraform for an answer of AWS', () => {
    const run = parse(
      'STAGE [Provisioning]',
      'Error: Invalid: value',
      'Error: x: NotFound: y',
      'status code 404',
    );
    expect(run.cloudErrors).toEqual([]);
  });
});

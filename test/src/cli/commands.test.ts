import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { collectors } from '../../../collectors/index.ts';
import { defaultName } from '../../../src/cli/collect.ts';
import { COLLECT_OPTIONS } from '../../../src/cli/options.ts';
import { selectUnits } from '../../../src/cli/select.ts';
import { callCli } from '../../support/call-cli.ts';
import { expectUserError, runCli, startCli } from '../../support/run-cli.ts';
import { temporaryFolder, writeSmallBundle } from '../bundle/bundle-fixture.ts';

const ROOT = new URL('../../../', import.meta.url);

describe('a mistake on the command line', () => {
  it.each([
    ['an unknown command', ['analyse', 'x'], /unknown command 'analyse'/],
    ['an unknown option', ['analyze', 'x', '--fast'], /unknown option '--fast'/],
    ['an option of another command', ['verify', 'x', '-o', 'json'], /unknown option '-o'/],
    ['a missing argument of analyze', ['analyze'], /missing required argument 'input'/],
    ['a missing argument of report', ['report'], /missing required argument/],
    ['a missing argument of explain', ['explain'], /missing required argument 'id'/],
    ['too many arguments', ['verify', 'a', 'b'], /too many arguments/],
    ['a missing value', ['analyze', 'x', '-o'], /argument missing/],
    ['an unknown format', ['analyze', 'x', '-o', 'pdf'], /'pdf' is invalid.*html, json, text/],
    ['an unknown severity', ['analyze', 'x', '--fail-on', 'fatal'], /'fatal' is invalid/],
    ['a duration without a unit', ['collect', '--since', '5'], /Not a duration/],
    ['a duration with another unit', ['collect', '--since', '5w'], /Not a duration/],
    ['a number that is none', ['collect', '--tail', 'all'], /Not a whole number/],
    ['a size that is none', ['collect', '--max-log-size', '10MB'], /Not a size/],
    ['an empty list', ['collect', '-n', 'a,,b'], /Names are missing/],
    [
      'an unknown id in --only of analyze',
      ['analyze', 'x', '--only', 'kong/none'],
      /--only kong\/none: no analyzer/,
    ],
    [
      'an unknown id in --skip of analyze',
      ['analyze', 'x', '--skip', 'nope/*'],
      /--skip nope\/\*: no analyzer/,
    ],
    ['an unknown id in --only of collect', ['collect', '--only', 'kong/none'], /kong\/none/],
    ['an unknown id in --skip of collect', ['collect', '--skip', 'nope/*'], /nope\/\*/],
    ['an unknown id to explain', ['explain', 'workload/none'], /workload\/none: no collector or analyzer/],
    ['a path to explain', ['explain', '../package'], /\.\.\/package: no collector or analyzer/],
    ['an unknown list', ['list', 'pods'], /collectors or analyzers/],
  ])('is one clear line and exit code 2: %s', async (_name, args, words) => {
    expectUserError(await callCli(...args), 2, words);
  });

  it('is the same from the process', async () => {
    const result = await runCli(['analyse', 'x']);

    expectUserError(result, 2, /^error: unknown command 'analyse'/);
  });
});

describe('list', () => {
  it('prints every id with its title, collectors before analyzers', async () => {
    const { stdout, stderr, code } = await callCli('list');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { meta } of [...collectors, ...analyzers])
      expect(stdout).toMatch(new RegExp(`^ {2}${meta.id} +${escaped(meta.title)}$`, 'm'));
    expect(stdout.indexOf('Collectors')).toBeLessThan(stdout.indexOf('Analyzers'));
  });

  it('prints one of both', async () => {
    const [first, second] = [await callCli('list', 'collectors'), await callCli('list', 'analyzers')];

    expect(first.stdout + second.stdout).toBe((await callCli('list')).stdout);
    expect(first.stdout).not.toContain('workload/crash-loop');
  });

  it('ends quietly when its reader has closed the pipe', async () => {
    const { child, ended } = startCli(['list']);
    child.stdout?.destroy();

    expect(await ended).toMatchObject({ signal: null, stderr: '' });
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

describe('explain', () => {
  it.each([
    ...analyzers.map(({ meta }) => ['analyzers', meta.id]),
    ...collectors.map(({ meta }) => ['collectors', meta.id]),
  ])('prints the page of %s/%s', async (folder, id) => {
    const page = readFileSync(new URL(`${folder}/${id}.md`, ROOT), 'utf8');

    expect(await callCli('explain', id!)).toEqual({ code: 0, signal: null, stdout: page, stderr: '' });
  });
});

describe('--only and --skip', () => {
  const units = ['kong/status', 'kong/data-plane', 'node/not-ready'].map((id) => ({ meta: { id } }));
  const ids = (options: Parameters<typeof selectUnits>[2]) =>
    selectUnits(units, 'analyzer', options).map(({ meta }) => meta.id);

  it('select by id or glob, and what is skipped wins', () => {
    expect(ids({})).toEqual(['kong/status', 'kong/data-plane', 'node/not-ready']);
    expect(ids({ only: ['kong/*'] })).toEqual(['kong/status', 'kong/data-plane']);
    expect(ids({ only: ['kong/*', 'node/not-ready'], skip: ['*/status'] })).toEqual([
      'kong/data-plane',
      'node/not-ready',
    ]);
  });

  it('take several names, by commas and by repeating', async () => {
    const file = await writeSmallBundle(temporaryFolder());
    const only = [
      '--only',
      'workload/crash-loop,certificate/expired',
      '--only',
      'control-plane/leader-*',
      '--skip',
      '*/leader-changes-*',
    ];

    const { stdout } = await callCli('analyze', file, '-o', 'json', ...only);

    const run = JSON.parse(stdout).results.map((result: { analyzerId: string }) => result.analyzerId);
    expect(run).toEqual(['certificate/expired', 'control-plane/leader-lease-stale', 'workload/crash-loop']);
  });
});

describe('values of options', () => {
  function parse(flag: string, value: string): unknown {
    return COLLECT_OPTIONS.find(({ flags }) => flags.includes(flag))?.parse?.(value, undefined);
  }

  it.each([
    ['--since', '90s', 90],
    ['--since', '2d', 172_800],
    ['--since', '1h30m', 5400],
    ['--tail', '500', 500],
    ['--max-log-size', '512Ki', 524_288],
    ['--max-log-size', '1Gi', 1_073_741_824],
    ['--max-log-size', '4096', 4096],
  ])('%s %s is %d', (flag, value, expected) => {
    expect(parse(flag, value)).toBe(expected);
  });
});

describe('the default name of a bundle', () => {
  it.each([
    ['prod', 'kubecase-prod-2026-03-01T120000Z.tar.gz'],
    [
      'arn:aws:eks:eu-1:123:cluster/a b',
      'kubecase-arn-aws-eks-eu-1-123-cluster-a-b-2026-03-01T120000Z.tar.gz',
    ],
    ['../../etc/passwd', 'kubecase-..-..-etc-passwd-2026-03-01T120000Z.tar.gz'],
    [undefined, 'kubecase-cluster-2026-03-01T120000Z.tar.gz'],
  ])('of context %s is %s', (context, expected) => {
    expect(defaultName(context, '2026-03-01T12:00:00.123Z')).toBe(expected);
    expect(join('folder', expected)).toBe(`folder/${expected}`);
  });
});

it('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));

  expect(await callCli('--version')).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
});

import { describe, expect, it } from 'vitest';
import { EDIT_OPTIONS, INSPECT_OPTIONS, UNMASK_OPTIONS } from '../../../src/cli/consent-options.ts';
import { CONVERT_OPTIONS } from '../../../src/cli/convert-options.ts';
import { createProgram } from '../../../src/cli/main.ts';
import {
  ANALYZE_OPTIONS,
  CLEANUP_OPTIONS,
  COLLECT_OPTIONS,
  DEMO_OPTIONS,
  type OptionRow,
  RBAC_OPTIONS,
  REPORT_OPTIONS,
  SERVE_OPTIONS,
  VERIFY_OPTIONS,
} from '../../../src/cli/options.ts';
import { callCli } from '../../support/call-cli.ts';
import { runCli } from '../../support/run-cli.ts';

const OPTIONS: Readonly<Record<string, readonly OptionRow[]>> = {
  collect: COLLECT_OPTIONS,
  rbac: RBAC_OPTIONS,
  analyze: ANALYZE_OPTIONS,
  report: REPORT_OPTIONS,
  serve: SERVE_OPTIONS,
  'node-script': [],
  cleanup: CLEANUP_OPTIONS,
  demo: DEMO_OPTIONS,
  list: [],
  explain: [],
  inspect: INSPECT_OPTIONS,
  edit: EDIT_OPTIONS,
  convert: CONVERT_OPTIONS,
  unmask: UNMASK_OPTIONS,
  verify: VERIFY_OPTIONS,
};

const { commands } = createProgram(() => {});

/** Help without its line breaks, which depend on the width. */
function unwrapped(text: string): string {
  return text.replace(/\s+/g, ' ');
}

describe('--help', () => {
  it('of kubecase names every command with what it does, and the exit codes', async () => {
    const result = await callCli('--help');

    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(commands.map((command) => command.name()).sort()).toEqual(Object.keys(OPTIONS).sort());
    for (const command of commands) {
      expect(result.stdout).toMatch(new RegExp(`^ {2}${command.name()}\\b`, 'm'));
      expect(unwrapped(result.stdout)).toContain(command.description());
    }
    expect(unwrapped(result.stdout)).toMatch(/Exit codes: 2 .*; 1 .*; 3 .*; 0 /);
  });

  it.each(Object.entries(OPTIONS))(
    'of %s names its options, choices, defaults and arguments',
    async (name, rows) => {
      const result = await callCli(name, '--help');

      const text = unwrapped(result.stdout);
      expect(result).toMatchObject({ code: 0, stderr: '' });
      for (const { flags, description, choices = [], defaultText } of rows) {
        expect(text).toContain(` ${flags} ${unwrapped(description)}`);
        for (const choice of choices) expect(text).toContain(`"${choice}"`);
        if (defaultText !== undefined) expect(text).toContain(`(default: ${defaultText})`);
      }
      for (const argument of commands.find((command) => command.name() === name)?.registeredArguments ?? [])
        expect(text).toContain(unwrapped(argument.description));
    },
  );

  it('is the same as `help <command>`', async () => {
    const [one, other] = [await callCli('help', 'analyze'), await callCli('analyze', '--help')];

    expect(one).toEqual(other);
  });

  it('is short enough to read: no option is without a description, none is described twice', () => {
    for (const rows of Object.values(OPTIONS)) {
      const descriptions = rows.map(({ description }) => description);
      expect(new Set(descriptions).size).toBe(rows.length);
      for (const description of descriptions) expect(description.length).toBeGreaterThan(8);
    }
  });

  it('goes to stderr with exit code 2 when no command is given', async () => {
    const result = await callCli();

    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('Usage: kubecase');
  });
});

/** Prints the URL of every module that is loaded; the code is a module of its own, given to `--import`. */
const TELL_MODULES = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      writeSync(2, resolved.url + '\\n');
      return resolved;
    },
  });
`)}`;

describe('what is loaded', () => {
  async function loaded(...args: readonly string[]): Promise<{ packages: string[]; own: string[] }> {
    const { stderr } = await runCli(args, { nodeArgs: ['--import', TELL_MODULES] });
    const urls = [...new Set(stderr.split('\n').filter((line) => line.startsWith('file:')))];
    const packages = urls.map((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]);
    return {
      packages: [...new Set(packages.filter((name) => name !== undefined))],
      own: urls
        .map((url) => /\/(src|analyzers|collectors)\/.*/.exec(url)?.[0])
        .filter((path) => path !== undefined),
    };
  }

  it('for --help is commander and the option tables only', async () => {
    const { packages, own } = await loaded('--help');

    expect(packages).toEqual(['commander']);
    expect(own.sort()).toEqual([
      '/src/bundle/limits.ts',
      '/src/cli/consent-options.ts',
      '/src/cli/convert-options.ts',
      '/src/cli/limit-options.ts',
      '/src/cli/main.ts',
      '/src/cli/option-values.ts',
      '/src/cli/options.ts',
      '/src/cli/run-limit-options.ts',
      '/src/model/errors.ts',
      '/src/version.ts',
    ]);
  });

  it('for analyze is nothing of the cluster access', async () => {
    const { packages, own } = await loaded('analyze', 'none.tar.gz');

    expect(own).toContain('/src/analysis.ts');
    expect(own.filter((path) => /^\/src\/(kube|collect|serve)\//.test(path))).toEqual([]);
    for (const name of [
      '@kubernetes/client-node',
      'undici',
      'ws',
      'archiver',
      'handlebars',
      '@peculiar/x509',
    ])
      expect(packages).not.toContain(name);
  });
});

/*
 * kubecase in one line each way:
 *
 *   collect: cluster ─▶ src/kube ─▶ collectors/ ─▶ src/redact ─▶ src/bundle (writer) ─▶ bundle.tar.gz
 *   analyze: bundle ─▶ src/bundle (reader) ─▶ src/layouts ─▶ src/analyze ─▶ analyzers/ ─▶ src/diagnose ─▶ src/report
 *   serve:   bundle ─▶ src/bundle (index) ─▶ src/serve ─▶ kubectl
 *
 * Every command is loaded when it is used: `--help` pays for commander only.
 */
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Command, CommanderError } from 'commander';
import { EXIT, UserError } from '../model/errors.ts';
import { TOOL } from '../version.ts';
import { EDIT_OPTIONS, INSPECT_OPTIONS, UNMASK_OPTIONS } from './consent-options.ts';
import { CONVERT_OPTIONS } from './convert-options.ts';
import {
  ANALYZE_OPTIONS,
  CLEANUP_OPTIONS,
  COLLECT_OPTIONS,
  DEMO_OPTIONS,
  type OptionRow,
  RBAC_OPTIONS,
  REPORT_OPTIONS,
  SERVE_OPTIONS,
  toOption,
  VERIFY_OPTIONS,
} from './options.ts';

/** The command tree, without side effects: also what the reference page is made from. */
export function createProgram(setExit: (code: number) => void): Command {
  const program = new Command('kubecase')
    .description('Collects a Kubernetes cluster into one safe bundle and diagnoses it offline.')
    .version(TOOL.version)
    .showHelpAfterError('(run with --help for the options)')
    .configureHelp({ sortSubcommands: false })
    .addHelpText('after', EXIT_HELP);

  add(
    program,
    'collect',
    'read the cluster into a bundle; secrets removed, nothing changed unless `--nodes` is given',
    COLLECT_OPTIONS,
  ).action(async (options) => setExit(await (await import('./collect.ts')).collect(options)));
  add(program, 'rbac', 'print the least role `collect` needs, and why', RBAC_OPTIONS).action(
    async (options) => setExit(await (await import('./rbac.ts')).rbac(options)),
  );
  add(program, 'analyze', 'diagnose bundles into a report', ANALYZE_OPTIONS)
    .argument('<input...>', 'bundle, support bundle, or folder of one; `-` is stdin')
    .action(async (inputs, options) =>
      setExit(await (await import('./analyze.ts')).analyze(inputs, options)),
    );
  add(program, 'report', 'render a report.json again', REPORT_OPTIONS)
    .argument('<report.json>', 'made by `analyze -o json`; `-` is stdin')
    .action(async (file, options) => setExit(await (await import('./report.ts')).report(file, options)));
  add(program, 'serve', 'answer kubectl from a bundle, read-only, on 127.0.0.1', SERVE_OPTIONS)
    .argument('<bundle>', 'bundle of any layout `analyze` reads, or folder of one')
    .action(async (bundle, options) => setExit(await (await import('./serve.ts')).serve(bundle, options)));
  add(program, 'list', 'list what can be collected and diagnosed', [])
    .argument('[what]', 'collectors or analyzers (default: both)')
    .action(async (what) => setExit(await (await import('./list.ts')).list(what)));
  add(program, 'explain', 'print the page of a collector or analyzer', [])
    .argument('<id>', 'e.g. kong/data-plane-not-connected')
    .action(async (id) => setExit(await (await import('./explain.ts')).explain(id)));
  add(program, 'inspect', 'show what is in a bundle, what was removed, what looks sensitive', INSPECT_OPTIONS)
    .argument('<bundle>', 'bundle, support bundle, or folder of one; `-` is stdin')
    .action(async (bundle, options) =>
      setExit(await (await import('./inspect.ts')).inspect(bundle, options)),
    );
  add(program, 'edit', 'seal a bundle again without some of its entries', EDIT_OPTIONS)
    .argument('<bundle>', 'bundle made by `collect`')
    .action(async (bundle, options) => setExit(await (await import('./edit.ts')).edit(bundle, options)));
  add(program, 'convert', 'write bundles of any layout as one of another', CONVERT_OPTIONS)
    .argument('<input...>', 'bundle, support bundle, or folder of one; `-` is stdin')
    .action(async (inputs, options) =>
      setExit(await (await import('./convert.ts')).convert(inputs, options)),
    );
  add(program, 'unmask', 'bring the names back in a report of a bundle with pseudonyms', UNMASK_OPTIONS)
    .argument('<report>', 'report.json or page of `analyze`; `-` is stdin')
    .action(async (file, options) => setExit(await (await import('./unmask.ts')).unmask(file, options)));
  add(program, 'verify', 'check a bundle: sizes, checksums, index, completeness', VERIFY_OPTIONS)
    .argument('<bundle>', 'bundle made by `collect`')
    .action(async (bundle, options) => setExit(await (await import('./verify.ts')).verify(bundle, options)));
  add(
    program,
    'node-script',
    'print the script that reads a node, to be run there by hand as root',
    [],
  ).action(async () => setExit(await (await import('./node-script.ts')).nodeScript()));
  add(program, 'cleanup', 'remove what a killed `collect --nodes` left in a cluster', CLEANUP_OPTIONS).action(
    async (options) => setExit(await (await import('./cleanup.ts')).cleanup(options)),
  );
  add(program, 'demo', 'start a sample cluster, collect it, analyze the bundle', DEMO_OPTIONS).action(
    async (options) => setExit(await (await import('./demo.ts')).demo(options)),
  );
  return program;
}

const EXIT_HELP = `
Exit codes: 2 usage or unusable input; 1 --fail-on reached; 3 a result was written but is incomplete; 70 a defect\nof kubecase; 0 otherwise.`;

function add(program: Command, name: string, description: string, options: readonly OptionRow[]): Command {
  const command = program
    .command(name)
    .description(description)
    .showHelpAfterError('(run with --help for the options)');
  for (const row of options) command.addOption(toOption(row));
  return command;
}

/** Runs one command line and gives its exit code; user errors become one line on stderr. */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram((code) => {
    exitCode = code;
  });
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof UserError)) throw error;
    const text = `kubecase: ${error.message}${error.hint ? `\n  ${error.hint}` : ''}\n`;
    process.stderr.write(await withoutSecrets(text));
    return error.exitCode;
  }
}

/** An error may quote a URL with a password, or an answer of the cluster. */
async function withoutSecrets(text: string): Promise<string> {
  return (await import('../redact/text.ts')).redactText(text).text;
}

function isEntryPoint(): boolean {
  const script = process.argv[1];
  return script !== undefined && import.meta.url === pathToFileURL(realpathSync(script)).href;
}

if (isEntryPoint()) {
  process.stdout.on('error', endWithoutStdout);
  process.exitCode = await run(process.argv.slice(2)).catch(defect);
}

/** Node would print the minified line the error came from before its stack. */
async function defect(error: unknown): Promise<number> {
  const stack = error instanceof Error ? error.stack : String(error);
  const text = `kubecase ${TOOL.version}: this is a defect of kubecase, please report it\n${stack}\n`;
  process.stderr.write(await withoutSecrets(text));
  return EXIT.defect;
}

/** `kubecase … | head` closes our stdout: that is the reader's choice, not an error. Anything else is one line. */
function endWithoutStdout(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit();
  const reason = error.code === 'ENOSPC' ? 'no space left on the disk' : (error.code ?? error.message);
  process.stderr.write(`kubecase: stdout cannot be written: ${reason}\n`);
  process.exit(EXIT.usage);
}

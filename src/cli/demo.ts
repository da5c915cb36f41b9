import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../analysis.ts';
import { EXIT, UserError } from '../model/errors.ts';
import { packaged } from '../packaged.ts';
import { startKongAdmin } from '../serve/kong-admin.ts';
import { writeKubeconfig } from '../serve/kubeconfig.ts';
import { startServe } from '../serve/server.ts';
import { type BundleSource, openTexts } from '../serve/source.ts';
import { collect } from './collect.ts';
import { COLLECT_OPTIONS } from './options.ts';
import { deliver, renderReport } from './output.ts';

interface DemoFlags {
  readonly directory: string;
  readonly sample: string;
}

/**
 * Shows the whole line without a cluster: serves a sample, collects it as any cluster is collected, analyzes
 * the bundle, and leaves bundle and report in a folder. What the report finds does not count for the exit code.
 */
export async function demo({ directory, sample }: DemoFlags): Promise<number> {
  const source = openSample(sample);
  await makeFolder(directory);
  const bundle = join(directory, 'bundle.tar.gz');
  process.stderr.write(`Starting the sample cluster \`${sample}\`\n`);
  const code = await collectSample(source, directory, bundle);
  if (code !== EXIT.ok) return code;
  const report = await analyzeInputs([bundle], { analyzers, collectors });
  await deliver(await renderReport(report, 'text'), 'text', '', '-');
  process.stdout.write('\n');
  const page = join(directory, 'report.html');
  await deliver(await renderReport(report, 'html'), 'html', '', page);
  process.stderr.write(`Open ${page} in a browser. On a cluster of yours: kubecase collect\n`);
  return EXIT.ok;
}

function openSample(name: string): BundleSource {
  const manifest = `samples/${name}/bundle/manifest.json`;
  if (!/^[a-z0-9-]+$/.test(name) || !exists(manifest)) {
    throw new UserError('unknown-sample', `${name}: there is no such sample here`, {
      hint: 'The package ships kong-data-plane-disconnected; a checkout has more in samples/.',
    });
  }
  return openTexts(`sample ${name}`, (path) => packaged(`samples/${name}/bundle/${path}`));
}

function exists(path: string): boolean {
  try {
    return packaged(path) !== '';
  } catch {
    return false;
  }
}

async function makeFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UserError('output-unwritable', `${directory}: cannot be made (${code})`, {
      hint: 'Give another place with --directory.',
      cause: error,
    });
  }
}

/** Runs the command `collect` against the sample; servers and kubeconfig are gone when it ends. */
async function collectSample(source: BundleSource, directory: string, bundle: string): Promise<number> {
  const kong = await startKongAdmin(source);
  const served = await startServe({ source, port: 0 });
  const kubeconfig = join(directory, 'kubeconfig');
  try {
    await writeKubeconfig(kubeconfig, served.kubeconfig);
    return await collect({
      kubeconfig,
      outputFile: bundle,
      maxLogSize: defaultOf('--max-log-size') as number,
      // The control plane in the sample is an object, not a process one could forward to.
      portForward: false,
      exec: false,
      kongAdminUrl: kong?.url,
      // What stands in for the Admin API knows the replies of the bundle, not the entities behind them.
      skip: ['kong/configuration-size'],
    });
  } finally {
    await rm(kubeconfig, { force: true });
    await served.close();
    await kong?.close();
  }
}

function defaultOf(flag: string): unknown {
  return COLLECT_OPTIONS.find(({ flags }) => flags.startsWith(flag))?.defaultValue;
}

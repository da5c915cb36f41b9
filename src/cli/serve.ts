import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { withDecrypted } from '../bundle/encrypted.ts';
import { EXIT } from '../model/errors.ts';
import { writeKubeconfig } from '../serve/kubeconfig.ts';
import { redactedSource } from '../serve/redacted-source.ts';
import { startServe } from '../serve/server.ts';
import { type BundleSource, openOwnSource, openSource } from '../serve/source.ts';
import { convertForServe } from './serve-converted.ts';

interface ServeFlags {
  readonly port: number;
  readonly kubeconfigFile?: string;
  readonly identity?: string;
  /** False: what is converted is not kept. */
  readonly cache: boolean;
}

/** Answers kubectl from a bundle until it is interrupted; the kubeconfig goes with it. */
export async function serve(bundle: string, flags: ServeFlags): Promise<number> {
  return withDecrypted([bundle], flags.identity, ([file = bundle]) => serveFile(bundle, file, flags));
}

async function serveFile(
  bundle: string,
  file: string,
  { port, kubeconfigFile, cache }: ServeFlags,
): Promise<number> {
  // What was decrypted is for this time only.
  const { source, dispose } = await sourceOf(bundle, file, { cache: cache && file === bundle });
  const ended = untilSignal();
  const served = await startServe({ source: redactedSource(source), port });
  const kubeconfig = kubeconfigFile ?? `${bundleName(bundle)}.kubeconfig`;
  try {
    await writeKubeconfig(kubeconfig, served.kubeconfig);
    process.stdout.write(`${kubeconfig}\n`);
    process.stderr.write(`Serving the bundle of ${served.name} at ${served.url}, read-only. Try:\n`);
    process.stderr.write(`  kubectl --kubeconfig ${shellWord(kubeconfig)} get pods -A\n`);
    process.stderr.write('Ctrl-C ends it.\n');
    await ended;
    // Its token opens nothing any more.
    await rm(kubeconfig, { force: true });
  } finally {
    await served.close();
    dispose();
  }
  return EXIT.ok;
}

/** The bundle itself where it is one of ours, else what it is converted to. */
async function sourceOf(
  bundle: string,
  file: string,
  options: { readonly cache: boolean },
): Promise<{ readonly source: BundleSource; dispose(): void }> {
  const own = await openOwnSource(file);
  if (own !== undefined) return { source: own, dispose: () => {} };
  const converted = await convertForServe(bundle, file, options);
  return { source: await openSource(converted.file), dispose: converted.dispose };
}

function bundleName(bundle: string): string {
  return basename(bundle)
    .replace(/\.age$/, '')
    .replace(/\.(?:tar(?:\.(?:gz|xz|zst))?|tgz|zip)$/, '');
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { withDecrypted } from '../bundle/encrypted.ts';
import { EXIT } from '../model/errors.ts';
import { writeKubeconfig } from '../serve/kubeconfig.ts';
import { redactedSource } from '../serve/redacted-source.ts';
import { startServe } from '../serve/server.ts';
import { openSource } from '../serve/source.ts';

interface ServeFlags {
  readonly port: number;
  readonly kubeconfigFile?: string;
  readonly identity?: string;
}

/** Answers kubectl from a bundle until it is interrupted; the kubeconfig goes with it. */
export async function serve(bundle: string, flags: ServeFlags): Promise<number> {
  return withDecrypted([bundle], flags.identity, ([file = bundle]) => serveFile(bundle, file, flags));
}

async function serveFile(
  bundle: string,
  file: string,
  { port, kubeconfigFile }: ServeFlags,
): Promise<number> {
  const ended = untilSignal();
  const served = await startServe({ source: redactedSource(await openSource(file)), port });
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
  }
  return EXIT.ok;
}

function bundleName(bundle: string): string {
  return basename(bundle)
    .replace(/\.age$/, '')
    .replace(/\.(tar\.gz|tgz)$/, '');
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

import { collectors } from '../../collectors/index.ts';
import { builtInRedaction } from '../bundle/built-in-redaction.ts';
import { type EarlierBundle, openEarlier } from '../bundle/earlier.ts';
import { checkRecipients, encryptFile, withDecrypted } from '../bundle/encrypted.ts';
import { createLeakScanner } from '../bundle/leak-scan.ts';
import { refuseSameFile } from '../bundle/output-file.ts';
import { openBundleWriter } from '../bundle/writer.ts';
import type { RunLimits } from '../collect/limits.ts';
import { isIncomplete } from '../collect/request.ts';
import { runCollect } from '../collect/run.ts';
import type { ConnectOptions } from '../kube/connect.ts';
import type { CollectOptions, NodePodOptions } from '../model/collector.ts';
import { EXIT } from '../model/errors.ts';
import type { KubeWrites } from '../model/kube-writes.ts';
import { packaged } from '../packaged.ts';
import { TOOL } from '../version.ts';
import { excludes, needs, refuseIdle } from './idle-flags.ts';
import { NODE_SCRIPT } from './node-script.ts';
import { bundleObfuscation, type ObfuscateFlags, refuseResumed } from './obfuscate-flags.ts';
import { type OptInFlags, optInsOf } from './opt-ins.ts';
import { COLLECT_OPTIONS } from './options.ts';
import { type CollectProgress, createProgress } from './progress.ts';
import { createJsonProgress } from './progress-json.ts';
import { type RedactionFlags, redactionExtras } from './redaction-flags.ts';
import { keepHeapSmall } from './small-heap.ts';

interface CollectFlags extends OptInFlags, RedactionFlags, ObfuscateFlags {
  readonly outputFile?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: readonly string[];
  readonly allNamespaces?: boolean;
  readonly since?: number;
  readonly tail?: number;
  readonly maxLogSize: number;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly kongAdminUrl?: string;
  readonly portForward: boolean;
  readonly knownSecrets?: boolean;
  readonly dryRun?: boolean;
  readonly sample?: '1' | '2';
  readonly interval?: number;
  readonly timeout?: number;
  readonly maxSize?: number;
  readonly collectorTimeout?: number;
  readonly maxCollectorSize?: number;
  readonly progress?: 'text' | 'json';
  readonly nodeImage?: string;
  readonly nodeNamespace?: string;
  readonly encrypt?: readonly string[];
  readonly consistent?: boolean;
  readonly resume?: string;
  readonly identity?: string;
}

/** Collects one cluster into one bundle and prints its path. Exit 3 when something that was wanted is missing. */
export async function collect(flags: CollectFlags): Promise<number> {
  refuseIdle([
    excludes(
      '--all-namespaces',
      '--namespace',
      flags.allNamespaces === true && flags.namespace !== undefined,
    ),
    needs('--interval', '--sample 2', flags.sample !== '2' && isChanged('interval', flags.interval)),
    needs('--node-image', '--nodes', !flags.nodes && isChanged('node-image', flags.nodeImage)),
    needs('--node-namespace', '--nodes', !flags.nodes && isChanged('node-namespace', flags.nodeNamespace)),
    needs('--identity', '--resume', flags.resume === undefined && flags.identity !== undefined),
  ]);
  if (flags.dryRun) return dryRun(flags);
  if (flags.resume === undefined) return collectAfter(flags, undefined);
  return withDecrypted([flags.resume], flags.identity, async ([file = '']) => {
    await refuseReplaced(file, flags.outputFile);
    const earlier = await openEarlier(file);
    try {
      return await collectAfter(flags, earlier);
    } finally {
      await earlier.close();
    }
  });
}

/** Whether a flag has another value than the one it has by itself. */
function isChanged(name: string, value: unknown): boolean {
  const row = COLLECT_OPTIONS.find(({ flags }) => flags.startsWith(`--${name} `));
  return value !== undefined && value !== row?.defaultValue;
}

async function collectAfter(flags: CollectFlags, resume: EarlierBundle | undefined): Promise<number> {
  keepHeapSmall();
  const extras = await redactionExtras(flags);
  refuseResumed(flags, resume?.manifest);
  const hidden = await bundleObfuscation(flags);
  const recipients = await checkRecipients(flags.encrypt ?? []);
  const interrupt = interruptSignal();
  const progress = progressOf(flags);
  const { connect } = await import('../kube/connect.ts');
  const access = { kubeconfig: flags.kubeconfig, context: flags.context, signal: interrupt.signal };
  try {
    const result = await runCollect({
      connect: () => connect(access),
      ...(flags.nodes ? { connectWrites: () => openWrites(access) } : {}),
      collectors,
      only: flags.only,
      skip: flags.skip,
      optIns: optInsOf(flags),
      options: optionsOf(flags),
      tool: TOOL,
      knownSecrets: flags.knownSecrets,
      ...(hidden.obfuscation ? { obfuscation: hidden.obfuscation } : {}),
      resume,
      redaction: extras.id,
      consistent: flags.consistent,
      openWriter: (metadata, known) => {
        progress.hide(known);
        return openBundleWriter({
          file:
            flags.outputFile ?? defaultName(hidden.name(metadata.cluster?.context ?? ''), metadata.createdAt),
          metadata,
          redaction: hidden.wrap(builtInRedaction(known, extras)),
          scanner: createLeakScanner(known, hidden.search),
        });
      },
      signal: interrupt.signal,
      counterSeconds: flags.sample === '2' ? flags.interval : undefined,
      limits: limitsOf(flags),
      now: () => new Date(),
      onProgress: progress.onEvent,
    });
    await hidden.save();
    progress.summary(result);
    const file = recipients.length === 0 ? result.file : await encryptFile(result.file, recipients);
    process.stdout.write(`${file}\n`);
    return isIncomplete(result) ? EXIT.incomplete : EXIT.ok;
  } finally {
    interrupt.release();
    progress.close();
  }
}

/** The new bundle grows under a partial name, which may be that of the one to be resumed. */
async function refuseReplaced(file: string, outputFile: string | undefined): Promise<void> {
  if (outputFile === undefined) return;
  await refuseSameFile(file, outputFile);
  await refuseSameFile(file, `${outputFile}.partial`);
}

function limitsOf({ timeout, maxSize, collectorTimeout, maxCollectorSize }: CollectFlags): RunLimits {
  return {
    seconds: timeout,
    bytes: maxSize,
    collectorSeconds: collectorTimeout,
    collectorBytes: maxCollectorSize,
  };
}

function progressOf({ progress, portForward, nodes = false, timeout }: CollectFlags): CollectProgress {
  if (progress === 'json') return createJsonProgress(process.stderr, timeout);
  return createProgress(process.stderr, { portForward, nodes, timeoutSeconds: timeout });
}

async function dryRun(flags: CollectFlags): Promise<number> {
  const { kubeconfig, context, only, skip } = flags;
  const { knownSecrets = false } = flags;
  const request = {
    kubeconfig,
    context,
    only,
    skip,
    knownSecrets,
    consistent: flags.consistent,
    optIns: optInsOf(flags),
    options: optionsOf(flags),
  };
  return (await import('./dry-run.ts')).dryRun(request);
}

/** The credentials are still needed when the user has interrupted: to remove what was created. */
async function openWrites(access: ConnectOptions): Promise<KubeWrites> {
  const { connectWrites } = await import('../kube/write.ts');
  return connectWrites({ ...access, signal: new AbortController().signal });
}

function optionsOf(flags: CollectFlags): CollectOptions {
  return {
    namespaces: flags.allNamespaces ? [] : (flags.namespace ?? []),
    sinceSeconds: flags.since,
    tailLines: flags.tail,
    maxLogBytes: flags.maxLogSize,
    kongAdminUrl: flags.kongAdminUrl,
    kongAdminToken: process.env.KONG_ADMIN_TOKEN,
    portForward: flags.portForward,
    exec: flags.exec ?? false,
    ...(flags.nodes ? { nodes: nodeOptions(flags) } : {}),
  };
}

function nodeOptions({ nodeImage = '', nodeNamespace = '' }: CollectFlags): NodePodOptions {
  return { image: nodeImage, namespace: nodeNamespace, script: packaged(NODE_SCRIPT) };
}

/** `kubecase-<context>-<UTC time>.tar.gz`; characters a file name should not have are replaced. */
export function defaultName(context: string | undefined, createdAt: string): string {
  const name = (context || 'cluster').replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 100);
  return `kubecase-${name}-${createdAt.slice(0, 19).replaceAll(':', '')}Z.tar.gz`;
}

/** SIGINT and SIGTERM end the collection early but orderly; the second one ends the process. */
function interruptSignal(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    process.stderr.write(`\nkubecase: ${name}: closing the bundle with what is there (again to give up)\n`);
    controller.abort(new Error(`interrupted by ${name}`));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

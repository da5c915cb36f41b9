import { listIn, objectIn, parseJsonObject, stringIn } from '../artifacts/json-bytes.ts';
import type { Outcome } from '../model/coverage.ts';
import { outcomeOf, REASON_MAX } from './troubleshoot-coverage.ts';

/** Why files of nodes are missing. */
export interface CollectorFailure {
  readonly outcome: Exclude<Outcome, 'collected'>;
  /** With what helps. */
  readonly reason: string;
  /** The node the pod was meant for, where it was given to none. */
  readonly node?: string;
}

/** Bytes of a text that are looked at. */
const TEXT_MAX = 4096;

const IMAGE_HELP =
  'load it where the nodes can pull it and set `image` or `pauseImage` of the collector, or read the nodes with `kubecase collect --nodes`';
const TIME_HELP = 'raise `timeout` of the collector (30 s by default, 0 for none)';

/** What a pod waits with when its image cannot be pulled (kubelet, images/types.go). */
const PULL_FAILURES: ReadonlySet<string | undefined> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'RegistryUnavailable',
  'ImageInspectError',
]);

/** Why the files of one node are missing, of the files that stand in their place, by name. */
export function collectorFailure(files: ReadonlyMap<string, Buffer>): CollectorFailure {
  const pod = podOf(files.get('pod-collector.json'));
  const known = pod && failureOfPod(pod);
  const node = pod && nodeMeant(pod);
  const named = node === undefined ? {} : { node };
  if (known !== undefined) return { ...sized(known), ...named };
  const texts = ['file-copy-error.txt', 'stderr.txt', ...[...files.keys()].sort()];
  const text = texts.map((name) => textOf(files.get(name), name)).find((one) => one !== '') ?? '';
  // That the container to copy from is not there is no answer about the files.
  const told = outcomeOf(text);
  const outcome = told === 'not-found' ? 'error' : told;
  const help = outcome === 'timed-out' ? `; ${TIME_HELP}` : '';
  const said = text === '' ? 'it does not say why' : text;
  return { ...sized({ outcome, reason: `no files of this node: ${said}${help}` }), ...named };
}

/**
 * Why there is no file of any node, of `execution-data/summary.txt` (`exec-copy-from-host/<name> (F) : 30,012ms`);
 * undefined where the collector did not fail, or did not run. The error itself is printed on the console only.
 */
export function failedCollector(summary: Buffer | undefined): CollectorFailure | undefined {
  const text = summary?.toString('utf8', 0, 65_536) ?? '';
  const [, name, time = ''] = /^(exec-copy-from-host\S*) \(F\)\s*: ([\d,]+)ms\s*$/m.exec(text) ?? [];
  if (name === undefined) return undefined;
  const seconds = Number(time.replaceAll(',', '')) / 1000;
  const timed = seconds >= DEFAULT_TIMEOUT_SECONDS;
  const help = timed ? `; if it timed out, ${TIME_HELP}` : '';
  const reason = `the collector ${name} failed after ${seconds.toFixed(1)} s, so that files of nodes are missing${help}`;
  return { outcome: timed ? 'timed-out' : 'error', reason };
}

/** What the default configuration of `dkp diagnose` gives the collector. */
const DEFAULT_TIMEOUT_SECONDS = 30;

type Fields = Readonly<Record<string, unknown>>;
type Failure = Pick<CollectorFailure, 'outcome' | 'reason'>;

function failureOfPod(pod: Fields): Failure | undefined {
  const { initContainerStatuses, containerStatuses, conditions } = objectIn(pod.status);
  const statuses = [...listIn(initContainerStatuses), ...listIn(containerStatuses)].map(objectIn);
  for (const status of statuses) {
    const failure = failureOfContainer(status);
    if (failure !== undefined) return failure;
  }
  const unplaced = listIn(conditions)
    .map(objectIn)
    .find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  const message = stringIn(unplaced?.message) ?? stringIn(unplaced?.reason);
  return message === undefined
    ? undefined
    : {
        outcome: 'error',
        reason: `no files of this node: the pod that reads them found no place: ${message}`,
      };
}

function failureOfContainer({ name, image, state }: Fields): Failure | undefined {
  const { waiting, running, terminated } = objectIn(state);
  const { reason, message } = objectIn(waiting);
  const why = [stringIn(reason), stringIn(message)].filter((part) => part).join(': ');
  const what = stringIn(name) ?? '';
  if (PULL_FAILURES.has(stringIn(reason)))
    return {
      outcome: 'error',
      reason: `no files of this node: the image ${stringIn(image) ?? ''} could not be pulled; ${IMAGE_HELP} (${why})`,
    };
  // The container beside the one that collects waits for it.
  if (why !== '' && reason !== 'PodInitializing')
    return { outcome: 'error', reason: `no files of this node: the container ${what} did not start: ${why}` };
  const exit = objectIn(terminated);
  if (typeof exit.exitCode === 'number' && exit.exitCode !== 0) {
    const ended = `${exit.exitCode}${exit.reason === undefined ? '' : ` (${stringIn(exit.reason)})`}`;
    const reason = `no files of this node: the container ${what} ended with exit code ${ended}; its log is pod-collector.log`;
    return { outcome: 'error', reason };
  }
  return what === 'collector' && typeof running === 'object' && running !== null
    ? {
        outcome: 'timed-out',
        reason: `no whole files of this node: they were still being gathered when they were to be copied; ${TIME_HELP}`,
      }
    : undefined;
}

/** DaemonSet pods name their node in a node affinity before they get it. */
function nodeMeant(pod: Fields): string | undefined {
  const { nodeName, affinity } = objectIn(pod.spec);
  const required = objectIn(objectIn(affinity).nodeAffinity).requiredDuringSchedulingIgnoredDuringExecution;
  const terms = listIn(objectIn(required).nodeSelectorTerms).map(objectIn);
  const fields = terms.flatMap(({ matchFields }) => listIn(matchFields).map(objectIn));
  const meant = fields.find(({ key }) => key === 'metadata.name')?.values;
  return stringIn(nodeName) || stringIn(listIn(meant)[0]);
}

function podOf(bytes: Buffer | undefined): Fields | undefined {
  if (bytes === undefined) return undefined;
  try {
    return parseJsonObject(bytes);
  } catch {
    return undefined;
  }
}

/** A file of error text without the time in brackets it begins with. */
function textOf(bytes: Buffer | undefined, name: string): string {
  if (bytes === undefined || name.endsWith('.json')) return '';
  const text = bytes.toString('utf8', 0, TEXT_MAX);
  return text.replace(/^\[[^\]\n]*\]\s*/, '').trim();
}

function sized({ outcome, reason }: Failure): Failure {
  return { outcome, reason: reason.replaceAll(/\s+/g, ' ').slice(0, REASON_MAX) };
}

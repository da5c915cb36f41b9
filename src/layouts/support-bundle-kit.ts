import type { CoverageRow } from '../model/coverage.ts';
import { CLUSTER_SCOPE, type Scope } from '../model/scope.ts';
import { formatOf } from './any-files.ts';
import { rootOf } from './kubecase.ts';
import type { Layout, LayoutEntry } from './layout.ts';
import { isNewestFirst } from './newest-first.ts';

const IGNORED: LayoutEntry = { kind: 'ignored' };

/** Longest reason kept of `bundleGenerationError.log`. */
const REASON_MAX = 500;

/** Keys of `metadata.yaml`, which the tool prints in lower case. */
const METADATA_KEYS = ['bundlename:', 'bundleversion:', 'bundlecreatedat:'];

/** Logs of a node, of rancher/support-bundle-kit hack/collector-{longhorn,harvester,k3os}, and whose each is. */
const NODE_LOGS: ReadonlyMap<string, string> = new Map([
  ['kubelet.log', 'kubelet'],
  ['containerd.log', 'containerd'],
  ['dmesg.log', 'kernel'],
  ['kernel.log', 'kernel'],
  ['k3s-service.log', 'k3s'],
  ['k3s-agent-service.log', 'k3s-agent'],
  ['rke2-server.log', 'rke2-server'],
  ['rke2-agent.log', 'rke2-agent'],
]);

/** Those that `journalctl -r` printed, unless they are copies of files of the kubelet or of k3s itself. */
const REVERSED: ReadonlySet<string> = new Set(['kubelet', 'k3s', 'k3s-agent']);

/** What journalctl prints of a unit the node does not have. */
const NO_ENTRIES = '-- No entries --';

/** The bundle rancher/support-bundle-kit makes of a Rancher, Harvester or Longhorn cluster. */
export const supportBundleKit: Layout = {
  id: 'support-bundle-kit',
  title: 'Rancher support bundle',

  recognise(path, first) {
    const root = rootOf(path, 'metadata.yaml');
    if (root !== undefined) {
      const text = `\n${first.toString('utf8')}`;
      return METADATA_KEYS.every((key) => text.includes(`\n${key}`)) ? root : undefined;
    }
    const resource = /^((?:[^/]+\/){0,2}?)yamls\/(?:cluster|namespaced\/[^/]+)\/.+\.yaml$/.exec(path);
    return resource?.[1];
  },

  nested: (path) => /^(?:[^/]+\/){0,2}?nodes\/[^/]+\.zip$/.test(path),

  classify(path, first) {
    const segments = path.split('/');
    switch (segments[0]) {
      case 'yamls':
        return resources(path, segments.slice(1));
      case 'logs':
        return podLog(segments.slice(1));
      case 'nodes':
        return nodeLog(segments.slice(1), first);
      default:
        return path === 'bundleGenerationError.log' ? { kind: 'coverage' } : IGNORED;
    }
  },

  coverage: (_path, bytes) => errorRows(bytes),

  absent: (artifact) =>
    artifact === 'logs' || (artifact.startsWith('resources:') && artifact !== 'resources:core/Secret')
      ? undefined
      : 'a Rancher support bundle never holds what this is to be read from',
};

/** `cluster/[<group>/]<version>/<resource>.yaml`, `namespaced/<namespace>/[<group>/]<version>/<resource>.yaml`. */
function resources(path: string, [folder, ...below]: readonly string[]): LayoutEntry {
  const format = formatOf(path);
  if (format !== 'yaml') return IGNORED;
  const common = { kind: 'resources', format, whole: true, sample: 0, convert: withoutNullTexts } as const;
  if (folder === 'cluster') return { ...common, scope: CLUSTER_SCOPE };
  const [namespace] = below;
  if (folder !== 'namespaced' || namespace === undefined || below.length < 3) return IGNORED;
  return { ...common, scope: { type: 'namespace', namespace } };
}

/** `<namespace>/<pod>/<container>.log`, with `.1` behind it for the instance before. */
function podLog([namespace, pod, file = '', ...more]: readonly string[]): LayoutEntry {
  const match = /^(.+)\.log(\.1)?$/.exec(file);
  if (match === null || namespace === undefined || pod === undefined || more.length > 0) return IGNORED;
  const [, container = '', previous] = match;
  const scope: Scope = {
    type: 'container',
    namespace,
    pod,
    container,
    ...(previous === undefined ? {} : { previous: true }),
  };
  return { kind: 'log', sections: [{ scope }], sample: 0 };
}

/** `<node>.zip` holds a folder of the same name, which may also be unpacked beside it. */
function nodeLog([node, ...below]: readonly string[], first: Buffer): LayoutEntry {
  const [folder, file = '', ...more] = below[0] === node ? below.slice(1) : below;
  const unit = NODE_LOGS.get(file);
  if (node === undefined || folder !== 'logs' || more.length > 0 || unit === undefined) return IGNORED;
  if (first.length === 0 || first.toString('latin1').trim() === NO_ENTRIES) return IGNORED;
  const order = REVERSED.has(unit) && isNewestFirst(first) ? { newestFirst: true } : {};
  return { kind: 'log', sections: [{ scope: { type: 'unit', node, unit } }], sample: 0, ...order };
}

/** The tool goes on after an error and says in this file what is missing. */
function errorRows(bytes: Buffer): readonly CoverageRow[] {
  const lines = bytes.toString().split('\n');
  const texts = lines.map((line) => line.trim().slice(0, REASON_MAX)).filter((line) => line !== '');
  if (texts.length === 0) return [];
  const more = texts.length > 1 ? ` (and ${texts.length - 1} more)` : '';
  const reason = `the tool could not collect everything: ${texts[0]}${more}`;
  return [{ artifact: 'support-bundle', scope: CLUSTER_SCOPE, outcome: 'error', reason }];
}

/** A field that holds the text `null`: the tool prints both null and the empty text like this. */
const NULL_TEXT = /^( *(?:- )*)([^\s#:'"][^\s:]*|'[^'\n]*'|"[^"\n]*"): "null"(\r?)$/gm;

/** The same as an element of a list, where it was an empty text: the core group in the rules of a role. */
const NULL_ELEMENT = /^( *(?:- )+)"null"(\r?)$/gm;

/** Keys of times and lists. */
const NOT_TEXT = /(?:Timestamp|Time|items|ers|ses|les|tions|oints|ets|rts)$/;

/** Times and lists are null when they are not set; all else was an empty text, as the values of labels are. */
function withoutNullTexts(bytes: Buffer): Uint8Array {
  const mended = bytes
    .toString()
    .replace(NULL_TEXT, (_all, indent: string, key: string, end: string) => {
      return `${indent}${key}: ${NOT_TEXT.test(key) ? 'null' : '""'}${end}`;
    })
    .replace(NULL_ELEMENT, '$1""$2');
  return Buffer.from(mended);
}

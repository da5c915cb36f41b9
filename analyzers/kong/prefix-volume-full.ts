import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { containersOf } from '../../src/derive/containers.ts';
import { kongContainer } from '../../src/derive/kong-containers.ts';
import { type KongPrefix, kongPrefix } from '../../src/derive/kong-prefix.ts';
import { evictionsByOwner, type PrefixEvictions } from '../../src/derive/kong-prefix-evictions.ts';
import { PREFIX_CHECKS, PREFIX_MESSAGES } from '../../src/derive/kong-prefix-messages.ts';
import { kongPrefixUsage } from '../../src/derive/kong-prefix-usage.ts';
import { kongStorageLog, openFailure } from '../../src/derive/kong-storage-log.ts';
import { ownerWellness } from '../../src/derive/owner-wellness.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { podOwner } from '../../src/derive/pod-siblings.ts';
import { quantityText } from '../../src/derive/quantity.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { type ObjectRef, subjectKey, subjectOf } from '../../src/model/subject.ts';

/** Shares of the limit: the first to look at, the second is left with the next configuration. */
const FILLING = 0.7;
const FULL = 0.95;

const needs = {
  pods,
  usage: kongPrefixUsage,
  owners: ownerWellness,
  log: optional(kongStorageLog),
};

export const prefixVolumeFull = defineAnalyzer({
  meta: {
    id: 'kong/prefix-volume-full',
    title: 'Kong prefix full',
    description:
      'Kong nodes whose prefix volume or configuration database is full or about to be: evicted pods, full maps, memory volumes, and limits that do not fit the version.',
    messages: PREFIX_MESSAGES,
    checks: PREFIX_CHECKS,
    references: [
      'Kong/kong kong/templates/kong_defaults.lua: lmdb_map_size = 128m until 3.3, 2048m since 3.4',
      'Kong/charts charts/kong/values.yaml: deployment.prefixDir.sizeLimit 256Mi',
      'kubernetes/kubernetes pkg/kubelet/eviction/helpers.go: emptyDirMessageFmt',
      'LMDB mdb.c: MDB_MAP_FULL, a short write is EIO',
    ],
  },
  needs,
  appliesTo({ pods: { items, coverage } }) {
    if (items.some((pod) => kongContainer(pod))) return true;
    if (!coverage.complete) return { applies: 'unseen', gaps: coverage.gaps };
    return { applies: false, reason: 'no pod runs Kong' };
  },
  analyze(inputs, context) {
    const evicted = new Map<string, ObjectRef>();
    for (const group of evictionsByOwner(inputs.pods.items)) {
      reportEvictions(group, inputs, context);
      evicted.set(subjectKey(group.owner), subjectOf(group.newest));
    }
    const told = new Set<string>();
    for (const pod of inputs.pods.items) {
      if (hasEnded(pod) || pod.metadata.deletionTimestamp) continue;
      const kong = kongContainer(pod);
      if (!kong) continue;
      const prefix = kongPrefix(pod);
      const one = { pod, prefix, container: kong.name, inputs, context };
      reportLog(one);
      if (!prefix) continue;
      const owner = podOwner(pod);
      const key = subjectKey(owner);
      reportUsage(one, prefix, evicted.get(key));
      if (told.has(key)) continue;
      told.add(key);
      reportSettings(one, prefix, owner);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof PREFIX_MESSAGES, typeof PREFIX_CHECKS>;

interface Node {
  readonly pod: PodItem;
  readonly prefix: KongPrefix | undefined;
  readonly container: string;
  readonly inputs: Inputs<typeof needs>;
  readonly context: Context;
}

function reportEvictions(group: PrefixEvictions, inputs: Inputs<typeof needs>, context: Context): void {
  const { newest, owner, prefix, count } = group;
  const wellness = inputs.owners.of(newest);
  if (wellness.state === 'unknown' && wellness.gap) {
    context.looked({ check: 'room', unseen: wellness.gap, subject: subjectOf(newest) });
  }
  context.report({
    message: 'evicted',
    severity: group.severity(wellness.state, context),
    values: {
      pod: subjectOf(newest),
      owner,
      volume: prefix.volume.name,
      limit: group.limit,
      count,
      detail: `${mapNote(prefix)}${sizeNote(inputs)}`,
      release: releaseOf(newest),
    },
    subject: subjectOf(newest),
    related: owner.kind === 'Pod' ? [] : [owner],
    evidence: [context.at(newest, '/status/message'), context.at(newest, prefix.pointer)],
    ...(group.since ? { since: group.since } : {}),
  });
}

/** Why the limit is met although the database could still grow. */
function mapNote({ map, limit, kong }: KongPrefix): string {
  if (!map || !limit || map.bytes <= limit.bytes) return '';
  const { version } = kong;
  const origin = map.isSet || !version ? 'as set' : `the default of Kong ${version.major}.${version.minor}`;
  return `; the database of the configuration in it may grow to ${map.text} (${origin}), so that the volume is full first`;
}

function sizeNote({ usage }: Inputs<typeof needs>): string {
  return usage.configuration === undefined ? '' : `; the control plane holds ${usage.configuration}`;
}

/** A value with a space is no release: then no command is made of it. */
function releaseOf({ metadata }: PodItem): string {
  return metadata.labels?.['app.kubernetes.io/instance'] ?? 'not known';
}

function reportLog({ pod, prefix, container, inputs, context }: Node): void {
  const subject = subjectOf(pod);
  const map = openFailure(inputs.log, 'mapFull', pod, container);
  const space = openFailure(inputs.log, 'noSpace', pod, container);
  const unusable = openFailure(inputs.log, 'unusable', pod, container);
  const failure = map ?? space ?? unusable;
  if (!failure) {
    const { namespace = '', name } = pod.metadata;
    const seen = inputs.log.seen({ namespace, pod: name, container });
    context.looked({
      check: 'stores',
      subject,
      ...(seen ? { values: {} } : { unseen: 'its log was not read' }),
    });
    return;
  }
  const { hit, matches, since } = failure;
  const common = {
    subject,
    evidence: [
      { cite: 'matches', matches, hit },
      context.at(pod, prefix?.pointer ?? '/spec/containers'),
    ] as const,
    ...(since ? { since } : {}),
  };
  const error = hit.captures.error ?? hit.text;
  const values = { pod: subject, detail: sizeNote(inputs), release: releaseOf(pod) };
  if (map) {
    const size = prefix?.map ? prefix.map.text : 'is not shown in the pod';
    context.report({ message: 'mapFull', values: { ...values, map: size }, ...common });
  } else if (space) {
    const place = prefix?.inMemory
      ? `its prefix, a memory volume of ${prefix.limit?.text ?? 'no sizeLimit'},`
      : 'the file system of its prefix';
    const node = pod.spec?.nodeName ?? '';
    context.report({ message: 'noSpace', values: { ...values, place, error, node }, ...common });
  } else if (!isReady(pod, container)) {
    context.report({ message: 'databaseUnusable', values: { pod: subject, error }, ...common });
  }
}

function isReady(pod: PodItem, container: string): boolean {
  return containersOf(pod).some(({ name, init, status }) => name === container && !init && status.ready);
}

function reportUsage(
  { pod, container, inputs, context }: Node,
  prefix: KongPrefix,
  sibling: ObjectRef | undefined,
): void {
  const subject = subjectOf(pod);
  const measured = inputs.usage.of(pod, prefix.volume.name);
  const limit = prefix.limit?.bytes ?? (prefix.inMemory ? measured?.capacity : undefined);
  if (!measured || !limit) {
    const unseen = measured ? 'the volume has no limit' : 'nobody measured it (`--node-proxy` or `--exec`)';
    context.looked({ check: 'room', subject, unseen });
    return;
  }
  const share = measured.bytes / limit;
  const percent = `${Math.floor(share * 100)} %`;
  const text = prefix.limit?.text ?? quantityText('memory', limit);
  const evidence = [
    context.at(measured.document, measured.pointer),
    context.at(pod, prefix.pointer),
  ] as const;
  if (share < FILLING) {
    context.looked({ check: 'room', subject, values: { percent, limit: text }, evidence });
    return;
  }
  context.report({
    message: 'nearlyFull',
    severity: share < FULL ? 'warning' : 'critical',
    values: {
      pod: subject,
      volume: prefix.volume.name,
      used: measured.bytes,
      limit: text,
      percent,
      consequence: prefix.inMemory
        ? 'beyond it Kong cannot write its configuration'
        : 'beyond it the kubelet evicts the pod',
      detail: `${fileNote(inputs.usage.database(pod)?.bytes)}${sizeNote(inputs)}`,
      release: releaseOf(pod),
      container,
      path: prefix.path,
    },
    subject,
    related: sibling ? [sibling] : [],
    evidence,
  });
}

function fileNote(bytes: number | undefined): string {
  return bytes === undefined ? '' : `; its database takes ${quantityText('memory', bytes)} of it`;
}

/** The limit of the volume and the bound of the database do not fit each other: once for each workload. */
function reportSettings({ pod, inputs, context }: Node, prefix: KongPrefix, owner: ObjectRef): void {
  const { map, limit, volume, kong } = prefix;
  if (!map || !limit || map.bytes <= limit.bytes) return;
  const { version } = kong;
  const isDefault = !map.isSet && version;
  context.report({
    message: 'mapExceedsLimit',
    values: {
      owner,
      map: map.text,
      origin: isDefault ? `the default of Kong ${version.major}.${version.minor}` : '`KONG_LMDB_MAP_SIZE`',
      volume: volume.name,
      limit: limit.text,
      consequence: prefix.inMemory
        ? 'a larger configuration ends in failed writes'
        : 'a larger configuration ends in evictions, not in the error `map full`',
      detail: sizeNote(inputs),
      release: releaseOf(pod),
    },
    subject: owner,
    evidence: [context.at(pod, prefix.pointer), context.at(pod, kong.pointer)],
  });
}

import { pods } from '../../src/artifacts/resources.ts';
import { jobs } from '../../src/artifacts/workload-resources.ts';
import { hasCompleted, type JobItem } from '../../src/derive/job-history.ts';
import {
  type DatabaseNode,
  databaseContainer,
  databaseNodes,
  kongSchemaLog,
} from '../../src/derive/kong-database-wait.ts';
import { type MigrationStep, migrationStep } from '../../src/derive/kong-migrations.ts';
import { POD_SYMPTOMS } from '../../src/derive/pod-symptoms.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A migration of a large database takes minutes; one that takes longer waits for something. */
const LONG_SECONDS = 900;
/** A Job that failed longer ago, of a release whose nodes run, is history. */
const DAY_SECONDS = 86_400;

const LOGS = {
  text: 'Read what the migration wrote; most often the database does not answer or refuses the user.',
  argv: ['kubectl', 'logs', 'job/{job.name}', '-n', '{job.namespace}', '--all-containers'],
} as const;
const AGAIN = {
  text: 'Once mended delete the Job and run `helm upgrade` again: Jobs are not started a second time.',
  argv: ['kubectl', 'delete', 'job', '{job.name}', '-n', '{job.namespace}'],
} as const;
const COMMANDS: Readonly<Record<MigrationStep, string>> = {
  bootstrap: 'kong migrations bootstrap',
  up: 'kong migrations up',
  finish: 'kong migrations finish',
};

const needs = { pods, jobs, log: optional(kongSchemaLog) };

export const migrationsNotRun = defineAnalyzer({
  meta: {
    id: 'kong/migrations-not-run',
    title: 'Kong migrations have not run',
    description:
      'Migration Jobs of Kong that failed or hang, and control planes that wait for the schema of their database.',
    messages: {
      jobFailed: {
        severity: ['critical', 'warning'],
        confidence: { level: 'certain', reason: 'the conditions of the Job say so' },
        text: '{job:object} has failed, so `{command:text}` was not done on the database of Kong: {consequence:text}.',
        remedy: [LOGS, AGAIN],
        explains: [
          { effect: 'job-failed', via: ['same-object'] },
          { effect: 'pod-not-ready', via: ['same-object'] },
        ],
      },
      jobHangs: {
        severity: 'critical',
        confidence: { level: 'certain', reason: 'the Job is not done, and control planes wait for it' },
        text: '{job:object} has been at `{command:text}` for {age:duration} and is not done: {consequence:text}.',
        remedy: [
          {
            text: 'See why its pod does not run or not end: an injected sidecar that never ends keeps it open (`sidecar.istio.io/inject: "false"` on the migration pods).',
            argv: ['kubectl', 'describe', 'job', '{job.name}', '-n', '{job.namespace}'],
          },
          LOGS,
        ],
        explains: [{ effect: 'pod-not-ready', via: ['same-object'] }],
      },
      waits: {
        severity: 'critical',
        confidence: { level: 'certain', reason: 'its log says what is missing' },
        text: '{pod:object} does not start: its database lacks `{command:text}`.',
        remedy: [
          {
            text: 'Let the migration Job of the chart run (`migrations.preUpgrade`, `migrations.postUpgrade`), or run the command once with the image and the settings of the control plane.',
          },
        ],
        groupBy: ['command'],
        effect: 'pod-not-ready',
        explains: [
          ...POD_SYMPTOMS,
          { effect: 'pod-not-starting', via: ['same-object'] },
          { effect: 'pod-crashing', via: ['same-object'] },
        ],
      },
      notFinished: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'its log says so' },
        explains: [{ effect: 'data-plane-configuration-old', via: ['same-object'] }],
        text: '{pod:object} runs on a database with pending migrations: `kong migrations finish` was not run after the upgrade, and some versions then give data planes an empty configuration.',
        remedy: [
          {
            text: 'Run `kong migrations finish` once all nodes have the new version: the post-upgrade Job of the chart does (`migrations.postUpgrade`).',
          },
        ],
      },
    },
    checks: {
      migrated: {
        item: 'Kong database is migrated',
        expected: 'no control plane waits, no migration Job failed',
        found: 'migrated',
      },
    },
    references: [
      'Kong/kong kong/cmd/utils/migrations.lua',
      'Kong/charts charts/kong/templates/migrations*.yaml: init-migrations, pre-upgrade-migrations, post-upgrade-migrations',
      'Kong/kong issue 12861: pending migrations and an empty configuration',
    ],
  },
  needs,
  appliesTo({ pods: podItems, jobs: jobItems }) {
    const found =
      podItems.items.some((pod) => databaseContainer(pod)) ||
      jobItems.items.some((job) => migrationStep(job));
    if (found) return true;
    const gaps = [...podItems.coverage.gaps, ...jobItems.coverage.gaps];
    if (gaps.length > 0) return { applies: 'unseen', gaps };
    return { applies: false, reason: 'no Kong node with a database is seen' };
  },
  analyze(inputs, context) {
    const nodes = databaseNodes(inputs.pods.items, inputs.log, context);
    const releases = byRelease(nodes, inputs.jobs.items);
    for (const release of releases.values()) {
      const told = release.jobs.map((job) => reportJob(job, release, context));
      const open = release.jobs.filter((_, index) => told[index]);
      for (const node of release.nodes) reportNode(node, open, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof migrationsNotRun.meta.messages,
  NonNullable<typeof migrationsNotRun.meta.checks>
>;

interface Release {
  readonly nodes: DatabaseNode[];
  readonly jobs: JobItem[];
}

/** Nodes and migration Jobs by namespace and Helm release; without labels all of a namespace belong together. */
function byRelease(nodes: readonly DatabaseNode[], all: readonly JobItem[]): Map<string, Release> {
  const releases = new Map<string, Release>();
  const at = (metadata: { namespace?: string; labels?: Readonly<Record<string, string>> }): Release => {
    const key = `${metadata.namespace ?? ''}/${metadata.labels?.['app.kubernetes.io/instance'] ?? ''}`;
    const known = releases.get(key);
    if (known) return known;
    const made = { nodes: [], jobs: [] };
    releases.set(key, made);
    return made;
  };
  for (const node of nodes) at(node.pod.metadata).nodes.push(node);
  for (const job of all) if (migrationStep(job)) at(job.metadata).jobs.push(job);
  return releases;
}

/** Reports a Job that has not done its work; true when it has been told. */
function reportJob(job: JobItem, { nodes, jobs: siblings }: Release, context: Context): boolean {
  const subject = subjectOf(job);
  const step = migrationStep(job);
  if (!step || hasCompleted(job) || job.metadata.deletionTimestamp) {
    context.looked({ check: 'migrated', values: {}, subject });
    return false;
  }
  const waiting = nodes.filter(({ waits }) => waits);
  const consequence = consequenceOf(waiting.length, nodes.length);
  const values = { job: subject, command: COMMANDS[step], consequence };
  const index = (job.status?.conditions ?? []).findIndex(
    ({ type, status }) => type === 'Failed' && status === 'True',
  );
  const since = job.status?.conditions?.[index]?.lastTransitionTime;
  const common = { subject, related: waiting.map(({ pod }) => subjectOf(pod)) };
  if (index >= 0) {
    const isOld = isOlder(context.age(since, job), DAY_SECONDS) !== false || siblings.some(isLater(job));
    if (waiting.length === 0 && isOld) return false;
    context.report({
      message: 'jobFailed',
      severity: waiting.length > 0 ? 'critical' : 'warning',
      values,
      ...common,
      evidence: [context.at(job, `/status/conditions/${index}`)],
      ...(since ? { since } : {}),
    });
    return true;
  }
  const begun = job.status?.startTime ?? job.metadata.creationTimestamp;
  const age = context.age(begun, job);
  if (waiting.length === 0 || job.spec?.suspend || isOlder(age, LONG_SECONDS) !== true) return false;
  context.report({
    message: 'jobHangs',
    values: { ...values, age: Math.round(age?.seconds ?? 0) },
    ...common,
    evidence: [context.at(job, '/status')],
    ...(begun ? { since: begun } : {}),
  });
  return true;
}

/** Whether another Job of the release has done the same step since. */
function isLater(job: JobItem): (other: JobItem) => boolean {
  const begun = job.metadata.creationTimestamp ?? '';
  const step = migrationStep(job);
  return (other) =>
    hasCompleted(other) && migrationStep(other) === step && (other.metadata.creationTimestamp ?? '') > begun;
}

function consequenceOf(waiting: number, all: number): string {
  if (waiting > 0) return `${waiting} of ${all} control plane pods wait for it`;
  return all > 0 ? 'the control planes run on, on the schema before' : 'no control plane is seen beside it';
}

function reportNode({ pod, waits, missing }: DatabaseNode, open: readonly JobItem[], context: Context): void {
  const subject = subjectOf(pod);
  if (!missing && !(waits && open.length > 0)) {
    context.looked({ check: 'migrated', values: {}, subject });
    return;
  }
  const log = missing ? [{ cite: 'matches', matches: missing.matches, hit: missing.hit } as const] : [];
  const evidence = [...log, context.at(pod, waits?.pointer ?? '/status')] as unknown as EvidenceRefs;
  if (!waits) {
    context.report({ message: 'notFinished', values: { pod: subject }, subject, evidence });
    return;
  }
  const step = missing?.step ?? migrationStep(open[0] as JobItem) ?? 'up';
  context.report({
    message: 'waits',
    values: { pod: subject, command: COMMANDS[step] },
    subject,
    related: open.map((job) => subjectOf(job)),
    evidence,
    ...(missing
      ? {}
      : {
          confidence: { level: 'likely', reason: 'it waits for its database, and a migration is not done' },
        }),
  });
}

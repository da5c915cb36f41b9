import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { cronJobs, jobs } from '../../src/artifacts/workload-resources.ts';
import { type ContainerView, containersOf } from '../../src/derive/containers.ts';
import { exitCodeMeaning } from '../../src/derive/exit-codes.ts';
import { cronJobOf, hasCompleted, type JobItem, jobHistory } from '../../src/derive/job-history.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, logSignals, optional } from '../../src/model/artifact.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import type { Severity } from '../../src/model/message.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A Job that failed longer ago is kept for the record: whoever needed it has noticed. */
const FRESH_SECONDS = 86_400;

const SEVERITIES = ['critical', 'warning', 'info'] as const;
const CERTAIN = { level: 'certain', reason: 'the conditions of the Job say so' } as const;
const FAILED = {
  severity: SEVERITIES,
  confidence: CERTAIN,
  effect: 'job-failed',
  explains: [{ effect: 'not-reconciled', via: ['same-object'] }],
} as const;
const LOGS = {
  text: 'Read what its pods wrote, as far as they are kept.',
  argv: ['kubectl', 'logs', 'job/{job.name}', '-n', '{job.namespace}', '--all-containers'],
} as const;

/** Any container's log: only its last words are read. */
const anyLog = logSignals({ component: { id: 'any' }, patterns: {} });

const needs = {
  jobs,
  history: jobHistory,
  cronJobs: optional(cronJobs),
  pods: optional(pods),
  logs: optional(anyLog),
};

export const jobFailed = defineAnalyzer({
  meta: {
    id: 'workload/job-failed',
    title: 'Job failed',
    description:
      'Jobs that have given up: too many failed pods, out of time, or ended by their failure policy.',
    messages: {
      backOffLimit: {
        ...FAILED,
        text: '{job:object}{purpose:text} has given up after {failed:count} failed pods: {detail:text}.',
        remedy: [
          LOGS,
          { text: 'A Job that failed is not started again: delete it and create it anew once mended.' },
        ],
      },
      deadline: {
        ...FAILED,
        text: '{job:object}{purpose:text} was ended because it ran longer than its {deadline:duration}: {detail:text}.',
        remedy: [
          LOGS,
          {
            text: 'Find out what it waited for, or raise `activeDeadlineSeconds`, then create the Job anew.',
          },
        ],
      },
      failurePolicy: {
        ...FAILED,
        text: '{job:object}{purpose:text} was ended by its `podFailurePolicy`: {detail:text}.',
        remedy: [
          LOGS,
          { text: 'The rule of the policy names the exit code or the condition that ends the Job.' },
        ],
      },
      indexesFailed: {
        ...FAILED,
        text: '{job:object}{purpose:text} has failed because of some of its indexes: {detail:text}.',
        remedy: [LOGS],
      },
      failed: {
        ...FAILED,
        text: '{job:object}{purpose:text} has failed: {detail:text}.',
        remedy: [LOGS],
      },
    },
    checks: {
      notFailed: {
        item: 'Job has not failed',
        expected: 'complete or at work',
        found: '{succeeded:count} succeeded',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions',
      'https://helm.sh/docs/topics/charts_hooks/',
    ],
  },
  needs,
  analyze(inputs, context) {
    const byJob = new Map<string, PodItem[]>();
    for (const pod of inputs.pods.items) {
      const owner = pod.metadata.ownerReferences?.find((one) => one.controller && one.kind === 'Job');
      if (owner) getOrCreate(byJob, `${pod.metadata.namespace}/${owner.name}`, () => []).push(pod);
    }
    for (const job of inputs.jobs.items) {
      const index = (job.status?.conditions ?? []).findIndex(
        (one) => one.type === 'Failed' && one.status === 'True',
      );
      if (index < 0 || hasCompleted(job) || job.metadata.deletionTimestamp || hasRecovered(job, inputs)) {
        const succeeded = job.status?.succeeded ?? 0;
        context.looked({ check: 'notFailed', values: { succeeded }, subject: subjectOf(job) });
        continue;
      }
      reportFailure(
        { job, index, pods: byJob.get(`${job.metadata.namespace}/${job.metadata.name}`) ?? [] },
        inputs,
        context,
      );
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof jobFailed.meta.messages, NonNullable<typeof jobFailed.meta.checks>>;

/** The CronJob's next run did what this one did not. */
function hasRecovered(job: JobItem, { history, cronJobs: known }: Inputs<typeof needs>): boolean {
  if (history.successAfter(job)) return true;
  const owner = cronJobOf(job);
  if (owner === undefined) return false;
  const { namespace } = job.metadata;
  const found = known.lookup({ ...(namespace === undefined ? {} : { namespace }), name: owner });
  const succeeded = found.state === 'present' ? found.item.status?.lastSuccessfulTime : undefined;
  const begun = job.status?.startTime ?? job.metadata.creationTimestamp;
  return succeeded !== undefined && begun !== undefined && Date.parse(succeeded) > Date.parse(begun);
}

interface Failure {
  readonly job: JobItem;
  readonly index: number;
  readonly pods: readonly PodItem[];
}

function reportFailure(
  { job, index, pods: own }: Failure,
  { logs }: Inputs<typeof needs>,
  context: Context,
): void {
  const condition = job.status?.conditions?.[index];
  const last = lastEnd(own);
  const detail = last?.text ?? condition?.message?.trim().replace(/\.$/, '') ?? 'the Job does not say why';
  const evidence: [EvidenceRef, ...EvidenceRef[]] = [context.at(job, `/status/conditions/${index}`)];
  if (last) {
    const { namespace = '', name } = last.pod.metadata;
    evidence.push(context.at(last.pod, last.pointer));
    const tail = logs.lastWords({ namespace, pod: name, container: last.container.name });
    if (tail) evidence.push({ cite: 'tail', tail });
  }
  const common = {
    subject: subjectOf(job),
    severity: severityOf(job, condition?.lastTransitionTime, context),
    evidence,
    related: own.slice(0, 50).map((pod) => subjectOf(pod)),
    ...(condition?.lastTransitionTime === undefined ? {} : { since: condition.lastTransitionTime }),
  };
  const values = { job: subjectOf(job), purpose: purposeOf(job), detail };
  switch (condition?.reason) {
    case 'BackoffLimitExceeded':
      context.report({
        message: 'backOffLimit',
        values: { ...values, failed: job.status?.failed ?? 0 },
        ...common,
      });
      break;
    case 'DeadlineExceeded': {
      const deadline = job.spec?.activeDeadlineSeconds ?? 0;
      context.report({ message: 'deadline', values: { ...values, deadline }, ...common });
      break;
    }
    case 'PodFailurePolicy': {
      // The condition quotes the rule, which says more than the exit code.
      const rule = condition.message?.trim().replace(/\.$/, '') ?? detail;
      context.report({ message: 'failurePolicy', values: { ...values, detail: rule }, ...common });
      break;
    }
    case 'FailedIndexes':
    case 'MaxFailedIndexesExceeded':
      context.report({ message: 'indexesFailed', values, ...common });
      break;
    default:
      context.report({ message: 'failed', values, ...common });
  }
}

/** A failed hook fails the release; a failure of days ago is only mentioned. */
function severityOf(job: JobItem, since: string | undefined, { age }: Context): Severity {
  if (isOlder(age(since, job), FRESH_SECONDS)) return 'info';
  return isHook(job) ? 'critical' : 'warning';
}

function isHook({ metadata }: JobItem): boolean {
  return metadata.annotations?.['helm.sh/hook'] !== undefined;
}

function purposeOf(job: JobItem): string {
  const { annotations, labels } = job.metadata;
  const hook = annotations?.['helm.sh/hook'];
  if (hook !== undefined) {
    const release = annotations?.['meta.helm.sh/release-name'] ?? labels?.['app.kubernetes.io/instance'];
    return release === undefined ? ` (Helm hook ${hook})` : ` (Helm hook ${hook} of release ${release})`;
  }
  const cronJob = cronJobOf(job);
  return cronJob === undefined ? '' : ` (run of the CronJob ${cronJob})`;
}

interface End {
  readonly pod: PodItem;
  readonly container: ContainerView;
  readonly pointer: string;
  readonly text: string;
}

/** The last container of the Job that ended with an error. */
function lastEnd(own: readonly PodItem[]): End | undefined {
  let latest: (End & { readonly time: string }) | undefined;
  for (const pod of own) {
    for (const container of containersOf(pod)) {
      const ended = container.status.state?.terminated ?? container.status.lastState?.terminated;
      if (!ended || ended.exitCode === 0) continue;
      const time = ended.finishedAt ?? '';
      if (latest && latest.time >= time) continue;
      const meaning =
        ended.reason === 'OOMKilled' ? 'killed for its memory limit' : exitCodeMeaning(ended.exitCode);
      const text = `container ${container.name} of ${pod.metadata.name} ended with exit code ${ended.exitCode} (${meaning})`;
      latest = { pod, container, pointer: container.pointer, text, time };
    }
  }
  return latest;
}

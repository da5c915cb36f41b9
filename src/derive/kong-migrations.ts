import type { PodItem } from '../artifacts/resources.ts';
import type { JobItem } from './job-history.ts';

/** Steps of Kong's migrations, in their order: `bootstrap` on install, `up` before an upgrade, `finish` after it. */
export type MigrationStep = 'bootstrap' | 'up' | 'finish';

interface Template {
  readonly containers?: readonly {
    readonly name: string;
    readonly image?: string;
    readonly command?: readonly string[];
    readonly args?: readonly string[];
  }[];
}

const COMMAND = /\bmigrations\s+(bootstrap|up|finish)\b/;
/** Names the chart gives to its Jobs and their containers. */
const NAMES: readonly (readonly [RegExp, MigrationStep])[] = [
  [/init-migrations$/, 'bootstrap'],
  [/post-upgrade-migrations$/, 'finish'],
  [/(?:pre-)?upgrade-migrations$/, 'up'],
];

/** The step a Job of Kong's migrations takes, by its command, else by the names of the chart. */
export function migrationStep(job: JobItem): MigrationStep | undefined {
  const labels = job.metadata.labels ?? {};
  const names = [job.metadata.name, labels['app.kubernetes.io/component'] ?? ''];
  return commandOf(job.spec?.template?.spec) ?? stepOfNames(names);
}

/** Whether a pod ran migrations of Kong. */
export function isMigration({ spec, metadata }: PodItem): boolean {
  const names = (spec?.containers ?? []).map(({ name }) => name);
  const labels = metadata.labels ?? {};
  const component = labels['app.kubernetes.io/component'] ?? '';
  if (commandOf(spec) !== undefined || stepOfNames([component]) !== undefined) return true;
  return names.some((name) => /-migrations$/.test(name));
}

function commandOf(template: Template | undefined): MigrationStep | undefined {
  for (const { command = [], args = [] } of template?.containers ?? []) {
    const step = COMMAND.exec([...command, ...args].join(' '))?.[1];
    if (step !== undefined) return step as MigrationStep;
  }
  return undefined;
}

function stepOfNames(names: readonly string[]): MigrationStep | undefined {
  return NAMES.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
}

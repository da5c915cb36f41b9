import { AGE, type Column, countColumn, NAME, NONE, pairs, textColumn, wide } from './column.ts';
import { ageText } from './duration.ts';
import { type JsonObject, listAt, numberAt, textAt, textsAt, valueAt } from './json-path.ts';

function ready(wanted: readonly string[]): Column {
  return {
    name: 'Ready',
    value: (object) => `${numberAt(object, 'status', 'readyReplicas')}/${numberAt(object, ...wanted)}`,
  };
}

/** Names and images of a pod template, and the selector. */
const TEMPLATE: readonly Column[] = [
  wide({ name: 'Containers', value: (object) => containerTexts(object, 'name') }),
  wide({ name: 'Images', value: (object) => containerTexts(object, 'image') }),
  wide({ name: 'Selector', value: (object) => pairs(textsAt(object, 'spec', 'selector', 'matchLabels')) }),
];

function containerTexts(object: JsonObject, field: string): string {
  return listAt(object, 'spec', 'template', 'spec', 'containers')
    .map((container) => textAt(container, field))
    .join(',');
}

/** Columns of what makes pods, by `<group>/<plural>`. */
export const WORKLOAD_COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  'apps/deployments': [
    NAME,
    ready(['spec', 'replicas']),
    countColumn('Up-to-date', 'status', 'updatedReplicas'),
    countColumn('Available', 'status', 'availableReplicas'),
    AGE,
    ...TEMPLATE,
  ],
  'apps/replicasets': [
    NAME,
    countColumn('Desired', 'spec', 'replicas'),
    countColumn('Current', 'status', 'replicas'),
    countColumn('Ready', 'status', 'readyReplicas'),
    AGE,
    ...TEMPLATE,
  ],
  'apps/statefulsets': [NAME, ready(['spec', 'replicas']), AGE, ...TEMPLATE.slice(0, 2)],
  'apps/daemonsets': [
    NAME,
    countColumn('Desired', 'status', 'desiredNumberScheduled'),
    countColumn('Current', 'status', 'currentNumberScheduled'),
    countColumn('Ready', 'status', 'numberReady'),
    countColumn('Up-to-date', 'status', 'updatedNumberScheduled'),
    countColumn('Available', 'status', 'numberAvailable'),
    {
      name: 'Node Selector',
      value: (set) => pairs(textsAt(set, 'spec', 'template', 'spec', 'nodeSelector')),
    },
    AGE,
    ...TEMPLATE,
  ],
  'batch/jobs': [
    NAME,
    {
      name: 'Completions',
      value: (job) => `${numberAt(job, 'status', 'succeeded')}/${textAt(job, 'spec', 'completions') || '1'}`,
    },
    {
      name: 'Duration',
      value(job, now) {
        const end = Date.parse(textAt(job, 'status', 'completionTime'));
        const start = valueAt(job, 'status', 'startTime');
        return start === undefined ? '' : ageText(start, Number.isNaN(end) ? now : end);
      },
    },
    AGE,
    ...TEMPLATE,
  ],
  'batch/cronjobs': [
    NAME,
    textColumn('Schedule', 'spec', 'schedule'),
    textColumn('Timezone', 'spec', 'timeZone'),
    { name: 'Suspend', type: 'boolean', value: (job) => textAt(job, 'spec', 'suspend') === 'true' },
    { name: 'Active', type: 'integer', value: (job) => listAt(job, 'status', 'active').length },
    {
      name: 'Last Schedule',
      value(job, now) {
        const last = valueAt(job, 'status', 'lastScheduleTime');
        return last === undefined ? NONE : ageText(last, now);
      },
    },
    AGE,
  ],
};

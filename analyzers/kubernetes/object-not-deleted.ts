import { persistentVolumeClaims } from '../../src/artifacts/storage-resources.ts';
import { deletingObjects } from '../../src/derive/deleting-objects.ts';
import { ownerOfFinalizer } from '../../src/derive/finalizers.ts';
import { objectGraph } from '../../src/derive/object-graph.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { ResourceIdentity } from '../../src/model/json.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

/** Clean-up of load balancers and volumes at a provider takes minutes. */
const STUCK_SECONDS = 900;
const PROTECTED_CLAIM = 'kubernetes.io/pvc-protection';
const PROTECTED_VOLUME = 'kubernetes.io/pv-protection';

const STATE = {
  level: 'certain',
  reason: 'the object carries the finalizer and its time of deletion',
} as const;
const HELD = {
  severity: 'warning',
  confidence: STATE,
  effect: 'object-not-deleted',
  explains: [{ effect: 'object-not-deleted', via: ['same-object'] }],
} as const;
const SHOW = {
  text: 'See the object with its finalizers.',
  argv: ['kubectl', 'get', '{kind}', '{held.name}', '-n', '{held.namespace}', '-o', 'yaml'],
} as const;
const SEE_CONTROLLER = {
  text: 'See that this controller runs and read its log; it tries again by itself.',
} as const;
const LAST_RESORT =
  'Only if the controller is gone for good: clean up what the finalizer guards by hand, then take the finalizer out of the list.';

const needs = {
  deleting: deletingObjects,
  graph: objectGraph,
  claims: optional(persistentVolumeClaims),
};

export const objectNotDeleted = defineAnalyzer({
  meta: {
    id: 'kubernetes/object-not-deleted',
    title: 'Object stuck while being deleted',
    description: 'Objects other than pods and namespaces whose finalizers are not removed.',
    messages: {
      heldByFinalizer: {
        ...HELD,
        text: '{held:object} ({kind:text}) is being deleted for {age:duration}, but the finalizer `{finalizer:text}` is still there: {controller:text} removes it when {until:text}.',
        remedy: [
          SEE_CONTROLLER,
          SHOW,
          {
            text: LAST_RESORT,
            argv: ['kubectl', 'edit', '{kind}', '{held.name}', '-n', '{held.namespace}'],
          },
        ],
        key: ['finalizer'],
      },
      clusterObjectHeld: {
        ...HELD,
        text: '{held:object} ({kind:text}) is being deleted for {age:duration}, but the finalizer `{finalizer:text}` is still there: {controller:text} removes it when {until:text}.',
        remedy: [
          SEE_CONTROLLER,
          {
            text: 'See the object with its finalizers.',
            argv: ['kubectl', 'get', '{kind}', '{held.name}', '-o', 'yaml'],
          },
          { text: LAST_RESORT, argv: ['kubectl', 'edit', '{kind}', '{held.name}'] },
        ],
        key: ['finalizer'],
      },
      dependentsRemain: {
        ...HELD,
        text: '{held:object} ({kind:text}) is being deleted for {age:duration} and waits for {count:count} objects it owns, {dependent:object} among them.',
        remedy: [{ text: 'Find out why these are not deleted; it follows them.' }, SHOW],
      },
    },
    checks: {
      deleted: {
        item: 'Objects are deleted when asked',
        expected: 'gone within 15 minutes',
        found: 'being deleted since a moment ago, or in use',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/',
      'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const item of inputs.deleting.all) {
      if (item.kind === 'Pod') continue;
      const age = context.age(item.metadata.deletionTimestamp, item);
      if (!age || isOlder(age, STUCK_SECONDS) !== true || isInUse(item, inputs)) {
        context.looked({ check: 'deleted', values: {}, subject: subjectOf(item) });
        continue;
      }
      report(item, Math.round(age.seconds), { inputs, context });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof objectNotDeleted.meta.messages,
  NonNullable<typeof objectNotDeleted.meta.checks>
>;

/** Storage that is in use stays until it is not: that is what its finalizer is for. */
function isInUse(item: ResourceIdentity, { graph, claims }: Inputs<typeof needs>): boolean {
  const { finalizers = [], name } = item.metadata;
  if (finalizers.includes(PROTECTED_CLAIM)) {
    const pods = graph.usersOf(subjectKey(subjectOf(item))).filter((key) => key.startsWith('/Pod/'));
    return pods.length > 0;
  }
  if (!finalizers.includes(PROTECTED_VOLUME)) return false;
  return !claims.coverage.complete || claims.items.some((claim) => claim.spec?.volumeName === name);
}

function report(
  item: ResourceIdentity,
  age: number,
  { inputs, context }: { readonly inputs: Inputs<typeof needs>; readonly context: Context },
): void {
  const { finalizers = [], deletionTimestamp = '' } = item.metadata;
  const subject = subjectOf(item);
  const values = { held: subject, kind: item.kind.toLowerCase(), age };
  const evidence = [context.at(item, '/metadata')] as const;
  const common = { subject, evidence, since: deletionTimestamp };
  const owned = inputs.graph.owned(subjectKey(subject));
  const [dependent] = owned;
  if (finalizers.includes('foregroundDeletion') && dependent !== undefined) {
    const shown = refOf(dependent);
    context.report({
      message: 'dependentsRemain',
      values: { ...values, count: owned.length, dependent: shown },
      ...common,
      related: owned.slice(0, 20).map(refOf),
    });
    return;
  }
  const finalizer = finalizers[0];
  // Without a finalizer it goes with its next update; the list caught it on its way.
  if (finalizer === undefined) return;
  const { controller, until } = ownerOfFinalizer(finalizer);
  const message = item.metadata.namespace === undefined ? 'clusterObjectHeld' : 'heldByFinalizer';
  context.report({ message, values: { ...values, finalizer, controller, until }, ...common });
}

/** The object a key of the graph stands for: `group/Kind/namespace/name`. */
function refOf(key: string) {
  const [group = '', kind = '', namespace = '', ...name] = key.split('/');
  return { group, kind, ...(namespace === '' ? {} : { namespace }), name: name.join('/') };
}

import { storageClasses } from '../../src/artifacts/storage-resources.ts';
import { defaultClasses } from '../../src/derive/storage-class.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { subjectOf } from '../../src/model/subject.ts';

export const defaultClassAmbiguous = defineAnalyzer({
  meta: {
    id: 'storage/default-class-ambiguous',
    title: 'More than one default StorageClass',
    description: 'Whether several StorageClasses are marked as the default one.',
    messages: {
      several: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the annotations of the classes say so' },
        text: '{count:count} StorageClasses are marked as default ({classes:text}): claims that name no class get {class:object}, the newest of them.',
        remedy: [
          {
            text: 'Decide for one and take the mark off the others; to keep the one in use, off {other:object}. Claims that exist keep the class they have.',
            argv: [
              'kubectl',
              'annotate',
              'storageclass',
              '{other.name}',
              'storageclass.kubernetes.io/is-default-class-',
            ],
          },
        ],
      },
    },
    checks: {
      single: {
        item: 'Default StorageClass is unambiguous',
        expected: 'at most one',
        found: '{count:count} default class',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass',
      'kubernetes/kubernetes pkg/volume/util/storageclass.go: GetDefaultClass takes the newest (since 1.26)',
    ],
  },
  needs: { classes: storageClasses },
  analyze({ classes }, context) {
    const [used, ...others] = defaultClasses(classes.items);
    const [other] = others;
    if (!used || !other) {
      for (const one of used ? [used] : classes.items.slice(0, 1)) {
        context.looked({ check: 'single', values: { count: used ? 1 : 0 }, subject: subjectOf(one) });
      }
      return undefined;
    }
    const all = [used, ...others];

    context.report({
      message: 'several',
      values: {
        count: all.length,
        classes: all.map((one) => one.metadata.name),
        class: subjectOf(used),
        other: subjectOf(other),
      },
      subject: subjectOf(used),
      evidence: [context.at(used, '/metadata'), ...others.map((one) => context.at(one, '/metadata'))],
      related: others.map((one) => subjectOf(one)),
    });
    return undefined;
  },
});

import { environmentRouting, type NamespaceRouting } from '../../src/derive/virtual-environment-routing.ts';
import type { HeaderAlias } from '../../src/derive/virtual-environment-spec.ts';
import { environmentNamespaces } from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { subjectOf } from '../../src/model/subject.ts';

const CERTAIN = { level: 'certain', reason: 'the VirtualEnvironment says so' } as const;
const EDIT = {
  text: 'Edit the VirtualEnvironment; VirtualServices whose header names change have to be deleted once.',
  argv: ['kubectl', 'edit', 'virtualenvironment', '{environment.name}', '-n', '{environment.namespace}'],
} as const;
/** Characters people part levels by, besides the splitter. */
const SEPARATORS = ['.', '-', '_'] as const;
/** Pairs named in one text. */
const SHOWN = 3;

export const settingsIneffective = defineAnalyzer({
  meta: {
    id: 'virtual-environment/settings-ineffective',
    title: 'Setting of a VirtualEnvironment without effect',
    description:
      'VirtualEnvironments whose settings do something else than they look like: aliases, splitter and default.',
    messages: {
      placeholderMissing: {
        severity: 'warning',
        confidence: {
          level: 'certain',
          reason: 'the operator up to v0.6 does not apply the default of the placeholder',
        },
        text: 'Alias `{alias:text}` of {environment:object} has the pattern `{pattern:text}` but no `placeholder`: the whole value of the header is compared with the name of the environment instead, and the documented default `(@)` does not apply.',
        remedy: [
          { text: 'Set `placeholder: (@)`, or whatever stands for the environment in the pattern.' },
          EDIT,
        ],
        key: ['alias'],
      },
      placeholderUnused: {
        severity: 'warning',
        confidence: CERTAIN,
        text: 'Alias `{alias:text}` of {environment:object}: the pattern `{pattern:text}` does not contain its placeholder `{placeholder:text}`, so it matches the same header for every environment.',
        remedy: [{ text: 'Put the placeholder where the name of the environment stands.' }, EDIT],
        key: ['alias'],
      },
      noDefault: {
        severity: 'warning',
        confidence: CERTAIN,
        text: '{environment:object} has no `envLabel.defaultSubset`: requests without an environment go to pods of any environment, at random.',
        remedy: [{ text: 'Name the environment that is complete, e.g. `dev`.' }, EDIT],
      },
      splitterUnused: {
        severity: 'info',
        confidence: {
          level: 'possible',
          reason: 'names of environments were compared, which may mean nothing',
        },
        text: 'No environment of {environment:object} contains its splitter `{splitter:text}`, but some look like levels of others ({examples:text}): requests of one do not fall back to the other.',
        remedy: [
          {
            text: 'Set `envLabel.splitter` to the character that parts the levels, or name them with `{splitter:text}`.',
          },
          EDIT,
        ],
      },
    },
    checks: {
      effective: {
        item: 'Settings of a VirtualEnvironment take effect',
        expected: 'placeholders, default and splitter set as used',
        found: 'as used',
      },
    },
    references: [
      'alibaba/virtual-environment pkg/controller/virtualenv/reconcile_trigger.go: handleDefaultConfig',
      'https://alibaba.github.io/virtual-environment/#/zh-cn/doc/configuration',
    ],
  },
  needs: { environments: environmentNamespaces, routing: environmentRouting },
  appliesTo: ({ environments }) => environments.applies,
  analyze({ routing }, context) {
    for (const namespace of routing) {
      const { effective, gap } = namespace;
      const told = [
        ...effective.spec.aliases.map((alias, index) => judgeAlias(alias, index, namespace, context)),
        gap === undefined && judgeDefault(namespace, context),
        gap === undefined && judgeSplitter(namespace, context),
      ];
      const subject = subjectOf(effective.instance);
      if (gap) context.looked({ check: 'effective', subject, unseen: gap });
      else if (!told.some(Boolean)) context.looked({ check: 'effective', subject, values: {} });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof settingsIneffective.meta.messages,
  NonNullable<typeof settingsIneffective.meta.checks>
>;

function judgeAlias(
  { name: alias, pattern, placeholder }: HeaderAlias,
  index: number,
  { effective: { instance } }: NamespaceRouting,
  context: Context,
): boolean {
  const subject = subjectOf(instance);
  const common = { subject, evidence: [context.at(instance, `/spec/envHeader/aliases/${index}`)] as const };
  if (pattern !== '' && placeholder === '') {
    context.report({
      message: 'placeholderMissing',
      values: { environment: subject, alias, pattern },
      ...common,
    });
    return true;
  }
  if (pattern === '' || pattern.includes(placeholder)) return false;
  const values = { environment: subject, alias, pattern, placeholder };
  context.report({ message: 'placeholderUnused', values, ...common });
  return true;
}

/** Random only where there are several environments to go to. */
function judgeDefault(
  { effective: { instance, spec }, services }: NamespaceRouting,
  context: Context,
): boolean {
  const made = services.find(({ expected }) => expected.made);
  if (spec.defaultSubset !== '' || !made) return false;
  const subject = subjectOf(instance);
  context.report({
    message: 'noDefault',
    values: { environment: subject },
    subject,
    evidence: [context.at(instance, '/spec/envLabel'), context.at(made.service)],
  });
  return true;
}

function judgeSplitter(
  { effective: { instance, spec }, values }: NamespaceRouting,
  context: Context,
): boolean {
  if (values.some((value) => value.includes(spec.splitter))) return false;
  const present = new Set(values);
  const pairs = values.flatMap((value) => {
    const parent = parentOf(value, present);
    return parent === undefined ? [] : [`\`${value}\` of \`${parent}\``];
  });
  if (pairs.length === 0) return false;
  const subject = subjectOf(instance);
  const more = pairs.length > SHOWN ? [`${pairs.length - SHOWN} more`] : [];
  context.report({
    message: 'splitterUnused',
    values: { environment: subject, splitter: spec.splitter, examples: [...pairs.slice(0, SHOWN), ...more] },
    subject,
    evidence: [context.at(instance, '/spec/envLabel')],
  });
  return true;
}

/** Another environment a name begins with, parted by a character that may part levels. */
function parentOf(value: string, present: ReadonlySet<string>): string | undefined {
  for (let end = value.length - 1; end > 0; end -= 1) {
    const isSeparator = SEPARATORS.some((separator) => separator === value[end]);
    if (isSeparator && present.has(value.slice(0, end))) return value.slice(0, end);
  }
  return undefined;
}

import { LAYERS } from '../src/model/effect.ts';
import { UserError } from '../src/model/errors.ts';
import { exportName, type UnitKind, unitFolder } from './units.ts';

/** Left in every scaffolded file; a contract test refuses it. */
export const LEFTOVER = 'FILL IN';

// An id names the failing state or the thing read: `certificate/expired`, not `certificate/check-expiry`.
const VERBS = [
  'check',
  'detect',
  'ensure',
  'find',
  'get',
  'is',
  'test',
  'validate',
  'verify',
  'collect',
  'has',
];

/** The three files of a new unit, path → content. Throws UserError when the id cannot be one. */
export function scaffold(kind: UnitKind, id: string): Map<string, string> {
  refuseBadId(id);
  const folder = unitFolder(kind);
  const files = kind === 'analyzer' ? analyzerFiles(id) : collectorFiles(id);
  return new Map([
    [`${folder}/${id}.ts`, files.unit],
    [`${folder}/${id}.md`, files.page],
    [`test/${folder}/${id}.test.ts`, files.test],
  ]);
}

function refuseBadId(id: string): void {
  const [domain = '', name = '', ...rest] = id.split('/');
  if (rest.length > 0 || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new UserError('bad-unit-id', `\`${id}\` is not an id`, {
      hint: 'write <domain>/<name> in lower case with hyphens, e.g. kong/data-plane-not-connected',
    });
  }
  if (!(LAYERS as readonly string[]).includes(domain)) {
    throw new UserError('unknown-domain', `\`${domain}\` is no domain`, {
      hint: `the domains are ${[...LAYERS].sort().join(', ')} (src/model/effect.ts)`,
    });
  }
  const [first = ''] = name.split('-');
  if (first === 'no' || VERBS.includes(first)) {
    throw new UserError('bad-unit-name', `\`${name}\` begins with \`${first}-\``, {
      hint: 'name the failing state or the thing read, without a verb and without no-',
    });
  }
}

interface UnitFiles {
  readonly unit: string;
  readonly page: string;
  readonly test: string;
}

function analyzerFiles(id: string): UnitFiles {
  const name = exportName(id.slice(id.lastIndexOf('/') + 1));
  const unit = `import { pods } from '../../src/artifacts/resources.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** ${LEFTOVER}: which question this answers, in one sentence. */
export const ${name} = defineAnalyzer({
  meta: {
    id: '${id}',
    title: '${LEFTOVER}: noun phrase of the failing state',
    description: '${LEFTOVER}: when this is reported, and when it is not.',
    messages: {
      found: {
        severity: 'warning',
        confidence: { level: 'certain', reason: '${LEFTOVER}: why this can be believed' },
        text: '{pod:object} ${LEFTOVER}.',
        remedy: [{ text: '${LEFTOVER}: what to do next', argv: ['kubectl', 'describe', 'pod', '{pod.name}'] }],
      },
    },
    references: ['${LEFTOVER}: where the condition comes from'],
  },
  needs: { pods },
  analyze({ pods }, { report, at }) {
    for (const pod of pods.items) {
      if (pod.status?.reason !== '${LEFTOVER}') continue;
      const subject = subjectOf(pod);
      report({ message: 'found', values: { pod: subject }, subject, evidence: [at(pod, '/status/reason')] });
    }
    return undefined;
  },
});
`;
  const headings = ['Meaning', 'Impact', 'Diagnosis', 'Remedy'];
  const test = `import { ${name} } from '../../../analyzers/${id}.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

// ${LEFTOVER}: near misses under \`silent\`, at least one case for each message under \`reports\`.
testAnalyzer(${name}, { silent: [], reports: [] });
`;
  return { unit, page: scaffoldPage(`${LEFTOVER}: noun phrase of the failing state`, headings), test };
}

function collectorFiles(id: string): UnitFiles {
  const name = exportName(id.slice(id.lastIndexOf('/') + 1));
  const unit = `import { defineCollector } from '../../src/model/collector.ts';

/** ${LEFTOVER}: what this reads, in one sentence. */
export const ${name} = defineCollector({
  meta: {
    id: '${id}',
    title: '${LEFTOVER}: the thing read',
    description: '${LEFTOVER}: what is read and from where.',
    // ${LEFTOVER}: the document tokens of src/artifacts that \`collect\` adds.
    produces: [],
  },
  needs: {},
  rbac() {
    // ${LEFTOVER}: each rule with the reason, kinds by name.
    return [];
  },
});
`;
  const test = `import { describe, expect, it } from 'vitest';
import { ${name} } from '../../../collectors/${id}.ts';

describe('${id}', () => {
  it('${LEFTOVER}: behaviour', () => {
    expect(${name}.meta.id).toBe('${LEFTOVER}');
  });
});
`;
  const headings = ['What it reads', 'Permissions', 'What it leaves out'];
  return { unit, page: scaffoldPage(`${LEFTOVER}: the thing read`, headings), test };
}

function scaffoldPage(title: string, headings: readonly string[]): string {
  return `${[`# ${title}`, ...headings.map((heading) => `## ${heading}\n\n${LEFTOVER}`)].join('\n\n')}\n`;
}

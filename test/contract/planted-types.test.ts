import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** The parts of the analyzer below that a slip replaces. */
interface Parts {
  readonly analyze: string;
  readonly read: string;
  readonly message: string;
  readonly severity: string;
  readonly values: string;
  readonly evidence: string;
}

const SOUND: Parts = {
  analyze: 'analyze',
  read: 'pod.status?.phase',
  message: "message: 'waiting',",
  severity: "severity: 'warning',",
  values: 'pod: subject, age: 1',
  evidence: "at(pod, '/status')",
};

/** A whole analyzer, sound but for the parts given. */
function analyzer(slip: Partial<Parts> = {}): string {
  const { analyze, read, message, severity, values, evidence } = { ...SOUND, ...slip };
  return `
import { pods } from '${ROOT}/src/artifacts/resources.ts';
import { defineAnalyzer } from '${ROOT}/src/model/analyzer.ts';
import { subjectOf } from '${ROOT}/src/model/subject.ts';
export const planted = defineAnalyzer({
  meta: {
    id: 'workload/planted',
    title: 'Planted',
    description: 'Planted.',
    messages: {
      waiting: {
        severity: ['critical', 'warning'],
        confidence: { level: 'certain', reason: 'planted' },
        text: '{pod:object} waits for {age:duration}.',
        remedy: [{ text: 'Look at {pod:object}.' }],
      },
    },
    references: ['planted'],
  },
  needs: { pods },
  ${analyze}({ pods }, { report, at }) {
    at(pods);
    for (const pod of pods.items) {
      const subject = subjectOf(pod);
      if (${read}) report({ ${message} ${severity} values: { ${values} }, subject, evidence: [${evidence}] });
    }
    return undefined;
  },
});
`;
}

/** A slip and what the compiler says of it. */
const SLIPS: readonly { readonly name: string; readonly slip: Partial<Parts>; readonly error: RegExp }[] = [
  {
    name: 'a value under a wrong name',
    slip: { values: 'pod: subject, ages: 1' },
    error: /'ages' does not exist/,
  },
  {
    name: 'a value of the wrong tag',
    slip: { values: "pod: subject, age: 'long'" },
    error: /'string' is not assignable to type 'number'/,
  },
  { name: 'a missing value', slip: { values: 'pod: subject' }, error: /Property 'age' is missing/ },
  {
    name: 'an unknown message',
    slip: { message: "message: 'wating'," },
    error: /'"wating"' is not assignable to type '"waiting"'/,
  },
  {
    name: 'no severity where the message has a list',
    slip: { severity: '' },
    error: /Property 'severity' is missing/,
  },
  {
    name: 'a severity outside the list',
    slip: { severity: "severity: 'info'," },
    error: /'"info"' is not assignable to type '"critical" \| "warning"'/,
  },
  { name: 'no evidence', slip: { evidence: '' }, error: /has 0 element\(s\) but target requires 1/ },
  {
    name: 'a read of a dropped field',
    slip: { read: 'pod.status?.hostIPs' },
    error: /Property 'hostIPs' does not exist/,
  },
  {
    name: 'an async analyze',
    slip: { analyze: 'async analyze' },
    error: /'Promise<undefined>' is not assignable to type 'undefined'/,
  },
  {
    name: 'a change of an input',
    slip: { read: "(pod.metadata.name = 'other')" },
    error: /'name' because it is a read-only property/,
  },
];

describe('the compiler', () => {
  let folder: string;
  let output: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubecase-planted-'));
    writeFileSync(join(folder, 'sound.ts'), analyzer());
    SLIPS.forEach(({ slip }, index) => {
      writeFileSync(join(folder, `slip-${index}.ts`), analyzer(slip));
    });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const options = { typeRoots: [join(ROOT, 'node_modules/@types')] };
    const config = { extends: join(ROOT, 'tsconfig.json'), compilerOptions: options, include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    output = compile(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('accepts a sound analyzer', () => {
    expect(output).not.toContain('sound.ts');
  });

  it.each(SLIPS.map(({ name, error }, index) => ({ name, error, index })))(
    'refuses $name in one error',
    ({ error, index }) => {
      const errors = output.split(/^(?=\S+\.ts\()/m).filter((one) => one.includes(`slip-${index}.ts`));

      expect(errors).toEqual([expect.stringMatching(error)]);
    },
  );
});

/** What tsc prints for the folder; it ends with an error, since the slips are there. */
function compile(folder: string): string {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  try {
    return execFileSync(process.execPath, [tsc, '--noEmit', '--pretty', 'false', '-p', folder], {
      encoding: 'utf8',
    });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

import { describe, expect, it } from 'vitest';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { type AnyAnalyzer, defineAnalyzer } from '../../../src/model/analyzer.ts';
import { optional } from '../../../src/model/artifact.ts';
import { subjectOf } from '../../../src/model/subject.ts';
import { controlledBy, pod } from '../../support/builders.ts';
import { runOn } from '../../support/test-analyzer.ts';

const MESSAGES = {
  bad: {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'it is so' },
    text: '{pod:object} is bad: {word:text}.',
    remedy: [{ text: 'Mend it.' }],
    key: ['word'],
    check: 'good',
  },
  note: {
    severity: 'info',
    confidence: { level: 'certain', reason: 'it is so' },
    text: '{pod:object} is noted.',
    remedy: [{ text: 'Nothing.' }],
  },
  either: {
    severity: ['critical', 'warning'],
    confidence: { level: 'certain', reason: 'it is so' },
    text: '{pod:object} is one of two.',
    remedy: [{ text: 'Mend it.' }],
  },
} as const;
const CHECKS = {
  good: { checklist: 'kong-data-plane', item: 'Good', expected: 'good', found: 'good' },
  quiet: { item: 'Quiet', expected: 'quiet', found: 'quiet' },
} as const;

type Analyze = Parameters<typeof defined>[0];

function defined(
  analyze: ReturnType<
    typeof defineAnalyzer<{ pods: typeof pods }, typeof MESSAGES, typeof CHECKS>
  >['analyze'],
) {
  return defineAnalyzer({
    meta: {
      id: 'workload/test',
      title: 'Test',
      description: 'Test.',
      messages: MESSAGES,
      checks: CHECKS,
      references: ['none'],
    },
    needs: { pods },
    analyze,
  });
}

/** Reports every pod as bad, once for each word of its label. */
const accuse: Analyze = (inputs, context) => {
  for (const item of inputs.pods.items) {
    for (const word of (item.metadata.labels?.words ?? 'x').split('.'))
      context.report({
        message: 'bad',
        values: { pod: subjectOf(item), word },
        subject: subjectOf(item),
        evidence: [context.at(item, '/status')],
      });
  }
  return undefined;
};
const silent: Analyze = () => undefined;
const onlyInfo: Analyze = (inputs, context) => {
  for (const item of inputs.pods.items)
    context.report({
      message: 'note',
      values: { pod: subjectOf(item) },
      subject: subjectOf(item),
      evidence: [context.at(item)],
    });
  return undefined;
};

const SHOP_ONLY = [
  { artifact: pods.id, scope: { type: 'namespace', namespace: 'shop' }, outcome: 'collected' },
] as const;

describe('the status of an analyzer', () => {
  it('is pass when all was seen and nothing found', () => {
    expect(runOn(defined(silent), { objects: [pod('web')] }).result).toMatchObject({
      status: 'pass',
      unseen: [],
      findings: 0,
    });
  });

  it('is unknown when nothing was found and something was not seen', () => {
    const { result } = runOn(defined(silent), { objects: [pod('web')], rows: SHOP_ONLY });

    expect(result.status).toBe('unknown');
    expect(result.unseen).toHaveLength(1);
  });

  it('is fail with what was found in the part that was seen, and says what was not', () => {
    const { result, findings } = runOn(defined(accuse), { objects: [pod('web')], rows: SHOP_ONLY });

    expect(result.status).toBe('fail');
    expect(result.unseen).toHaveLength(1);
    expect(findings).toHaveLength(1);
  });

  it('is not fail by information alone', () => {
    const run = runOn(defined(onlyInfo), { objects: [pod('web')] });

    expect(run.result).toMatchObject({ status: 'pass', findings: 1 });
  });

  it('is not changed by a kind that only explains', () => {
    const base = defined(silent);
    const analyzer = { ...base, needs: { ...base.needs, nodes: optional(nodes) } } as AnyAnalyzer;

    expect(runOn(analyzer, { forbidden: [nodes] }).result.status).toBe('pass');
    expect(runOn(analyzer, { forbidden: [pods] }).result.status).toBe('unknown');
  });

  it('is error when it throws, with its findings dropped and the reason told', () => {
    const run = runOn(
      defined((inputs, context) => {
        accuse(inputs, context);
        throw new Error('a bug');
      }),
      { objects: [pod('web')] },
    );

    expect(run.result).toMatchObject({ status: 'error', reason: 'a bug', findings: 0 });
    expect(run.findings).toEqual([]);
    expect(run.rows).toEqual([]);
  });

  it('is not-applicable or unknown as appliesTo says, without a look', () => {
    const base = defined(accuse);
    const given = { objects: [pod('web')] };
    const gap = { artifact: pods.id, scope: { type: 'cluster' }, outcome: 'skipped', reason: 'no' } as const;

    const no: AnyAnalyzer = { ...base, appliesTo: () => ({ applies: false, reason: 'no such thing' }) };
    const unseen: AnyAnalyzer = { ...base, appliesTo: () => ({ applies: 'unseen', gaps: [gap] }) };

    expect(runOn(no, given).result).toMatchObject({ status: 'not-applicable', reason: 'no such thing' });
    expect(runOn(unseen, given).result).toMatchObject({ status: 'unknown', unseen: [gap], findings: 0 });
  });
});

describe('a finding', () => {
  function replica(hash: string, suffix: string) {
    return pod(`web-${hash}-${suffix}`, {
      metadata: { labels: { 'pod-template-hash': hash }, ...controlledBy('ReplicaSet', `web-${hash}`) },
    });
  }

  it('keeps its fingerprint through a rollout, while its id names the pod', () => {
    const [before] = runOn(defined(accuse), { objects: [replica('5d4f9', 'abcde')] }).findings;
    const [after] = runOn(defined(accuse), { objects: [replica('7c8d1', 'xyz12')] }).findings;

    expect(after?.fingerprint).toBe(before?.fingerprint);
    expect(after?.id).not.toBe(before?.id);
    expect(after?.rootOwner).toMatchObject({ kind: 'Deployment', name: 'web' });
  });

  it('has an id of its own, also when the same is said twice of the same object', () => {
    const words = { metadata: { labels: { words: 'x.y.x' } } };
    const { findings } = runOn(defined(accuse), {
      objects: [pod('web', words), pod('api', words), replica('5d4f9', 'a'), replica('5d4f9', 'b')],
    });

    expect(findings).toHaveLength(8);
    expect(new Set(findings.map((one) => one.id)).size).toBe(8);
  });

  it('has another fingerprint for another value of the key', () => {
    const { findings } = runOn(defined(accuse), {
      objects: [pod('web', { metadata: { labels: { words: 'x.y' } } })],
    });

    expect(new Set(findings.map((one) => one.fingerprint)).size).toBe(2);
  });

  it('has the severity and the confidence that were chosen for it', () => {
    const { findings } = runOn(
      defined((inputs, context) => {
        for (const item of inputs.pods.items)
          context.report({
            message: 'either',
            severity: 'warning',
            confidence: { level: 'possible', reason: 'half of it was seen' },
            values: { pod: subjectOf(item) },
            subject: subjectOf(item),
            since: '2026-01-01T00:00:00Z',
            evidence: [context.at(item)],
          });
        return undefined;
      }),
      { objects: [pod('web')] },
    );

    expect(findings[0]).toMatchObject({
      severity: 'warning',
      confidence: { level: 'possible' },
      since: '2026-01-01T00:00:00Z',
      related: [],
    });
  });
});

describe('checks', () => {
  const lookAt: Analyze = (inputs, context) => {
    for (const item of inputs.pods.items) {
      const subject = subjectOf(item);
      context.looked({ check: 'good', values: {}, subject });
      context.looked({ check: 'quiet', values: {}, subject });
      if (item.metadata.name === 'web-0') context.looked({ check: 'good', unseen: 'no log', subject });
    }
    return undefined;
  };

  it('are counted, and kept as rows only for a checklist, 200 of each', () => {
    const many = Array.from({ length: 250 }, (_, index) => pod(`web-${index}`));
    const { result, rows } = runOn(defined(lookAt), { objects: many });

    expect(result.looked).toEqual({ good: 250, quiet: 250 });
    expect(rows).toHaveLength(200);
    expect(rows.every((row) => row.checkId === 'good')).toBe(true);
  });

  it('tell apart what was fine and what could not be seen', () => {
    const { rows } = runOn(defined(lookAt), { objects: [pod('web-0')] });

    expect(rows.map(({ state, reason }) => [state, reason])).toEqual([
      ['fine', undefined],
      ['unseen', 'no log'],
    ]);
  });

  it('get no bad row from a finding that names others', () => {
    const analyzer = defined((inputs, context) => {
      for (const item of inputs.pods.items) {
        const values = { pod: subjectOf(item), word: 'x' };
        const evidence = [context.at(item)] as const;
        context.report({ message: 'bad', values, subject: subjectOf(item), evidence, checks: [] });
      }
      return undefined;
    }) as AnyAnalyzer;

    const { findings, rows } = runOn(analyzer, { objects: [pod('web')] });

    expect(findings).toHaveLength(1);
    expect(rows).toEqual([]);
  });

  it('get a bad row from the finding that answers them', () => {
    const { rows, findings } = runOn(defined(accuse), { objects: [pod('web')] });

    expect(rows).toMatchObject([{ checkId: 'good', state: 'bad', findingId: findings[0]?.id }]);
  });
});

it('a report after the end is refused', () => {
  let late: (() => void) | undefined;
  runOn(
    defined((inputs, context) => {
      late = () => accuse(inputs, context);
      return undefined;
    }),
    { objects: [pod('web')] },
  );

  expect(late).toThrow('after analyze() had returned');
});

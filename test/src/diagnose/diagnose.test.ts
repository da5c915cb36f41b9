import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { catalogOf, finding, graphOf, linesOf, message, object, unknownResult } from './diagnosis-fixture.ts';

const web1 = object('Pod', 'web-1');
const web2 = object('Pod', 'web-2');
const web = object('Service', 'web');
const node1 = object('Node', 'node-1');

const MESSAGES = {
  'node/not-ready:down': message({
    effect: 'node-not-ready',
    explains: [{ effect: 'pod-not-starting', via: ['runs'] }],
  }),
  'workload/crash-loop:crash': message({
    effect: 'pod-crashing',
    explains: [{ effect: 'service-without-endpoints', via: ['selected-by'] }],
  }),
  'workload/image:pull': message({
    effect: 'pod-not-starting',
    explains: [{ effect: 'service-without-endpoints', via: ['selected-by'] }],
    groupBy: ['host'],
  }),
  'network/service:empty': message({
    effect: 'service-without-endpoints',
    explains: [{ effect: 'data-plane-not-connected', via: ['same-object'] }],
  }),
  'kong/link:broken': message({ effect: 'data-plane-not-connected' }),
  'certificate/expired:old': message(),
};
const SELECTS = {
  selects: [
    [web, web1],
    [web, web2],
  ],
} as const;

function pull(id: string, subject = web1, host = 'registry.example', parts: Partial<Finding> = {}): Finding {
  return finding(id, 'workload/image:pull', subject, { values: { host }, ...parts });
}

describe('the diagnosis', () => {
  it('puts a symptom under its cause', () => {
    const findings = [
      finding('service', 'network/service:empty', web),
      finding('crash', 'workload/crash-loop:crash', web1),
    ];

    expect(linesOf(findings, MESSAGES, SELECTS)).toEqual(['crash > service']);
  });

  it('follows chains from cause to symptom to symptom', () => {
    const findings = [
      finding('link', 'kong/link:broken', object('Pod', 'dp'), { related: [web] }),
      finding('service', 'network/service:empty', web),
      pull('pull'),
      finding('node', 'node/not-ready:down', node1),
    ];

    expect(linesOf(findings, MESSAGES, { ...SELECTS, runs: [[node1, web1]] })).toEqual([
      'node > pull service link',
    ]);
  });

  it('makes a cause of every fault nobody explains', () => {
    const findings = [
      finding('service', 'network/service:empty', object('Service', 'other')),
      finding('crash', 'workload/crash-loop:crash', web1),
      finding('old', 'certificate/expired:old', object('Secret', 'tls')),
    ];

    expect(linesOf(findings, MESSAGES, SELECTS)).toEqual(['old', 'service', 'crash']);
  });

  it('leaves information out, as cause and as symptom', () => {
    const info = { severity: 'info' } as const;
    const findings = [
      finding('crash', 'workload/crash-loop:crash', web1, info),
      finding('service', 'network/service:empty', web),
      finding('link', 'kong/link:broken', web, info),
    ];

    expect(linesOf(findings, MESSAGES, SELECTS)).toEqual(['service']);
  });

  it('lists a symptom under each of its causes', () => {
    const findings = [
      finding('service', 'network/service:empty', web),
      finding('crash', 'workload/crash-loop:crash', web1),
      pull('pull', web2),
    ];

    expect(linesOf(findings, MESSAGES, SELECTS)).toEqual(['crash > service', 'pull > service']);
  });

  it('makes one cause of findings that explain each other, led by the one that ranks first', () => {
    const circle = {
      'a/x:a': message({
        effect: 'pod-crashing',
        explains: [{ effect: 'pod-not-ready', via: ['same-object'] }],
      }),
      'b/y:b': message({
        effect: 'pod-not-ready',
        explains: [{ effect: 'pod-crashing', via: ['same-object'] }],
      }),
      'kong/link:broken': message({ effect: 'data-plane-not-connected' }),
    };
    const findings = [
      finding('second', 'b/y:b', web1, { severity: 'warning' }),
      finding('first', 'a/x:a', web1),
    ];

    expect(linesOf(findings, circle)).toEqual(['first+second']);
  });

  it('explains a whole circle when a cause outside explains one of it', () => {
    const circle = {
      'a/x:a': message({
        effect: 'pod-crashing',
        explains: [{ effect: 'pod-not-ready', via: ['same-object'] }],
      }),
      'b/y:b': message({
        effect: 'pod-not-ready',
        explains: [{ effect: 'pod-crashing', via: ['same-object'] }],
      }),
      'node/z:n': message({ explains: [{ effect: 'pod-not-ready', via: ['runs'] }] }),
    };
    const findings = [
      finding('a', 'a/x:a', web1),
      finding('b', 'b/y:b', web1),
      finding('n', 'node/z:n', node1),
    ];

    expect(linesOf(findings, circle, { runs: [[node1, web1]] })).toEqual(['n > b a']);
  });
});

describe('members of one cause', () => {
  it('have equal values of what the message groups by', () => {
    const findings = [pull('p1'), pull('p2', web2), pull('p3', object('Pod', 'api'), 'other.example')];

    expect(linesOf(findings, MESSAGES)).toEqual(['p1+p2', 'p3']);
  });

  it('are never of two messages or two analyzers', () => {
    const same = {
      'a/x:one': message({ groupBy: ['host'] }),
      'a/x:two': message({ groupBy: ['host'] }),
      'b/y:one': message({ groupBy: ['host'] }),
    };
    const values = { host: 'h' };
    const findings = Object.keys(same).map((of) => finding(of, of, web1, { values }));

    expect(linesOf(findings, same)).toHaveLength(3);
  });

  it('without groups have equal fingerprints: pods of one workload, never two workloads', () => {
    const parts = { fingerprint: 'web' };
    const findings = [
      finding('c1', 'workload/crash-loop:crash', web1, parts),
      finding('c2', 'workload/crash-loop:crash', web2, parts),
      finding('c3', 'workload/crash-loop:crash', object('Pod', 'api-1')),
    ];

    expect(linesOf(findings, MESSAGES)).toEqual(['c1+c2', 'c3']);
  });

  it('are left in their group when some of them are explained', () => {
    const findings = [pull('p1'), pull('p2', web2), finding('node', 'node/not-ready:down', node1)];

    expect(linesOf(findings, MESSAGES, { runs: [[node1, web1]] })).toEqual(['node > p1', 'p2']);
  });
});

describe('a cause', () => {
  const [first] = diagnose(
    [
      pull('p1', web1, 'h', { since: '2026-01-02T00:00:00Z', severity: 'warning' }),
      pull('p2', web2, 'h', { since: '2026-01-01T00:00:00Z' }),
      finding('service', 'network/service:empty', web),
    ],
    graphOf(SELECTS),
    catalogOf(MESSAGES),
    [],
  );

  it('has the worst severity, the earliest time, and the subjects of its members', () => {
    expect(first).toMatchObject({
      findingId: 'p2',
      severity: 'critical',
      since: '2026-01-01T00:00:00Z',
      members: ['p2', 'p1'],
      subjects: [web2, web1],
    });
  });

  it('reaches its symptoms, their objects and namespaces', () => {
    expect(first?.reach).toEqual({ findings: 1, objects: 3, namespaces: 1 });
  });

  it('names the analyzers that could have explained it but could not tell', () => {
    const [cause] = diagnose([pull('p')], graphOf(), catalogOf(MESSAGES), [
      unknownResult('node/not-ready'),
      unknownResult('workload/crash-loop'),
      unknownResult('workload/image'),
    ]);

    expect(cause?.unseenExplanations).toEqual(['node/not-ready']);
  });
});

it('every fault is a member or a symptom exactly where it belongs, in whatever order findings come', () => {
  const subjects = [web1, web2, web, node1];
  const kinds = Object.keys(MESSAGES);
  const any = fc.array(fc.record({ of: fc.constantFrom(...kinds), subject: fc.constantFrom(...subjects) }), {
    maxLength: 12,
  });
  const graph = graphOf({ ...SELECTS, runs: [[node1, web1]] });

  fc.assert(
    fc.property(any, (list) => {
      const findings = list.map(({ of, subject }, index) =>
        finding(`f${index}`, of, subject, { values: { host: 'h' } }),
      );
      const causes = diagnose(findings, graph, catalogOf(MESSAGES), []);
      const reversed = diagnose([...findings].reverse(), graph, catalogOf(MESSAGES), []);
      const members = causes.flatMap((cause) => cause.members);
      const covered = new Set([...members, ...causes.flatMap((cause) => cause.symptoms)]);

      expect(covered).toEqual(new Set(findings.map((one) => one.id)));
      expect(new Set(members).size).toBe(members.length);
      for (const cause of causes) expect(cause.symptoms.filter((id) => members.includes(id))).toEqual([]);
      expect(reversed.map((cause) => new Set(cause.members))).toEqual(
        causes.map((cause) => new Set(cause.members)),
      );
    }),
    { numRuns: 200, seed: 7 },
  );
});

import { describe, expect, it } from 'vitest';
import { explanations } from '../../../src/diagnose/explanations.ts';
import type { Relation } from '../../../src/model/effect.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { catalogOf, type Edges, finding, graphOf, message, object } from './diagnosis-fixture.ts';

const pod = object('Pod', 'web-1');
const deployment = object('Deployment', 'web');
const service = object('Service', 'web');
const node = object('Node', 'node-1');
const registry = { external: 'registry', name: 'registry.example' } as const;

function catalog(via: Relation) {
  return catalogOf({
    'a/cause:m': message({ explains: [{ effect: 'pod-not-ready', via: [via] }] }),
    'b/symptom:m': message({ effect: 'pod-not-ready' }),
    'b/other:m': message({ effect: 'pod-crashing' }),
    'b/none:m': message(),
  });
}

function explained(via: Relation, cause: Finding, symptom: Finding, edges: Edges = {}): boolean {
  return (
    explanations([cause, symptom], graphOf(edges), catalog(via)).get(cause.id)?.includes(symptom.id) ?? false
  );
}

function cause(subject: Finding['subject'], parts: Partial<Finding> = {}): Finding {
  return finding('cause', 'a/cause:m', subject, parts);
}

function symptom(subject: Finding['subject'], parts: Partial<Finding> = {}): Finding {
  return finding('symptom', 'b/symptom:m', subject, parts);
}

describe('a cause reaches a symptom', () => {
  it('about the same object, one the symptom names as related, or something external both name', () => {
    expect(explained('same-object', cause(pod), symptom(pod))).toBe(true);
    expect(explained('same-object', cause(node), symptom(pod, { related: [node] }))).toBe(true);
    expect(explained('same-object', cause(registry), symptom(pod, { related: [registry] }))).toBe(true);
    expect(
      explained('same-object', cause(pod, { related: [registry] }), symptom(node, { related: [registry] })),
    ).toBe(true);
    // A Service that names its pods is not what ails them.
    expect(explained('same-object', cause(service, { related: [pod] }), symptom(pod))).toBe(false);
    expect(explained('same-object', cause(pod), symptom(service))).toBe(false);
  });

  it('of what it owns, at any depth', () => {
    const set = object('ReplicaSet', 'web-1');
    const owner = [
      [pod, set],
      [set, deployment],
    ] as const;

    expect(explained('owns', cause(deployment), symptom(pod), { owner })).toBe(true);
    expect(explained('owns', cause(pod), symptom(deployment), { owner })).toBe(false);
    expect(explained('owned-by', cause(pod), symptom(deployment), { owner })).toBe(true);
    expect(explained('owned-by', cause(deployment), symptom(pod), { owner })).toBe(false);
  });

  it('of the pods its node runs, and of what names such a pod', () => {
    const runs = [[node, pod]] as const;

    expect(explained('runs', cause(node), symptom(pod), { runs })).toBe(true);
    expect(explained('runs', cause(node), symptom(service, { related: [pod] }), { runs })).toBe(true);
    expect(explained('runs', cause(object('Node', 'node-2')), symptom(pod), { runs })).toBe(false);
  });

  it('of the Service that selects its pod', () => {
    const selects = [[service, pod]] as const;

    expect(explained('selected-by', cause(pod), symptom(service), { selects })).toBe(true);
    expect(explained('selected-by', cause(service), symptom(pod), { selects })).toBe(false);
  });

  it('of the node its pod is placed on', () => {
    const runs = [[node, pod]] as const;

    expect(explained('placed-on', cause(pod), symptom(node), { runs })).toBe(true);
    expect(explained('placed-on', cause(node), symptom(pod), { runs })).toBe(false);
  });

  it('of what mounts or names it', () => {
    const claim = object('PersistentVolumeClaim', 'data');
    const uses = [[pod, claim]] as const;

    expect(explained('used-by', cause(claim), symptom(pod), { uses })).toBe(true);
    expect(explained('used-by', cause(pod), symptom(claim), { uses })).toBe(false);
  });

  it('of what calls or routes through its Service', () => {
    const route = object('Ingress', 'shop');
    const backs = [[route, service]] as const;

    expect(explained('backs', cause(service), symptom(route), { backs })).toBe(true);
    expect(explained('backs', cause(route), symptom(service), { backs })).toBe(false);
  });

  it('of the Service requests to which go by it', () => {
    const route = object('VirtualService', 'web');
    const fronts = [[route, service]] as const;

    expect(explained('fronts', cause(route), symptom(service), { fronts })).toBe(true);
    expect(explained('fronts', cause(service), symptom(route), { fronts })).toBe(false);
  });

  it('of the autoscaler of its workload', () => {
    const autoscaler = object('HorizontalPodAutoscaler', 'web');
    const scales = [[autoscaler, deployment]] as const;

    expect(explained('scaled-by', cause(deployment), symptom(autoscaler), { scales })).toBe(true);
    expect(explained('scaled-by', cause(autoscaler), symptom(deployment), { scales })).toBe(false);
  });

  it('in its namespace, when it rules over one', () => {
    const quota = object('ResourceQuota', 'compute');
    const elsewhere = { ...pod, namespace: 'other' };
    const namespace = { group: '', kind: 'Namespace', name: 'shop' };

    expect(explained('same-namespace', cause(quota), symptom(pod))).toBe(true);
    expect(explained('same-namespace', cause(quota), symptom(elsewhere))).toBe(false);
    expect(explained('same-namespace', cause(namespace), symptom(pod))).toBe(true);
    expect(explained('same-namespace', cause(quota), symptom(namespace))).toBe(true);
    expect(explained('same-namespace', cause(registry), symptom(registry))).toBe(false);
  });

  it('anywhere, when it is a component of the whole cluster', () => {
    expect(explained('cluster-wide', cause(object('Lease', 'kube-scheduler')), symptom(pod))).toBe(true);
  });
});

describe('a cause does not reach', () => {
  it('another effect, none, or itself', () => {
    expect(explained('same-object', cause(pod), finding('x', 'b/other:m', pod))).toBe(false);
    expect(explained('same-object', cause(pod), finding('x', 'b/none:m', pod))).toBe(false);
    const self = catalogOf({
      'a/self:m': message({
        effect: 'pod-not-ready',
        explains: [{ effect: 'pod-not-ready', via: ['same-object'] }],
      }),
    });
    expect(explanations([finding('self', 'a/self:m', pod)], graphOf(), self).size).toBe(0);
  });

  it('a relation it does not name', () => {
    expect(explained('same-object', cause(node), symptom(pod), { runs: [[node, pod]] })).toBe(false);
  });

  it('a symptom that began more than a minute before it', () => {
    const began = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
    const at = (causeAt: number, symptomAt: number) =>
      explained(
        'same-object',
        cause(pod, { since: began(causeAt) }),
        symptom(pod, { since: began(symptomAt) }),
      );

    expect(at(0, 3600)).toBe(true);
    expect(at(60, 0)).toBe(true);
    expect(at(61, 0)).toBe(false);
  });

  it('earlier only where both times are known and can be read', () => {
    const late = { since: '2026-01-02T00:00:00Z' };
    const early = { since: '2026-01-01T00:00:00Z' };

    expect(explained('same-object', cause(pod, late), symptom(pod))).toBe(true);
    expect(explained('same-object', cause(pod), symptom(pod, early))).toBe(true);
    expect(explained('same-object', cause(pod, { since: 'yesterday' }), symptom(pod, early))).toBe(true);
    expect(explained('same-object', cause(pod, late), symptom(pod, early))).toBe(false);
  });
});

it('one cause that reaches a symptom in several ways is told once', () => {
  const both = catalogOf({
    'a/cause:m': message({ explains: [{ effect: 'pod-not-ready', via: ['same-object', 'cluster-wide'] }] }),
    'b/symptom:m': message({ effect: 'pod-not-ready' }),
  });

  expect(explanations([cause(pod, { related: [pod] }), symptom(pod)], graphOf(), both).get('cause')).toEqual([
    'symptom',
  ]);
});

it('looks at each object a fixed number of times: ten times the findings, ten times the questions', () => {
  function questions(count: number): number {
    let asked = 0;
    const graph = graphOf();
    const counting = {
      ...graph,
      nodeOf(key: string) {
        asked += 1;
        return graph.nodeOf(key);
      },
    };
    const faults = Array.from({ length: count }, (_, index) => [
      finding(`c${index}`, 'a/cause:m', object('Pod', `p${index}`)),
      finding(`s${index}`, 'b/symptom:m', object('Pod', `p${index}`)),
    ]).flat();

    expect(explanations(faults, counting, catalog('same-object')).size).toBe(count);
    return asked;
  }

  expect(questions(500)).toBe(10 * questions(50));
});

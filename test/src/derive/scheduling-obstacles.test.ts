import { describe, expect, it } from 'vitest';
import type { NodeItem, PodItem } from '../../../src/artifacts/resources.ts';
import type { NodeRoom } from '../../../src/derive/node-room.ts';
import type { ObstacleKind } from '../../../src/derive/scheduling-message.ts';
import {
  type Candidate,
  classObstacles,
  demandOf,
  lacksOf,
  mainObstacle,
  nearest,
  shortages,
} from '../../../src/derive/scheduling-obstacles.ts';
import { node, pod } from '../../support/builders.ts';

const ALL: ReadonlySet<ObstacleKind> = new Set();
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

function room(free: Record<string, number | undefined>): NodeRoom {
  const holder = { group: '', kind: 'Pod', namespace: 'shop', name: 'other' };
  return {
    allocatable: () => 8,
    free: (name, resource) => (resource === 'cpu' ? free[name] : 100),
    portHolder: (name, port) => (name === 'taken' && port === '8080/TCP' ? holder : undefined),
  };
}

function obstaclesOn(
  asked: PodItem,
  one: NodeItem,
  offered: NodeRoom,
  kinds: ReadonlySet<ObstacleKind>,
): Candidate {
  const short = shortages(demandOf(asked, kinds), one.metadata.name, offered);
  return { node: one, obstacles: [...classObstacles(asked, one, kinds), ...short] };
}

function target(name: string, spec: Record<string, unknown> = {}): NodeItem {
  return node(name, { spec }) as unknown as NodeItem;
}

function tainted(name: string, key: string): NodeItem {
  return target(name, { taints: [{ key, effect: 'NoSchedule' }] });
}

function asking(cpu: string, spec: Record<string, unknown> = {}): PodItem {
  const containers = [{ name: 'app', resources: { requests: { cpu } } }];
  return pod('web', { spec: { containers, ...spec } }) as unknown as PodItem;
}

function nearestOf(asked: PodItem, nodes: readonly NodeItem[], free: Record<string, number | undefined>) {
  return nearest(nodes.map((one) => obstaclesOn(asked, one, room(free), ALL)));
}

describe('the nearest node', () => {
  it('is the roomiest of those that are short of a resource', () => {
    const near = nearestOf(asking('4'), [target('a'), target('b')], { a: 1, b: 3 });

    expect(near.map((one) => one.node.metadata.name)).toEqual(['b', 'a']);
  });

  it('is none of the control plane while another node has an obstacle of its own', () => {
    const near = nearestOf(asking('4'), [tainted('cp', CONTROL_PLANE), target('a')], { cp: 8, a: 1 });

    expect(near.map((one) => one.node.metadata.name)).toEqual(['a']);
  });

  it('is one that would do if it were well again', () => {
    const sick = tainted('sick', 'node.kubernetes.io/not-ready');
    const near = nearestOf(asking('4'), [sick, target('a')], { sick: 8, a: 1 });

    expect(near.map((one) => one.node.metadata.name)).toEqual(['sick']);
  });

  it('is none when a node has no obstacle: then something else is in the way', () => {
    expect(nearestOf(asking('1'), [target('a'), target('b')], { a: 1, b: 0 })).toEqual([]);
    expect(nearest([])).toEqual([]);
  });
});

describe('an obstacle', () => {
  it('is a cordon even before its taint is set, unless it is tolerated', () => {
    const cordoned = target('a', { unschedulable: true });
    const tolerations = [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }];
    const kindsOn = (asked: PodItem) =>
      obstaclesOn(asked, cordoned, room({ a: 8 }), ALL).obstacles.map((one) => one.kind);

    expect(kindsOn(asking('1'))).toEqual(['cordoned']);
    expect(kindsOn(asking('1', { tolerations }))).toEqual([]);
  });

  it('is no shortage while it is not known what is left, unless the node is too small altogether', () => {
    const on = (cpu: string) => obstaclesOn(asking(cpu), target('a'), room({ a: undefined }), ALL).obstacles;

    expect(on('6')).toEqual([]);
    expect(on('9')).toMatchObject([{ kind: 'resource', resource: 'cpu', requested: 9, free: undefined }]);
  });

  it('counts only when the scheduler names its kind', () => {
    const candidate = obstaclesOn(asking('4'), tainted('a', 'dedicated'), room({ a: 1 }), new Set(['taint']));

    expect(candidate.obstacles.map((one) => one.kind)).toEqual(['taint']);
  });

  it('that weighs most is the main one', () => {
    const both = obstaclesOn(asking('4'), tainted('a', 'dedicated'), room({ a: 1 }), ALL);

    expect(mainObstacle(both)?.kind).toBe('taint');
    expect(lacksOf(both)).toEqual(['toleration of dedicated:NoSchedule', 'cpu 3']);
  });

  it('is a host port that another pod holds', () => {
    const containers = [{ name: 'app', ports: [{ containerPort: 80, hostPort: 8080 }] }];
    const on = (name: string) => obstaclesOn(asking('1', { containers }), target(name), room({}), ALL);

    expect(on('taken').obstacles).toMatchObject([
      { kind: 'hostPort', port: '8080/TCP', holder: { name: 'other' } },
    ]);
    expect(on('open').obstacles).toEqual([]);
  });
});

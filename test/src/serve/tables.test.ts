import { describe, expect, it } from 'vitest';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { ago, containerStatus, deployment, event, node, pod } from '../../support/builders.ts';
import { OBSERVED } from '../../support/given.ts';
import { collected, type Got, kindOf, list, namespace, serve } from './served-bundle.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const ending = () => ({ observedAt: { time: OBSERVED, source: 'server-date', errorSeconds: 1 } as const });

/** Rows as kubectl prints them without `-o wide`, titles first. */
function printed({ json }: Got): unknown[][] {
  const shown = json.columnDefinitions.map((one: { priority: number }) => one.priority === 0);
  const cells = (row: unknown[]) => row.filter((_, index) => shown[index]);
  return [
    cells(json.columnDefinitions.map((one: { name: string }) => one.name.toUpperCase())),
    ...json.rows.map((row: { cells: unknown[] }) => cells(row.cells)),
  ];
}

async function tableOf(kind: string, objects: readonly object[], query = ''): Promise<Got> {
  const resource = kindOf(kind);
  const scope = resource.namespaced ? namespace('shop') : CLUSTER_SCOPE;
  const artifact = `resources:${resource.group || 'core'}/${kind}`;
  const { get } = await serve({
    entries: [list(resource, scope, objects, { ending })],
    coverage: [collected(artifact)],
  });
  const root = resource.group === '' ? '/api/v1' : `/apis/${resource.group}/${resource.version}`;
  return get(`${root}/${resource.plural}${query}`, { accept: TABLE });
}

function statuses(...all: object[]) {
  return { status: { containerStatuses: all } };
}

describe('what kubectl get prints', () => {
  it('of pods', async () => {
    const terminated = { reason: 'Error', exitCode: 1, finishedAt: ago(300) };
    const waiting = containerStatus('app', {
      ready: false,
      restartCount: 7,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated },
    });
    const done = containerStatus('app', {
      ready: false,
      state: { terminated: { reason: 'Completed', exitCode: 0 } },
    });
    const init = { initContainers: [{ name: 'setup' }, { name: 'more' }], containers: [{ name: 'app' }] };
    const initStatuses = [{ name: 'setup', state: { terminated: { exitCode: 2 } } }];
    const pods = [
      pod('fine'),
      pod('crashing', statuses(waiting)),
      pod('done', statuses(done)),
      pod('evicted', { status: { phase: 'Failed', reason: 'Evicted', containerStatuses: [] } }),
      pod('leaving', { metadata: { deletionTimestamp: ago(5) } }),
      pod('starting', {
        spec: init,
        status: {
          phase: 'Pending',
          conditions: [],
          initContainerStatuses: initStatuses,
          containerStatuses: [],
        },
      }),
      pod('waiting', { spec: {}, status: { phase: 'Pending', containerStatuses: [] } }),
    ];

    const table = await tableOf('Pod', pods);

    expect(printed(table)).toEqual([
      ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE'],
      ['fine', '1/1', 'Running', '0', '24h'],
      ['crashing', '0/1', 'CrashLoopBackOff', '7 (5m ago)', '24h'],
      ['done', '0/1', 'Completed', '0', '24h'],
      ['evicted', '0/1', 'Evicted', '0', '24h'],
      ['leaving', '1/1', 'Terminating', '0', '24h'],
      ['starting', '0/1', 'Init:ExitCode:2', '0', '24h'],
      ['waiting', '0/1', 'Pending', '0', '24h'],
    ]);
    expect(table.headers['content-type']).toBe('application/json;as=Table;v=v1;g=meta.k8s.io');
  });

  it('of nodes, deployments, events and any other kind', async () => {
    const cordoned = node('worker', {
      metadata: { labels: { 'node-role.kubernetes.io/edge': '' } },
      spec: { unschedulable: true },
    });
    const widget = { metadata: { name: 'w', namespace: 'shop', creationTimestamp: ago(90) } };
    const killed = event(pod('web'), {
      reason: 'Killing',
      message: 'Stopping container app\n',
      lastTimestamp: ago(30),
    });

    expect(printed(await tableOf('Node', [cordoned]))).toEqual([
      ['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION'],
      ['worker', 'Ready,SchedulingDisabled', 'edge', '24h', 'v1.34.1'],
    ]);
    expect(printed(await tableOf('Deployment', [deployment('web')]))[1]).toEqual(['web', '1/1', 1, 1, '24h']);
    expect(printed(await tableOf('Event', [killed]))).toEqual([
      ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'],
      ['30s', 'Warning', 'Killing', 'pod/web', 'Stopping container app'],
    ]);
    expect(printed(await tableOf('Widget', [widget]))).toEqual([
      ['NAME', 'AGE'],
      ['w', '90s'],
    ]);
  });

  it('of a custom resource, as its definition says', async () => {
    const definition = {
      metadata: { name: 'widgets.example.org' },
      spec: {
        versions: [
          { name: 'v1', additionalPrinterColumns: [{ name: 'Wrong', type: 'string', jsonPath: '.x' }] },
          {
            name: 'v1beta1',
            additionalPrinterColumns: [
              { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
              { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
              { name: 'First', type: 'string', jsonPath: '.spec.hosts[0]' },
              { name: 'Odd', type: 'string', jsonPath: '.spec.hosts[*].name' },
              { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
            ],
          },
        ],
      },
    };
    const widget = {
      metadata: { name: 'w', namespace: 'shop', creationTimestamp: ago(90) },
      spec: { size: 3, hosts: ['a', 'b'] },
      status: {
        conditions: [
          { type: 'Other', status: 'x' },
          { type: 'Ready', status: 'True' },
        ],
      },
    };
    const { get } = await serve({
      entries: [
        list(kindOf('CustomResourceDefinition'), CLUSTER_SCOPE, [definition], { ending }),
        list(kindOf('Widget'), namespace('shop'), [widget], { ending }),
      ],
      coverage: [collected('resources:example.org/Widget')],
    });

    expect(printed(await get('/apis/example.org/v1beta1/widgets', { accept: TABLE }))).toEqual([
      ['NAME', 'READY', 'SIZE', 'FIRST', 'ODD', 'AGE'],
      ['w', 'True', 3, 'a', null, '90s'],
    ]);
  });
});

describe('tables', () => {
  it('carry the metadata of each object, the whole object, or none, as asked for', async () => {
    const rows = async (query: string) => (await tableOf('Pod', [pod('web')], query)).json.rows[0].object;

    expect(await rows('')).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'web' } });
    expect((await rows('')).spec).toBeUndefined();
    expect((await rows('?includeObject=Object')).spec.nodeName).toBe('node-1');
    expect(await rows('?includeObject=None')).toBeUndefined();
  });

  it('hold one row for one object', async () => {
    const { get } = await serve({
      entries: [list(kindOf('Pod'), namespace('shop'), [pod('web')], { ending })],
      coverage: [collected('resources:core/Pod')],
    });

    const { json } = await get('/api/v1/namespaces/shop/pods/web', {
      accept: TABLE.replace('v=v1', 'v=v1beta1'),
    });

    expect(json).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1beta1' });
    expect(json.rows).toHaveLength(1);
  });
});

describe('the form of an answer', () => {
  const metadata = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

  it('may be metadata only', async () => {
    const { get } = await serve({
      entries: [list(kindOf('Pod'), namespace('shop'), [pod('web')])],
      coverage: [collected('resources:core/Pod')],
    });

    const { json } = await get('/api/v1/pods', { accept: metadata });
    const one = await get('/api/v1/namespaces/shop/pods/web', { accept: metadata.replace('List', '') });

    expect(json).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
    expect(Object.keys(json.items[0])).toEqual(['kind', 'apiVersion', 'metadata']);
    expect(one.json).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'web' } });
    expect(one.json.spec).toBeUndefined();
  });

  it('is plain JSON where protobuf is preferred, and refused where only protobuf is taken', async () => {
    const { get } = await serve({ coverage: [collected('resources:core/Pod')] });
    const protobuf = 'application/vnd.kubernetes.protobuf';

    expect((await get('/api/v1/pods', { accept: `${protobuf},application/json` })).json.kind).toBe('PodList');
    expect((await get('/api/v1/pods', { accept: '*/*' })).json.kind).toBe('PodList');
    expect((await get('/api/v1/pods', { accept: protobuf })).status).toBe(406);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { scopeKey } from '../../../src/model/scope.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { pack, read, unpack } from './layout-fixture.ts';
import { seenLines } from './seen-lines.ts';

function list(kind: string, ...items: object[]): string {
  return `${JSON.stringify({ kind: `${kind}List`, apiVersion: 'v1', metadata: {}, items }, null, 4)}\n`;
}

function yamlList(kind: string, name: string): string {
  return `apiVersion: v1\nitems:\n- metadata:\n    name: ${name}\nkind: ${kind}List\nmetadata: {}\n`;
}

function log(container: string, text: string, pod = 'shop/web-1'): string {
  const of = `logs for container ${container} of pod ${pod} ====`;
  return `==== START ${of}\n${text}==== END ${of}\n`;
}

const LOGS =
  log('init', 'prepared\n') +
  log('app', 'one\ntwo\n') +
  log('quiet', '') +
  log('open', 'without an end of line');
const LOG_LINES = [
  'log container/shop/web-1/app: one|two',
  'log container/shop/web-1/init: prepared',
  'log container/shop/web-1/open: without an end of line',
  'log container/shop/web-1/quiet: ',
];
const DUMP = {
  'nodes.json': list('Node', { metadata: { name: 'n1' } }),
  'shop/pods.json': list('Pod', { metadata: { name: 'web-1', namespace: 'shop' } }),
  'shop/events.json': list('Event'),
  'shop/web-1/logs.txt': LOGS,
};
const LINES = [
  'cluster whole: resources:core/Node n1',
  'namespace/shop whole: ',
  'namespace/shop whole: resources:core/Pod web-1',
];

async function logsOf(text: string) {
  const { reading, seen } = await read(unpack({ ...DUMP, 'shop/web-1/logs.txt': text }));
  return { reading, lines: seenLines(seen).filter((line) => line.startsWith('log ')) };
}

describe('a dump of cluster-info', () => {
  it.each([
    ['a folder', () => unpack(DUMP)],
    ['an archive', () => pack(DUMP)],
    [
      'an archive with a root',
      () => pack(Object.fromEntries(Object.entries(DUMP).map(([path, text]) => [`dump/${path}`, text]))),
    ],
    [
      'YAML',
      () =>
        unpack({
          'nodes.yaml': yamlList('Node', 'n1'),
          'shop/pods.yaml': yamlList('Pod', 'web-1'),
          'shop/events.yaml': 'apiVersion: v1\nitems: null\nkind: EventList\n',
          'shop/web-1/logs.txt': LOGS,
        }),
    ],
  ])('is read from %s', async (_name, make) => {
    const { reading, seen } = await read(make());

    expect(reading.layout.id).toBe('cluster-info-dump');
    expect(seenLines(seen)).toEqual([...LINES, ...LOG_LINES].sort());
    expect(reading.layout.absent?.('resources:core/Secret')).toContain('never');
    expect(reading.layout.absent?.('resources:apps/Deployment')).toBeUndefined();
  });

  it('gives no line to another container, whatever a container prints', async () => {
    const forged = log('victim', 'forged\n') + log('app', 'forged\n', 'other/pod').slice(0, -1);

    expect((await logsOf(log('app', `before\n${forged}\nafter\n`))).lines).toEqual([
      `log container/shop/web-1/app: ${`before\n${forged}\nafter`.replaceAll('\n', '|')}`,
    ]);
    expect((await logsOf(log('app', 'of another pod\n', 'other/pod') + log('app', 'mine\n'))).lines).toEqual([
      'log container/shop/web-1/app: mine',
    ]);
  });

  it('finds the end behind a line of any length', async () => {
    const long = 'x'.repeat(200_000);

    const { lines } = await logsOf(log('app', long) + log('next', 'ok\n'));

    expect(lines).toEqual([`log container/shop/web-1/app: ${long}`, 'log container/shop/web-1/next: ok']);
  });

  it('records a log that could not be read, which is no log', async () => {
    const { reading, lines } = await logsOf(
      log(
        'app',
        'Request log error: container "app" in pod "web-1" is waiting to start: ContainerCreating\n',
      ) +
        log('side', 'Request log error: pods "web-1" is forbidden: no\n') +
        log('late', 'fine\nRequest log error: a line of the container\n'),
    );

    expect(lines).toEqual(['log container/shop/web-1/late: fine|Request log error: a line of the container']);
    expect(reading.coverage.map(({ scope, outcome }) => `${scopeKey(scope)} ${outcome}`)).toEqual([
      'container/shop/web-1/app not-found',
      'container/shop/web-1/side forbidden',
    ]);
  });

  it.each([
    [
      'JSON',
      list('Node', { metadata: { name: 'n1' } }),
      list('Pod', { metadata: { name: 'web-1' } }),
      list('Event'),
    ],
    ['YAML', yamlList('Node', 'n1'), `---\n${yamlList('Pod', 'web-1')}`, ''],
  ])('printed in one go as %s is cut into its lists and logs', async (_name, ...texts) => {
    const text = texts.join('') + LOGS + log('app', 'else\n', 'shop/web-2');
    const file = join(temporaryFolder(), 'dump.txt');
    writeFileSync(file, text);
    const json = _name === 'JSON';

    for (const [input, stdin] of [[file], ['-', Readable.from([Buffer.from(text)])]] as const) {
      const { reading, seen } = await read(input, stdin ? { stdin } : {});

      expect(reading.layout.id).toBe('cluster-info-dump');
      expect(seenLines(seen)).toEqual(
        [
          'by items whole: resources:core/Node n1',
          'by items whole: resources:core/Pod web-1',
          ...(json ? ['by items whole: '] : []),
          ...LOG_LINES,
          'log container/shop/web-2/app: else',
        ].sort(),
      );
    }
  });

  it('of an old kubectl, with the names of Go, is read as the API has it', async () => {
    const pod = {
      Name: 'web-1',
      Namespace: 'shop',
      UID: 'u1',
      CreationTimestamp: '2018-01-01T00:00:00Z',
      Labels: { App: 'Web' },
      Spec: {
        NodeName: 'n1',
        SecurityContext: { HostNetwork: true, RunAsUser: null },
        Containers: [
          { Name: 'app', Resources: { Limits: { cpu: '1' } }, LivenessProbe: { HTTPGet: { Port: 80 } } },
        ],
      },
      Status: {
        PodIP: '10.0.0.1',
        QOSClass: 'Burstable',
        ContainerStatuses: [{ ContainerID: 'docker://1' }],
      },
    };
    const old = (item: object) =>
      JSON.stringify({ SelfLink: '/api/v1/pods', ResourceVersion: '5', Items: [item] }, null, 4);

    const { reading, seen } = await read(
      unpack({ 'nodes.json': old({ Name: 'n1' }), 'shop/pods.json': old(pod) }),
    );

    expect(reading.layout.id).toBe('cluster-info-dump');
    expect(seenLines(seen)).toEqual(LINES.filter((line) => !line.endsWith(': ')));
    const entry = seen.find(({ path }) => path === 'shop/pods.json')!.entry;
    if (entry.kind !== 'resources') throw new Error('no list');
    expect(JSON.parse(Buffer.from(entry.convert!(Buffer.from(old(pod)))).toString()).items).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'web-1',
          namespace: 'shop',
          uid: 'u1',
          creationTimestamp: '2018-01-01T00:00:00Z',
          labels: { App: 'Web' },
        },
        spec: {
          nodeName: 'n1',
          hostNetwork: true,
          securityContext: {},
          containers: [
            { name: 'app', resources: { limits: { cpu: '1' } }, livenessProbe: { httpGet: { port: 80 } } },
          ],
        },
        status: {
          podIP: '10.0.0.1',
          qosClass: 'Burstable',
          containerStatuses: [{ containerID: 'docker://1' }],
        },
      },
    ]);
  });
});

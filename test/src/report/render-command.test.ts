import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/model/message.ts';
import { quote, renderCommand } from '../../../src/report/render-command.ts';

const pod = { group: '', kind: 'Pod', namespace: 'payments', name: 'api-0' };
const ARGV = ['kubectl', 'describe', 'pod', '-n', '{pod.namespace}', '{pod.name}'];

describe('renderCommand', () => {
  it('puts name and namespace of an object in', () => {
    expect(renderCommand(ARGV, { pod })).toBe('kubectl describe pod -n payments api-0');
  });

  it('puts plain text and whole numbers in', () => {
    expect(renderCommand(['nc', '-zv', '{host}', '{port}'], { host: 'gw-cp.kong', port: 8005 })).toBe(
      'nc -zv gw-cp.kong 8005',
    );
  });

  it('takes the colon of RBAC names', () => {
    const role = { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node' };

    expect(renderCommand(['kubectl', 'get', 'clusterrole', '{role.name}'], { role })).toBe(
      'kubectl get clusterrole system:node',
    );
  });

  it.each([
    ['a shell operator', 'api-0;reboot'],
    ['a substitution', '$(reboot)'],
    ['a line end', 'api-0\nreboot'],
    ['a quote', "api'0"],
    ['an option', '--kubeconfig=x'],
    ['an upper-case name', 'Api'],
    ['nothing', ''],
    ['a name past 253 characters', 'a'.repeat(254)],
  ])('gives no command for a name that is %s', (_, name) => {
    expect(renderCommand(ARGV, { pod: { ...pod, name } })).toBeUndefined();
  });

  it.each([['a b'], ['-rf'], ['a`b'], ['x'.repeat(300)], ['名']])(
    'gives no command for the text %j',
    (host) => {
      expect(renderCommand(['ping', '{host}'], { host })).toBeUndefined();
    },
  );

  it('gives no command for a value that is missing, a list, or an object without its field', () => {
    const cases: readonly Readonly<Record<string, Value>>[] = [{}, { host: ['a'] }, { host: pod }];

    expect(cases.map((values) => renderCommand(['ping', '{host}'], values))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('gives no command when a namespaced command meets an object without namespace', () => {
    const node = { group: '', kind: 'Node', name: 'n1' };

    expect(renderCommand(['kubectl', '-n', '{pod.namespace}'], { pod: node })).toBeUndefined();
  });

  it('does not reach into the prototype of the values', () => {
    expect(renderCommand(['echo', '{constructor}'], {})).toBeUndefined();
  });

  it('quotes an argument the text itself brings', () => {
    const argv = ['kubectl', 'get', 'pod', '{pod.name}', '-o', 'jsonpath={range .a[*]}{.b}{end}'];

    expect(renderCommand(argv, { pod })).toBe("kubectl get pod api-0 -o 'jsonpath={range .a[*]}{.b}{end}'");
  });
});

describe('quote', () => {
  it('is undone by a POSIX shell, whatever the argument', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
        (argument) => {
          const read = execFileSync('sh', ['-c', `printf %s ${quote(argument)}`], { encoding: 'utf8' });

          expect(read).toBe(argument);
        },
      ),
      { numRuns: 40 },
    );
  });
});

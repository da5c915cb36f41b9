import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  documentPath,
  encodeSegment,
  logPath,
  readPath,
  resourcePath,
} from '../../../src/bundle/entry-path.ts';
import { checkedPath, READ_LIMITS } from '../../../src/bundle/limits.ts';
import type { Scope } from '../../../src/model/scope.ts';

describe('paths', () => {
  it('are those of the format', () => {
    expect(resourcePath('', 'pods', { type: 'namespace', namespace: 'shop' }, 0)).toBe(
      'resources/core/pods/shop.json',
    );
    expect(resourcePath('apps', 'deployments', { type: 'cluster' }, 2)).toBe(
      'resources/apps/deployments/_cluster.2.json',
    );
    const log = { type: 'container', namespace: 'shop', pod: 'web-1', container: 'app' } as const;
    expect(logPath(log, 0)).toBe('logs/shop/web-1/app.log');
    expect(logPath({ ...log, previous: true }, 0)).toBe('logs/shop/web-1/app.previous.log');
    expect(logPath({ type: 'unit', node: 'cp-1', unit: 'kubelet' }, 0)).toBe('logs/_node/cp-1/kubelet.log');
    expect(documentPath('api-server-version', { type: 'cluster' }, 0, 'json')).toBe(
      'documents/api-server-version/_cluster.json',
    );
    expect(
      documentPath('probe', { type: 'endpoint', endpoint: 'https://10.0.0.1:6443/livez' }, 1, 'text'),
    ).toBe('documents/probe/_endpoint/https%3A%2F%2F10.0.0.1%3A6443%2Flivez.1.txt');
  });

  it('never leave the archive, whatever a name holds', () => {
    for (const name of ['..', '.', '', '/', '../../etc/passwd', 'a\0b', 'a\\b', 'x'.repeat(5000), '\ud800']) {
      const path = resourcePath('', 'pods', { type: 'namespace', namespace: name }, 0);
      expect(checkedPath(path, READ_LIMITS)).toBe(path);
      for (const segment of path.split('/')) expect(Buffer.byteLength(segment)).toBeLessThan(256);
    }
  });

  it('stay apart for long names with the same beginning', () => {
    expect(encodeSegment(`${'x'.repeat(300)}a`)).not.toBe(encodeSegment(`${'x'.repeat(300)}b`));
  });
});

const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).filter((text) => text.isWellFormed()),
  fc.constantFrom('ip-10-0-0-1.eu.1', 'a.previous', 'system:node', '..', '_cluster', '_node'),
);
const scope: fc.Arbitrary<Scope> = fc.oneof(
  fc.constant({ type: 'cluster' } as const),
  fc.record({ type: fc.constant('namespace' as const), namespace: name }),
  fc.record({ type: fc.constant('node' as const), node: name }),
  fc.record({ type: fc.constant('unit' as const), node: name, unit: name }),
  fc.record({ type: fc.constant('endpoint' as const), endpoint: name }),
  fc.record({ type: fc.constant('object' as const), kind: name, namespace: name, name }),
  fc.record({ type: fc.constant('object' as const), kind: name, name }),
  fc.record({ type: fc.constant('container' as const), namespace: name, pod: name, container: name }),
);

describe('reading a path back', () => {
  it('gives artifact, scope and sample of any document', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('certificates', 'kong/clustering-status'),
        scope,
        fc.nat(20),
        (artifact, at, sample) => {
          const path = documentPath(artifact, at, sample, 'json');
          fc.pre(!path.includes('~'));

          expect(readPath(path)).toEqual({ type: 'document', artifact, scope: at, sample });
        },
      ),
    );
  });

  it('gives scope and sample of any log', () => {
    fc.assert(
      fc.property(
        name,
        name,
        name,
        fc.boolean(),
        fc.nat(20),
        (namespace, pod, container, previous, sample) => {
          const at = {
            type: 'container',
            namespace,
            pod,
            container,
            ...(previous ? { previous } : {}),
          } as const;
          const path = logPath(at, sample);
          fc.pre(!path.includes('~'));

          expect(readPath(path)).toEqual({ type: 'log', scope: at, sample });
        },
      ),
    );
  });

  it('gives scope and sample of any list', () => {
    fc.assert(
      fc.property(name, fc.nat(20), (namespace, sample) => {
        const at = { type: 'namespace', namespace } as const;
        const path = resourcePath('apps', 'deployments', at, sample);
        fc.pre(!path.includes('~'));

        expect(readPath(path)).toEqual({ type: 'resources', scope: at, sample });
      }),
    );
  });

  it('is undefined for any other path', () => {
    for (const path of [
      'a',
      'resources/a.json',
      'logs/a/b',
      'documents/a/b.json',
      'documents/a/_what/b.json',
    ])
      expect(readPath(path)).toBeUndefined();
  });
});

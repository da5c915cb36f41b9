import { describe, expect, it } from 'vitest';
import { readReview } from '../../../src/serve/protobuf-review.ts';

/** A field of bytes: its tag, its length, its content. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}

function message(kind: string, spec: Buffer): Buffer {
  const type = Buffer.concat([field(1, 'authorization.k8s.io/v1'), field(2, kind)]);
  const review = Buffer.concat([field(1, ''), field(2, spec), field(3, Buffer.from([8, 0]))]);
  return Buffer.concat([Buffer.from('k8s\0'), field(1, type), field(2, review), field(3, ''), field(4, '')]);
}

describe('a review in protobuf', () => {
  it('is read as what it would be in JSON', () => {
    const attributes = Buffer.concat([
      field(1, 'shop'),
      field(2, 'list'),
      field(3, 'apps'),
      field(5, 'deployments'),
    ]);

    expect(readReview(message('SelfSubjectAccessReview', field(1, attributes)))).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: { namespace: 'shop', verb: 'list', group: 'apps', resource: 'deployments' },
      },
    });
    expect(readReview(message('SelfSubjectRulesReview', field(1, 'shop')))).toMatchObject({
      spec: { namespace: 'shop' },
    });
  });

  it.each([
    ['of another kind', message('Pod', field(1, 'x'))],
    ['without its magic', Buffer.from('{}')],
    ['that is cut', message('SelfSubjectAccessReview', field(1, 'abc')).subarray(0, 40)],
    ['whose numbers never end', Buffer.concat([Buffer.from('k8s\0'), Buffer.alloc(9, 0xff)])],
  ])('%s is refused', (_, bytes) => {
    expect(() => readReview(bytes)).toThrow(/no review that is known here/);
  });
});

import { describe, expect, it } from 'vitest';
import { etcdStatus, type StoredEtcdctl } from '../../../src/artifacts/etcd-status.ts';
import { quoteLongIntegers } from '../../../src/artifacts/etcdctl-json.ts';
import { jsonBytes } from '../../../src/artifacts/json-bytes.ts';

const parse = (etcdctl: readonly StoredEtcdctl[], http: readonly object[] = []) =>
  etcdStatus.parse(jsonBytes({ etcdctl, http }));
// As etcdctl 3.5.30 and 3.6.13 print them.
const STATUS =
  '[{"Endpoint":"http://127.0.0.1:23800","Status":{"header":{"cluster_id":11005849259809973908,"member_id":13668033151171901709,"revision":18,"raft_term":2},"version":"3.5.30","dbSize":33378304,"leader":975050037397374526,"raftIndex":33,"raftTerm":2,"raftAppliedIndex":33,"errors":["memberID:13668033151171901709 alarm:NOSPACE "],"dbSizeInUse":26722304}}]';
const MEMBERS =
  '{"header":{"cluster_id":2375181864447732657,"member_id":9368506742490709939,"raft_term":2},"members":[{"ID":9368506742490709939,"name":"default","peerURLs":["http://127.0.0.1:25380"],"clientURLs":["http://127.0.0.1:25379"]},{"ID":7,"peerURLs":["http://127.0.0.1:25480"],"isLearner":true}]}';

describe('etcd-status', () => {
  it('keeps 64-bit ids whole', () => {
    const { statuses, members } = parse([
      { command: 'endpoint status', stdout: STATUS },
      { command: 'member list', stdout: MEMBERS },
    ]);

    expect(statuses).toEqual([
      {
        endpoint: 'http://127.0.0.1:23800',
        memberId: '13668033151171901709',
        clusterId: '11005849259809973908',
        version: '3.5.30',
        revision: '18',
        dbSize: 33_378_304,
        dbSizeInUse: 26_722_304,
        leader: '975050037397374526',
        raftTerm: 2,
        raftIndex: 33,
        raftAppliedIndex: 33,
        isLearner: false,
        errors: ['memberID:13668033151171901709 alarm:NOSPACE'],
      },
    ]);
    expect(members?.map(({ id, name, isLearner }) => ({ id, name, isLearner }))).toEqual([
      { id: '9368506742490709939', name: 'default', isLearner: false },
      { id: '7', name: '', isLearner: true },
    ]);
  });

  it('reads alarms, and tells none from not answered', () => {
    const raised =
      '{"header":{},"alarms":[{"memberID":13668033151171901709,"alarm":1},{"memberID":5,"alarm":2}]}';

    expect(parse([{ command: 'alarm list', stdout: raised }]).alarms).toEqual([
      { memberId: '13668033151171901709', alarm: 'NOSPACE' },
      { memberId: '5', alarm: 'CORRUPT' },
    ]);
    expect(parse([{ command: 'alarm list', stdout: '{}' }]).alarms).toEqual([]);
    expect(
      parse([{ command: 'alarm list', stderr: 'Error: context deadline exceeded' }]).alarms,
    ).toBeUndefined();
  });

  it('takes endpoints that gave no status from stderr', () => {
    const { unreachable, failures } = parse([
      {
        command: 'endpoint status --cluster',
        stdout: STATUS,
        stderr:
          '{"level":"warn","msg":"retrying"}\nFailed to get the status of endpoint http://127.0.0.1:23810 (context deadline exceeded)\n',
      },
      { command: 'member list', stdout: '', stderr: '{"level":"warn"}\nError: context deadline exceeded\n' },
      { command: 'endpoint health', error: 'exec was refused' },
    ]);

    expect(unreachable).toEqual([{ endpoint: 'http://127.0.0.1:23810', error: 'context deadline exceeded' }]);
    expect(failures).toEqual([
      { command: 'member list', error: 'context deadline exceeded' },
      { command: 'endpoint health', error: 'exec was refused' },
    ]);
  });

  it('reads the replies of the metrics port', () => {
    const { http, version } = parse(
      [],
      [
        { path: '/health', status: 503, text: '{"health":"false","reason":"RAFT NO LEADER"}' },
        {
          path: '/readyz',
          status: 503,
          text: '[+]data_corruption ok\n[-]linearizable_read failed: context canceled\n',
        },
        { path: '/livez', error: 'connection refused' },
        { path: '/version', status: 200, text: '{"etcdserver":"3.5.30","etcdcluster":"3.5.0"}' },
      ],
    );

    expect(version).toBe('3.5.30');
    expect(http).toEqual([
      { path: '/health', ok: false, reason: 'RAFT NO LEADER', checks: [] },
      {
        path: '/readyz',
        ok: false,
        checks: [
          { name: 'data_corruption', ok: true, detail: 'ok' },
          { name: 'linearizable_read', ok: false, detail: 'failed: context canceled' },
        ],
      },
      { path: '/livez', ok: false, reason: 'connection refused', checks: [] },
    ]);
  });

  it('refuses a document that holds nothing', () => {
    expect(() => parse([])).toThrow('nothing etcd answered');
  });

  it('leaves digits inside strings alone', () => {
    const text = '{"a":"x:1234567890123456789, \\" ,9999999999999999999}","b":[1234567890123456789,12]}';

    expect(quoteLongIntegers(text)).toBe(
      '{"a":"x:1234567890123456789, \\" ,9999999999999999999}","b":["1234567890123456789",12]}',
    );
  });
});

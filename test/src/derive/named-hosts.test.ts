import { expect, it } from 'vitest';
import { namedHosts } from '../../../src/derive/named-hosts.ts';

function hosts(container: object): string[] {
  return namedHosts({ name: 'app', ...container } as Parameters<typeof namedHosts>[0]).map(
    ({ host, port }) => (port === undefined ? host : `${host}:${port}`),
  );
}

it.each([
  ['DB_HOST', 'db', ['db']],
  ['DB_URL', 'postgres://user:pa%40ss@db:5432/shop?sslmode=off', ['db:5432']],
  ['JDBC_URL', 'jdbc:mysql://db.shop.svc:3306/x', ['db.shop.svc:3306']],
  ['API', 'http://web/path', ['web']],
  ['KAFKA_BROKERS', 'k-0:9092,k-1:9092', ['k-0:9092', 'k-1:9092']],
  ['DSN', 'user:pw@tcp(db:3306)/shop', ['db:3306']],
  ['ANY', 'say db.shop.svc.cluster.local', ['db.shop.svc.cluster.local']],
])('%s=%s names %j', (name, value, expected) => {
  expect(hosts({ env: [{ name, value }] })).toEqual(expected);
});

it.each([
  ['LISTEN_ADDR', '0.0.0.0:80'],
  ['POD_HOST', 'me'],
  ['TIME', '12:30'],
  ['RUN_AS', 'user:1000'],
  ['REF_URL', 'http://$(HOST):80'],
])('%s=%s names none', (name, value) => {
  expect(hosts({ env: [{ name, value }] })).toEqual([]);
});

it('options of the command line are read by their names', () => {
  expect(hosts({ command: ['run'], args: ['--db-addr=db:5432', '--user=u:1000', 'http://web:80'] })).toEqual([
    'db:5432',
    'web:80',
  ]);
});

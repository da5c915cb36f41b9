import { describe, expect, it } from 'vitest';
import { waitTarget } from '../../../src/derive/init-wait.ts';

function targetOf(command: string, env: { name: string; value?: string }[] = []) {
  return waitTarget({ spec: { name: 'wait', command: ['sh', '-c'], args: [command], env } });
}

describe('waitTarget', () => {
  it.each([
    ['until nc -z -v -w 2 db 5432; do sleep 1; done', { host: 'db', port: 5432 }],
    ['while ! nc -zv redis.cache.svc 6379; do :; done', { host: 'redis.cache.svc', port: 6379 }],
    ['./wait-for-it.sh -t 30 kafka:9092 -- echo ok', { host: 'kafka', port: 9092 }],
    ['dockerize -wait tcp://mq:5672 -timeout 60s', { host: 'mq', port: 5672 }],
    ['until (echo > /dev/tcp/api/80); do sleep 1; done', { host: 'api', port: 80 }],
    ['until pg_isready -U app -h orders-db -p 5433; do sleep 1; done', { host: 'orders-db', port: 5433 }],
    ['until mysqladmin ping -hmysql --silent; do sleep 1; done', { host: 'mysql' }],
    ['until redis-cli --host=cache ping; do sleep 1; done', { host: 'cache' }],
    ['curl -sf --retry 9 http://auth.idp:8080/ready', { host: 'auth.idp', port: 8080 }],
    ['wget -q -O- https://Auth.example.com/x', { host: 'auth.example.com' }],
    [
      'until nslookup mysvc.shop.svc.cluster.local.; do sleep 2; done',
      { host: 'mysvc.shop.svc.cluster.local' },
    ],
    ['getent hosts web', { host: 'web' }],
    ['npm run migrate', undefined],
    ['nc -z localhost 80', undefined],
    ['nc -z $UNKNOWN 80', undefined],
  ])('of %s', (command, expected) => {
    expect(targetOf(command)).toEqual(expected);
  });

  it('fills in the plain variables of the container', () => {
    const env = [
      { name: 'HOST', value: 'db' },
      { name: 'PORT', value: '5432' },
    ];

    expect(targetOf(['nc -z $', '{HOST:-x} $(PORT)'].join(''), env)).toEqual({ host: 'db', port: 5432 });
    expect(targetOf('nc -z $HOST $PORT', [{ name: 'HOST' }])).toBeUndefined();
  });

  it('knows nothing of the command of the image', () => {
    expect(waitTarget({ spec: { name: 'wait' } })).toBeUndefined();
  });
});

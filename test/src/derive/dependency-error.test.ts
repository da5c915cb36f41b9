import { describe, expect, it } from 'vitest';
import { dependencyError } from '../../../src/derive/dependency-error.ts';

describe('an error of a dependency', () => {
  it.each([
    [
      'dial tcp 10.96.0.9:5432: connect: connection refused',
      { failure: 'refused', host: '10.96.0.9', port: 5432 },
    ],
    [
      'Get "http://api.shop:8080/v1": dial tcp 10.96.0.9:8080: connect: connection refused',
      { failure: 'refused', host: 'api.shop', port: 8080 },
    ],
    ['Error: connect ECONNREFUSED 10.96.0.9:5432', { failure: 'refused', host: '10.96.0.9', port: 5432 }],
    ['Error: connect ECONNREFUSED ::1:5432', { failure: 'refused', host: '::1', port: 5432 }],
    [
      'connection to server at "db" (10.96.0.9), port 5432 failed: Connection refused',
      { failure: 'refused', host: 'db', port: 5432 },
    ],
    [
      "Can't connect to MySQL server on 'db:3306' (111) Connection refused",
      { failure: 'refused', host: 'db', port: 3306 },
    ],
    [
      'Connect to db.shop:9200 [db.shop/10.0.0.2] failed: Connection refused (Connection refused)',
      { failure: 'refused', host: 'db.shop', port: 9200 },
    ],
    [
      'Connection to node -1 (kafka/10.1.1.1:9092) could not be established. Connection refused',
      { failure: 'refused', host: 'kafka', port: 9092 },
    ],
    [
      'amqp://user:secret@rabbit:5672/: dial tcp: connection refused',
      { failure: 'refused', host: 'rabbit', port: 5672 },
    ],
    ['java.net.ConnectException: Connection refused (Net.java:456)', { failure: 'refused' }],
    ['dial tcp: lookup db.shop on 10.96.0.10:53: no such host', { failure: 'nameUnknown', host: 'db.shop' }],
    [
      'dial tcp: lookup db on 10.96.0.10:53: read udp 10.1.0.7:4->10.96.0.10:53: i/o timeout',
      { failure: 'nameUnknown', host: 'db' },
    ],
    ['Error: getaddrinfo ENOTFOUND db.shop.svc', { failure: 'nameUnknown', host: 'db.shop.svc' }],
    ['java.net.UnknownHostException: db: Name or service not known', { failure: 'nameUnknown', host: 'db' }],
    [
      'could not translate host name "db" to address: Temporary failure in name resolution',
      { failure: 'nameUnknown', host: 'db' },
    ],
    ['dial tcp 192.0.2.7:443: i/o timeout', { failure: 'timeout', host: '192.0.2.7', port: 443 }],
    [
      'read tcp 10.1.0.7:40512->10.96.0.9:5432: i/o timeout',
      { failure: 'timeout', host: '10.96.0.9', port: 5432 },
    ],
    [
      'Post "https://api.example/x": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      { failure: 'tls', host: 'api.example' },
    ],
    [
      "ERROR 1045 (28000): Access denied for user 'app'@'10.1.0.7' (using password: YES)",
      { failure: 'credentials' },
    ],
    ['FATAL:  password authentication failed for user "app"', { failure: 'credentials' }],
    ['NOAUTH Authentication required.', { failure: 'credentials' }],
    ['kafka: SASL authentication failed', { failure: 'credentials' }],
    ['FATAL: sorry, too many clients already', { failure: 'tooManyConnections' }],
    ['ERROR: cannot execute INSERT in a read-only transaction', { failure: 'readOnly' }],
    ["READONLY You can't write against a read only replica.", { failure: 'readOnly' }],
    ['could not extend file "base/1": No space left on device', { failure: 'noSpace' }],
  ])('%s', (line, expected) => {
    expect(dependencyError(line)).toEqual(expected);
  });

  it.each([
    ['panic: runtime error: index out of range [3] with length 3'],
    ['Error: Cannot find module "./app"'],
    ['open /data/x: Read-only file system'],
    ['user bob: authentication failed'],
  ])('is none: %s', (line) => {
    expect(dependencyError(line)).toBeUndefined();
  });
});

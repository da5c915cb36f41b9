import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createObfuscation, OBFUSCATED, reveal } from '../../../src/redact/obfuscate.ts';

const KEY = Buffer.alloc(32, 3);

function obfuscation() {
  const made = createObfuscation(KEY, new Set(OBFUSCATED));
  for (const name of ['worker-1', 'worker-12', 'node9.k8s.corp.example.org']) made.learnHost(name);
  for (const name of ['tulip', 'tulip-prod-eu', 'kube-system', 'data']) made.learnNamespace(name);
  return made;
}

function hide(text: string): { readonly text: string; readonly shown: string; readonly count: number } {
  const made = obfuscation();
  const hidden = made.hide(text);
  return { ...hidden, shown: reveal(hidden.text, made.pseudonyms()) };
}

const ADDRESS = hide('10.1.2.3').text;
const TULIP = hide('tulip').text;
const WORKER = hide('worker-1').text;

describe('names', () => {
  it.each([
    'api.tulip.svc.cluster.local',
    '/api/v1/namespaces/tulip/pods',
    'system:serviceaccount:tulip:default',
    '"line\\ntulip x"',
    '"a\\\\ntulip"',
    '\\u003ctulip\\u003e',
    'a%2Ftulip%2Fb',
    '\u001b[32mtulip\u001b[0m',
    '\\u001b[32mtulip',
    'tulip_db, tulip-api-7d4b8c6f9d-5p2mk',
  ])('are replaced in %j, equally everywhere, and back', (text) => {
    const hidden = hide(text);
    expect(hidden.text).toBe(text.replaceAll('tulip', TULIP));
    expect(hidden.shown).toBe(text);
  });

  it.each(['tulips and mytulip', 'kube-system', '{"data":{}}', 'tulip2'])('are left in %s', (text) => {
    expect(hide(text)).toMatchObject({ text, count: 0 });
  });

  it('the longest name counts', () => {
    expect(hide('worker-12').text).not.toContain(WORKER);
    expect(hide('tulip-prod-eu').text).not.toContain(TULIP);
    expect(hide('etcd-worker-1 etcd-worker-12').shown).toBe('etcd-worker-1 etcd-worker-12');
  });

  it('of hosts keep how their domains lie within each other', () => {
    const [node, domain, base] = ['node9.k8s.corp.example.org', '*.corp.example.org', 'example.org'].map(
      (text) => hide(text).text,
    );
    expect(node).toMatch(/^[a-z0-9]+\.k8s\./);
    expect(node?.endsWith(domain?.slice(1) ?? '?')).toBe(true);
    expect(domain?.endsWith(`.${base}`)).toBe(true);
    expect(hide('node9.k8s.corp.example.org:6443').shown).toBe('node9.k8s.corp.example.org:6443');
  });

  it('stand for others that obey the rules of Kubernetes and are no longer', () => {
    for (const text of ['tulip', 'tulip-prod-eu', 'worker-1']) {
      expect(hide(text).text).toMatch(/^[a-z][a-z0-9]{2,9}$/);
      expect(hide(text).text.length).toBeLessThanOrEqual(text.length);
    }
  });

  it('get the pseudonyms they had before', () => {
    const made = createObfuscation(KEY, new Set(OBFUSCATED), new Map([['tulip', 'zo1xx']]));
    made.learnNamespace('tulip');
    expect(made.hide('tulip').text).toBe('zo1xx');
  });

  it('are told apart however many there are', () => {
    const made = createObfuscation(KEY, new Set(OBFUSCATED));
    const names = Array.from({ length: 2000 }, (_, at) => `n${at.toString(36)}q`);
    for (const name of names) made.learnNamespace(name);
    expect(new Set(names.map((name) => made.hide(name).text)).size).toBe(names.length);
    expect(reveal(made.hide(names.join(' ')).text, made.pseudonyms())).toBe(names.join(' '));
  });

  it('of clusters and their users may hold more than hosts do', () => {
    const made = obfuscation();
    const names = [
      'arn:aws:eks:eu-west-1:123456789012:cluster/blossom',
      'jane@blossom',
      'default/api-rose:6443/jane',
    ];
    for (const name of names) made.learnHost(name);
    for (const name of names) expect(made.hide(`"${name}"`).text).toMatch(/^"[a-z0-9]+"$/);
    made.learnHost('fd00::7');
    expect(made.hide('fd00::7').text).toMatch(/^fd00:/);
  });

  it('of kinds that were not asked for stay', () => {
    const made = createObfuscation(KEY, new Set(['ip']));
    made.learnHost('worker-1');
    made.learnNamespace('tulip');
    expect(made.hide('worker-1 tulip').count).toBe(0);
    const named = createObfuscation(KEY, new Set(['namespace']));
    expect(named.hide('10.1.2.3').count).toBe(0);
  });
});

describe('addresses', () => {
  it.each([
    'dial tcp 10.1.2.3:443: refused',
    '{"ip":"10.1.2.3"}',
    'http://10.1.2.3/',
    'from 10.1.2.3.',
    '"line\\n10.1.2.3 x"',
    '\u001b[32m10.1.2.3\u001b[0m',
    'http%3A%2F%2F10.1.2.3%2F',
    '10.1.2.3,10.1.2.3',
    'user_10.1.2.3',
  ])('are replaced in %j, equally everywhere, and back', (text) => {
    const hidden = hide(text);
    expect(hidden.text).toBe(text.replaceAll('10.1.2.3', ADDRESS));
    expect(hidden.shown).toBe(text);
  });

  it.each([
    'ip-10-1-2-3.eu-central-1.compute.internal',
    'etcd-ip-10-1-2-3',
    '10-1-2-3.tulips.pod.cluster.local',
  ])('are replaced within the name %s, and back', (text) => {
    const hidden = hide(text);
    expect(hidden.text).toBe(text.replace('10-1-2-3', ADDRESS.replaceAll('.', '-')));
    expect(hidden.shown).toBe(text);
  });

  it.each([
    'fd00:1:2::5',
    '[2001:db8:1:2::9]:443',
    'fd00:1:2::5: connection refused',
    'fd00:10:96::/112',
    'fd00:1:2:3:4:5:6:7',
  ])('of version 6 are replaced in %s, and back', (text) => {
    const hidden = hide(text);
    expect([hidden.count, hidden.text === text, hidden.shown]).toEqual([1, false, text]);
  });

  it.each([
    'v10.1.2.3 and kong:3.4.3.12 and "version":"3.4.3.12-enterprise"',
    'version 3.4.3.12',
    'image registry.example/kong-server:3.4.3.12, upstream/3.4.3.12',
    '2026-03-01T09:30:00.000Z took 12:34:56',
    'mac aa:bb:cc:dd:ee:ff, a std::vector, 1.2.3',
    '999.1.1.1 and 10.1.2.3.4 and 1.22.333.4444',
    'pod web-10-20-30-40 at 2026-03-01',
    '127.0.0.1:8080, 0.0.0.0/0, ::1, 169.254.169.254',
    'sha256:0123456789abcdef',
  ])('are not seen in %s', (text) => expect(hide(text)).toEqual({ text, count: 0, shown: text }));

  it.each(['3.120.4.5:443', 'https://3.120.4.5/', '"ip": "3.120.4.5"', 'bob@5.9.1.2', '3.120.0.0/16'])(
    'such as %s are known from a version, and back',
    (text) => {
      expect(hide(text).text).not.toBe(text);
      expect(hide(text).shown).toBe(text);
    },
  );

  it('keep ranges and what they hold', () => {
    const { text, shown } = hide('10.244.0.0/16 holds 10.244.7.9');
    const [, range, address] = /^(\d+\.\d+)\.0\.0\/16 holds (\d+\.\d+)\.\d+\.\d+$/.exec(text) ?? [];
    expect(range).toBe(address);
    expect(range).not.toBe('10.244');
    expect(shown).toBe('10.244.0.0/16 holds 10.244.7.9');
  });
});

it('any text comes back', () => {
  const part = fc.constantFrom(
    'tulip',
    'worker-1',
    'worker-12',
    'tulip-prod-eu',
    '10.1.2.3',
    '10.244.0.0/16',
    'fd00::1',
    'corp.example.org',
    'text',
    '1.2.3',
    '09:30:00',
    '\\n',
    '%2F',
    '"',
    '/',
    '.',
    '-',
    ':',
    ' ',
    '\u001b[31m',
    'é',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      expect(hide(text).shown).toBe(text);
    }),
  );
});

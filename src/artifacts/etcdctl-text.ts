import { textLines } from './text-sections.ts';

/** `1d021ffdd096a804, started, cp-1, https://172.17.0.6:2380, https://172.17.0.6:2379, false`; the last field from 3.4 on. */
const MEMBER = /^([0-9a-f]{8,16}), (started|unstarted), ([^,]*), ([^ ]*), ([^ ]*?)(?:, (true|false))?$/;

/** Whether a text begins with a line of the table `etcdctl member list` writes. */
export function isMemberList(text: string): boolean {
  return textLines(new TextEncoder().encode(text)).some((line) => MEMBER.test(line));
}

/**
 * The table of `etcdctl member list` as the body of an `etcd-status` document, which holds the same answer as
 * `-w json` gives it. Throws when no member is in it.
 */
export function memberListBody(bytes: Uint8Array): Uint8Array {
  const members = textLines(bytes).flatMap((line) => {
    const [, id, state, name = '', peers = '', clients = '', learner] = MEMBER.exec(line) ?? [];
    if (id === undefined) return [];
    // Ids are numbers of 64 bits in JSON, which no number of JavaScript holds.
    const fields = {
      name: state === 'started' ? name : '',
      peerURLs: urlsIn(peers),
      clientURLs: urlsIn(clients),
      ...(learner === 'true' ? { isLearner: true } : {}),
    };
    return [`{"ID":${BigInt(`0x${id}`)},${JSON.stringify(fields).slice(1)}`];
  });
  if (members.length === 0) throw new Error('no member is in the list');
  const stdout = `{"members":[${members.join(',')}]}`;
  return new TextEncoder().encode(
    `${JSON.stringify({ etcdctl: [{ command: 'member list', stdout }], http: [] })}\n`,
  );
}

function urlsIn(text: string): string[] {
  return text.split(',').filter((url) => url !== '');
}

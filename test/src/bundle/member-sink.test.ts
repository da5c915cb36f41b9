import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createMemberSink, type EntryPosition } from '../../../src/bundle/member-sink.ts';
import { TAR_END, tarEntry } from './tar-bytes.ts';

const MIB = 1024 * 1024;

/** Packs tar chunks; what was written, the members inflated, and the positions of the entries. */
async function pack(chunks: readonly Buffer[], write: (bytes: Buffer) => Promise<void> = async () => {}) {
  const written: Buffer[] = [];
  const positions: EntryPosition[] = [];
  const sink = createMemberSink(
    async (bytes) => {
      await write(bytes);
      written.push(bytes);
    },
    (position) => positions.push(position),
  );
  for (const chunk of chunks) if (!sink.stream.write(chunk)) await once(sink.stream, 'drain');
  sink.stream.end();
  await finished(sink.stream);
  const file = Buffer.concat(written);
  const members = sink.members.map(({ offset, length }) =>
    gunzipSync(file.subarray(offset, offset + length)),
  );
  return { file, members, positions, table: sink.members };
}

describe('members', () => {
  it('end at the border of an entry once they hold 1 MiB, and small entries share one', async () => {
    const entries = Array.from({ length: 30 }, (_, i) => tarEntry(`f${i}`, 'x'.repeat(100_000)));

    const { members, positions, file } = await pack([...entries, TAR_END]);

    expect(gunzipSync(file)).toEqual(Buffer.concat([...entries, TAR_END]));
    expect(members).toHaveLength(3);
    expect(members[0]?.length).toBeGreaterThanOrEqual(MIB);
    for (const [index, { member, offset }] of positions.entries())
      expect(members[member]?.toString('latin1', offset, offset + 4).replace(/\0.*/s, '')).toBe(`f${index}`);
  });

  it('end at a newline inside a long entry', async () => {
    const body = 'a line of thirty-two characters\n'.repeat(150_000);

    const { members } = await pack([tarEntry('log', body), TAR_END]);

    expect(members.length).toBeGreaterThan(3);
    for (const member of members.slice(0, -1)) expect(member.at(-1)).toBe(0x0a);
  });

  it('end after 4 MiB when there is no newline', async () => {
    const { members } = await pack([tarEntry('blob', 'x'.repeat(9 * MIB)), TAR_END]);

    expect(members.map((member) => member.length).slice(0, 2)).toEqual([4 * MIB, 4 * MIB]);
  });

  it('are the same however the tar is cut into chunks', async () => {
    const tar = Buffer.concat([
      tarEntry('a', 'one\n'.repeat(400_000)),
      tarEntry('empty', ''),
      tarEntry('b', 'two\n'.repeat(10)),
      TAR_END,
    ]);
    const pieces = Array.from({ length: Math.ceil(tar.length / 997) }, (_, i) =>
      tar.subarray(i * 997, (i + 1) * 997),
    );

    const whole = await pack([tar]);
    const cut = await pack(pieces);

    expect(cut.file.equals(whole.file)).toBe(true);
    expect(cut.positions).toEqual(whole.positions);
    expect(whole.positions).toHaveLength(3);
  });

  it('carry neither time nor operating system', async () => {
    const { file } = await pack([tarEntry('a', 'x'), TAR_END]);

    expect([...file.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  });
});

it('no more than four members wait to be written', async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const sink = createMemberSink(
    () => gate,
    () => {},
  );
  let accepted = 0;
  const chunk = tarEntry('blob', 'x'.repeat(4 * MIB - 512));
  const feeding = (async () => {
    for (let i = 0; i < 12; i++) {
      await new Promise<void>((resolve) => sink.stream.write(chunk, () => resolve()));
      accepted++;
    }
  })();

  await new Promise((resolve) => setTimeout(resolve, 200));
  const whileBlocked = accepted;
  release();
  await feeding;

  expect(whileBlocked).toBeLessThan(5);
  expect(accepted).toBe(12);
});

it('a write that fails ends the stream with its error', async () => {
  const failing = async () => {
    throw new Error('no space left');
  };

  await expect(pack([tarEntry('a', 'x'), TAR_END], failing)).rejects.toThrow('no space left');
});

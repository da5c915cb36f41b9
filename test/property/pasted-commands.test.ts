import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import type { Message, Value } from '../../src/model/message.ts';
import { renderCommand } from '../../src/report/render-command.ts';
import { PAYLOADS } from '../support/payloads.ts';

interface Command {
  readonly place: string;
  readonly argv: readonly string[];
}

/** Every command any message of any analyzer may tell to paste. */
const commands: readonly Command[] = analyzers.flatMap(({ meta }) =>
  Object.entries(meta.messages as Readonly<Record<string, Message>>).flatMap(([id, message]) =>
    message.remedy.flatMap(({ argv }, step) =>
      argv === undefined ? [] : [{ place: `${meta.id} ${id}[${step}]`, argv }],
    ),
  ),
);

/** Names no object of Kubernetes can have, beside the payloads. */
const BROKEN_NAMES: readonly string[] = [
  ...Object.values(PAYLOADS),
  '-A',
  '--all',
  'a b',
  'a|b',
  'a>b',
  'a&b',
  'a*',
  '~root',
  '!!',
  '#a',
  '$HOME',
  '{a,b}',
  'a\tb',
  'a\\',
  "a'",
  'a"',
  'x'.repeat(300),
  '',
];

const REFERENCE = /\{([A-Za-z][A-Za-z0-9]*)(?:\.([a-z]+))?\}/g;

/** Values of the placeholders of a command: objects whose every field is this text, and texts. */
function valuesOf(argv: readonly string[], text: string, isExternal = false): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const [whole, name = '', field] of argv.join(' ').matchAll(REFERENCE)) {
    if (whole === '{end}') continue;
    const subject = isExternal
      ? { external: 'host' as const, name: text }
      : { group: '', kind: text, namespace: text, name: text };
    values[name] = (field === undefined ? text : subject) as Value;
  }
  return values;
}

function hasPlaceholder(argv: readonly string[]): boolean {
  return Object.keys(valuesOf(argv, '')).length > 0;
}

describe('commands to paste, of every message', () => {
  const open = commands.filter(({ argv }) => hasPlaceholder(argv));

  it('are many, and are there when names are as Kubernetes wants them', () => {
    expect(open.length).toBeGreaterThan(200);
    const missing = open.filter(({ argv }) => renderCommand(argv, valuesOf(argv, 'web')) === undefined);
    expect(missing.map(({ place }) => place)).toEqual([]);
  });

  it.each(BROKEN_NAMES.map((name) => [name]))('never hold a name that breaks its rules: %j', (name) => {
    for (const isExternal of [false, true]) {
      for (const { place, argv } of open) {
        const command = renderCommand(argv, valuesOf(argv, name, isExternal));
        // Plain words of a text that is no name may stand in a command: a shell reads them as they are.
        const isPlain = /^[\w.:/@+][\w.:/@+=,-]*$/.test(name) && name.length < 254;
        if (!isPlain) expect(command, place).toBeUndefined();
      }
    }
  });

  it('hold no word that a shell reads as something else than it says', () => {
    for (const { place, argv } of commands) {
      const command = renderCommand(argv, valuesOf(argv, 'web'));
      if (command === undefined) continue;
      // Outside single quotes there is nothing a shell acts upon.
      const outside = command.replaceAll("'\\''", '').replace(/'[^']*'/g, '');
      expect(outside, place).not.toMatch(/[|&;<>()$`\\"*?[\]#~!{}\n]/);
    }
  });
});

import { document } from '../model/artifact.ts';
import { textLines } from './text-sections.ts';

/** A command that was looked for on a node. */
export interface NodeCommand {
  readonly name: string;
  /** Undefined when it is not there. */
  readonly path?: string;
}

/**
 * Commands of a node, scope node: one line per command that was looked for in the PATH of root and in
 * `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`: its name, a blank, and its path, or `-` when it
 * is not there (`conntrack /usr/sbin/conntrack`, `socat -`).
 */
export const nodeCommands = document<readonly NodeCommand[]>({
  id: 'node-commands',
  title: 'Commands of a node',
  contentType: 'text',
  rearranged: true,
  maxBytes: 64 * 1024,
  parse(bytes) {
    const commands = textLines(bytes).flatMap((line) => {
      const [, name, path] = /^([\w.+-]+)\s+(-|\/\S*)\s*$/.exec(line) ?? [];
      if (name === undefined) return [];
      return [{ name, ...(path === '-' ? {} : { path }) }];
    });
    if (commands.length === 0) throw new Error('no command is in it');
    return commands;
  },
});

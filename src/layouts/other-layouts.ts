import type { ReadProblem } from '../bundle/entry-sink.ts';
import type { Layout } from './layout.ts';

/** Code of the problem that a second bundle lies in the input. */
export const OTHER_LAYOUT = 'other-layout';

/** Bundles told one by one. */
const TOLD_MAX = 8;

/** A bundle and the folder it begins in. */
export interface FoundLayout {
  readonly layout: Layout;
  readonly root: string;
}

/** Finds bundles that lie beside the one that is read: one input is read as one bundle. */
export function createOtherLayouts(layouts: readonly Layout[]) {
  const told = new Map<string, ReadProblem>();
  return {
    /** A file the bundle that is read has no use for. */
    note(path: string, first: Buffer, read: FoundLayout): void {
      if (told.size >= TOLD_MAX) return;
      for (const layout of layouts) {
        const root = layout.recognise(path, first);
        if (root === undefined) continue;
        // A file of the bundle that is read, or one in it that looks like one of another.
        const isPart = layout === read.layout ? root === read.root : root === '' && read.root === '';
        if (isPart && layouts.includes(read.layout)) return;
        const where = root === '' ? '' : ` below ${root}`;
        const message = `the input holds a second bundle, which is not read: ${layout.title}${where}; give it as an input of its own`;
        const key = `${layout.id} ${root}`;
        if (!told.has(key)) told.set(key, { code: OTHER_LAYOUT, message, path: root });
        return;
      }
    },
    problems: (): readonly ReadProblem[] => [...told.values()],
  };
}

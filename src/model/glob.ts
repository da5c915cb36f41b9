/** Whether an id matches a glob: `*` is any run of characters, the slash included. Linear in the id. */
export function globMatches(glob: string, id: string): boolean {
  const pieces = glob.split('*');
  if (pieces.length === 1) return glob === id;
  const first = pieces[0] as string;
  const last = pieces.at(-1) as string;
  if (!id.startsWith(first) || !id.endsWith(last) || id.length < first.length + last.length) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = id.indexOf(piece, from);
    if (at < 0 || at + piece.length > id.length - last.length) return false;
    from = at + piece.length;
  }
  return true;
}

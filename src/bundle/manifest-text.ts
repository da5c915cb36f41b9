import type { Manifest } from './manifest.ts';

/** Characters of a piece, about: rows of a hundred thousand containers are not held as text all at once. */
const PIECE = 64 * 1024;

/** The manifest as JSON with one row per line: it can be searched by line and cut into members at line ends. */
export function manifestText(manifest: Manifest): string {
  return [...manifestPieces(manifest)].join('');
}

/** The same text, piece by piece. */
export function* manifestPieces(manifest: Manifest): Generator<string> {
  let piece = '';
  for (const text of parts(manifest)) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function* parts(manifest: Manifest): Generator<string> {
  let separator = '{\n';
  for (const [name, value] of Object.entries(manifest)) {
    if (value === undefined) continue;
    yield `${separator}${JSON.stringify(name)}:`;
    separator = ',\n';
    if (Array.isArray(value) && value.length > 0) yield* rows(value);
    else yield JSON.stringify(value);
  }
  yield '\n}\n';
}

function* rows(values: readonly unknown[]): Generator<string> {
  let separator = '[\n';
  for (const value of values) {
    yield `${separator}${JSON.stringify(value)}`;
    separator = ',\n';
  }
  yield '\n]';
}

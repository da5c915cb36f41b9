import { visibleLine } from './visible-text.ts';

/** A block of a page. */
type Block =
  | { readonly type: 'heading'; readonly level: number; readonly text: string }
  | { readonly type: 'paragraph'; readonly text: string }
  | { readonly type: 'code'; readonly lines: readonly string[] }
  | { readonly type: 'list'; readonly ordered: boolean; readonly items: readonly string[] };

const FENCE = /^\s*(```+|~~~+)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const BULLET = /^\s*[-*+]\s+(.*)$/;
const NUMBERED = /^\s*\d{1,4}[.)]\s+(.*)$/;

/**
 * An analyzer's page as HTML: headings, paragraphs, lists, fenced code, inline code, emphasis, links as text.
 * Everything else of Markdown is plain text, and every character of the page is escaped. The first heading is
 * left out, since whoever embeds the page prints the title; `firstLevel` is the level of `##`.
 */
export function markdownToHtml(markdown: string, options: { readonly firstLevel: number }): string {
  const blocks = parseBlocks(markdown.split(/\r\n|\r|\n/));
  const body = blocks[0]?.type === 'heading' && blocks[0].level === 1 ? blocks.slice(1) : blocks;
  return body.map((block) => renderBlock(block, options.firstLevel)).join('\n');
}

/** Text as HTML text or attribute value. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`=]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function parseBlocks(lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] as string;
    const [block, used] = line.trim() === '' ? [undefined, 1] : parseBlock(lines, at);
    if (block) blocks.push(block);
    at += used;
  }
  return blocks;
}

function parseBlock(lines: readonly string[], at: number): [Block, number] {
  const line = lines[at] as string;
  const fence = FENCE.exec(line);
  if (fence) return parseFence(lines, at, fence[1] as string);
  const heading = HEADING.exec(line);
  if (heading) return [{ type: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' }, 1];
  if (BULLET.test(line)) return parseList(lines, at, BULLET);
  if (NUMBERED.test(line)) return parseList(lines, at, NUMBERED);
  return parseParagraph(lines, at);
}

function parseFence(lines: readonly string[], at: number, fence: string): [Block, number] {
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => line.trim().startsWith(fence));
  const code = end < 0 ? rest : rest.slice(0, end);
  return [{ type: 'code', lines: code }, code.length + (end < 0 ? 1 : 2)];
}

function parseList(lines: readonly string[], at: number, marker: RegExp): [Block, number] {
  const items: string[] = [];
  let used = 0;
  for (const line of lines.slice(at)) {
    const item = marker.exec(line);
    if (item) items.push(item[1] as string);
    else if (/^\s+\S/.test(line) && !startsBlock(line)) items.push(`${items.pop()} ${line.trim()}`);
    else break;
    used += 1;
  }
  return [{ type: 'list', ordered: marker === NUMBERED, items }, used];
}

function parseParagraph(lines: readonly string[], at: number): [Block, number] {
  const text = [lines[at]?.trim()];
  for (const line of lines.slice(at + 1)) {
    if (line.trim() === '' || startsBlock(line)) break;
    text.push(line.trim());
  }
  return [{ type: 'paragraph', text: text.join(' ') }, text.length];
}

function startsBlock(line: string): boolean {
  return [FENCE, HEADING, BULLET, NUMBERED].some((pattern) => pattern.test(line));
}

function renderBlock(block: Block, firstLevel: number): string {
  switch (block.type) {
    case 'heading': {
      const level = Math.min(6, Math.max(1, block.level - 2 + firstLevel));
      return `<h${level}>${renderInline(block.text)}</h${level}>`;
    }
    case 'paragraph':
      return `<p>${renderInline(block.text)}</p>`;
    case 'code':
      return `<pre><code>${escapeHtml(block.lines.map(visibleLine).join('\n'))}</code></pre>`;
    case 'list': {
      const tag = block.ordered ? 'ol' : 'ul';
      return `<${tag}>${block.items.map((item) => `<li>${renderInline(item)}</li>`).join('')}</${tag}>`;
    }
  }
}

/** Inline code, strong, emphasis and links; a link becomes `text (address)`, since the page requests nothing. */
function renderInline(text: string): string {
  return visibleLine(text)
    .split(/(`+[^`]+`+)/)
    .map((piece, index) => (index % 2 === 1 ? renderCode(piece) : renderProse(piece)))
    .join('');
}

function renderCode(piece: string): string {
  return `<code>${escapeHtml(piece.replace(/^`+ ?| ?`+$/g, ''))}</code>`;
}

function renderProse(piece: string): string {
  const linked = piece
    .replace(/<(https?:\/\/[^\s<>]+)>/g, '$1')
    .replace(/\[([^\]]*)\]\(([^()\s]*)\)/g, (_, text: string, address: string) =>
      text === '' || text === address ? address : `${text} (${address})`,
    );
  return escapeHtml(linked)
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/(^|[\s(])\*([^*\s][^*]*)\*/g, '$1<em>$2</em>');
}

/**
 * The small subset of Markdown that answers may use: paragraphs, lists, emphasis, code and links. It
 * makes nodes, never HTML, so that a text can be nothing but text. Every pattern is linear.
 */

const BULLET = /^\s{0,6}[-*•]\s(.*)$/s;
const NUMBER = /^\s{0,6}(\d{1,3})(?:[.)](?!\d)|、)(.*\S.*)$/s;
const FENCE = /^\s{0,3}```/;
const DEPTH_MAX = 3;

const INLINE = new RegExp(
  [
    '(?<tick>`{1,2})(?<code>[^`]+)\\k<tick>',
    '\\*\\*(?=\\S)(?<strong>[^*]+)\\*\\*',
    '(?<![\\w*])\\*(?=\\S)(?<em>[^*\\n]+)\\*(?![\\w*])',
    '\\[(?<label>[^\\[\\]\\n]{1,500})\\]\\((?<target>[^\\s()]{1,2000})\\)',
    '(?<bare>https?://[\\w\\-.~:/?#@!$&()+,;=%]{1,2000}(?<![.,;:!?)]))',
  ].join('|'), 'gu');

/** The text as nodes. */
export function markdown(text) {
  const fragment = document.createDocumentFragment();
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  for (let at = 0; at < lines.length;) at = block(lines, at, fragment);
  return fragment;
}

/** Appends the block that begins at this line; returns where the next one does. */
function block(lines, at, parent) {
  if (!lines[at].trim()) return at + 1;
  if (FENCE.test(lines[at])) return fenced(lines, at, parent);
  if (BULLET.test(lines[at])) return list(lines, at, parent, 'ul', BULLET);
  if (NUMBER.test(lines[at])) return list(lines, at, parent, 'ol', NUMBER);
  const paragraph = document.createElement('p');
  let end = at;
  do {
    if (end > at) paragraph.append(document.createElement('br'));
    inline(lines[end++], paragraph, 0);
  } while (end < lines.length && isPlain(lines[end]));
  parent.append(paragraph);
  return end;
}

function isPlain(line) {
  return line.trim() && !FENCE.test(line) && !BULLET.test(line) && !NUMBER.test(line);
}

function fenced(lines, at, parent) {
  let end = at + 1;
  while (end < lines.length && !FENCE.test(lines[end])) end++;
  const pre = document.createElement('pre');
  const code = document.createElement('code');
  code.textContent = lines.slice(at + 1, end).join('\n');
  pre.append(code);
  pre.tabIndex = 0;
  parent.append(pre);
  return end + 1;
}

function list(lines, at, parent, name, pattern) {
  const element = document.createElement(name);
  let end = at;
  let number = 0;
  for (let found; end < lines.length && (found = pattern.exec(lines[end])); end++) {
    const item = document.createElement('li');
    if (name === 'ol') item.value = number = Math.max(number + 1, Number(found[1]));
    inline(found.at(-1).trim(), item, 0);
    element.append(item);
  }
  parent.append(element);
  return end;
}

function inline(text, parent, depth) {
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    parent.append(text.slice(from, found.index), span(found, depth));
    from = found.index + found[0].length;
  }
  parent.append(text.slice(from));
}

function span(found, depth) {
  const {code, strong, em, label, target, bare} = found.groups;
  if (code !== undefined) return wrapped('code', code, DEPTH_MAX);
  if (strong !== undefined) return wrapped('strong', strong, depth);
  if (em !== undefined) return wrapped('em', em, depth);
  return (target === undefined ? link(bare, bare) : link(target, label)) ?? found[0];
}

function wrapped(name, text, depth) {
  const element = document.createElement(name);
  if (depth < DEPTH_MAX) inline(text, element, depth + 1);
  else element.textContent = text;
  return element;
}

/** A link that can only lead somewhere, or nothing. */
export function link(target, label) {
  if (!/^(https?:\/\/|mailto:|tel:)/i.test(target) || !URL.canParse(target)) return undefined;
  const element = document.createElement('a');
  element.href = target;
  element.textContent = label;
  element.target = '_blank';
  element.rel = 'noopener noreferrer nofollow';
  return element;
}

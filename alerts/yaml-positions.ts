import { type Document, isMap, isNode, isScalar, type LineCounter, type Node } from 'yaml';

/** Steps from the document's root: keys of mappings, indexes of lists. */
export type YamlPath = readonly (string | number)[];

export interface YamlPositions {
  /**
   * Where a value stands, both numbers from 1; its nearest parent where it is missing. `offset` goes into a text, in its
   * own characters: the place is exact in text on one line, and in a block (`|`) whose lines are indented alike.
   */
  at(path: YamlPath, offset?: number): { line: number; column: number };
  /** Where a mapping's key stands. */
  keyAt(path: YamlPath): { line: number; column: number };
}

/** Finds places in a parsed YAML document for messages about its content. */
export function createYamlPositions(
  document: Document,
  lineCounter: LineCounter,
  source: string,
): YamlPositions {
  const place = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };

  function nodeAt(path: YamlPath): Node | null {
    for (let length = path.length; length >= 0; length -= 1) {
      const found = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(found) && found.range) return found;
    }
    return null;
  }

  /** Where a character of a scalar's value stands in the source. */
  function inside(node: Node, offset: number): number {
    const start = node.range?.[0] ?? 0;
    if (!isScalar(node) || typeof node.value !== 'string') return start;
    if (node.type === 'PLAIN') return source[start + offset] === node.value[offset] ? start + offset : start;
    if (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') {
      return source[start + 1 + offset] === node.value[offset] ? start + 1 + offset : start;
    }
    if (node.type !== 'BLOCK_LITERAL') return start;
    const before = node.value.slice(0, offset).split('\n');
    const line = node.value.split('\n')[before.length - 1] ?? '';
    let lineStart = start;
    for (let count = 0; count < before.length; count += 1) lineStart = source.indexOf('\n', lineStart) + 1;
    const indent = source.indexOf(line, lineStart) - lineStart;
    return lineStart + indent + (before.at(-1)?.length ?? 0);
  }

  return {
    at: (path, offset) => {
      const node = nodeAt(path);
      if (node === null) return { line: 1, column: 1 };
      return place(offset === undefined ? (node.range?.[0] ?? 0) : inside(node, offset));
    },
    keyAt: (path) => {
      const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
      const pair = isMap(parent)
        ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
        : undefined;
      return place(isNode(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0);
    },
  };
}

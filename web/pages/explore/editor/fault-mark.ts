import type { Diagnostic } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import type { QueryFault } from '../error-position.ts';

/**
 * The fault as a mark in the text: from the place that the product names to the end of the word there, or the one
 * character. A place at the very end marks the character before it, so that there is something to see.
 */
export function markOf(fault: QueryFault, doc: Text): Diagnostic {
  const line = doc.line(Math.max(1, Math.min(fault.line, doc.lines)));
  const at = Math.min(line.from + Math.max(0, fault.column - 1), line.to);
  const [wrong = ''] = /^(\w+|[\s\S])/u.exec(doc.sliceString(at, line.to)) ?? [];
  const from = wrong === '' ? Math.max(line.from, at - 1) : at;
  return { from, to: Math.max(from, at + wrong.length), severity: 'error', message: fault.message };
}

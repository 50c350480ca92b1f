import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const syntax = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.function(tags.variableName), color: 'var(--tw-syntax-function)' },
    {
      tag: [tags.operatorKeyword, tags.modifier, tags.logicOperator, tags.controlKeyword],
      color: 'var(--tw-syntax-keyword)',
      fontWeight: '600',
    },
    { tag: tags.variableName, color: 'var(--tw-text)' },
    { tag: tags.labelName, color: 'var(--tw-syntax-label)' },
    { tag: tags.string, color: 'var(--tw-syntax-string)' },
    { tag: [tags.number, tags.bool], color: 'var(--tw-syntax-number)' },
    { tag: tags.lineComment, color: 'var(--tw-dim)', fontStyle: 'italic' },
  ]),
);

const surface = EditorView.theme({
  '&': { fontSize: '13px', color: 'var(--tw-text)', backgroundColor: 'var(--tw-surface)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--mantine-font-family-monospace)',
    lineHeight: '20px',
    maxHeight: '240px',
  },
  '.cm-content': { padding: '6px 0', minHeight: '32px', caretColor: 'var(--tw-text)' },
  '.cm-line': { padding: '0 8px' },
  '.cm-placeholder': { color: 'var(--tw-dim)' },
  '.cm-cursor': { borderLeftColor: 'var(--tw-text)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--tw-accent-soft)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--tw-page-soft)' },
  '& .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--tw-accent-soft)',
  },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    backgroundColor: 'var(--tw-page-soft)',
    textDecoration: 'underline wavy var(--tw-page)',
    textUnderlineOffset: '3px',
  },
  '.cm-lintPoint-error:after': { borderBottomColor: 'var(--tw-page)' },
  '@media (max-width: 767px)': { '&': { fontSize: '16px' } },
});

const overlays = EditorView.theme({
  '.cm-tooltip': {
    maxWidth: 'min(480px, calc(100vw - 16px))',
    border: '1px solid var(--tw-border)',
    borderRadius: '6px',
    backgroundColor: 'var(--tw-raised)',
    color: 'var(--tw-text)',
    boxShadow: '0 4px 16px var(--tw-shade)',
    zIndex: '400',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete': { overflow: 'visible' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: 'var(--mantine-font-family-monospace)',
    fontSize: '13px',
    maxHeight: '260px',
    minWidth: 'min(280px, calc(100vw - 16px))',
    maxWidth: 'calc(100vw - 16px)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    gap: '12px',
    padding: '3px 8px',
    lineHeight: '18px',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--tw-accent-soft)',
    color: 'var(--tw-text)',
  },
  '.cm-completionLabel': { overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700', color: 'var(--tw-accent)' },
  '.cm-completionDetail': {
    marginLeft: 'auto',
    fontStyle: 'normal',
    fontFamily: 'var(--mantine-font-family)',
    fontSize: '12px',
    color: 'var(--tw-dim)',
    whiteSpace: 'nowrap',
  },
  '.cm-tooltip.cm-completionInfo': { padding: '8px 10px', fontSize: '12px', maxWidth: '320px' },
  '.cm-tooltip-lint': { padding: '0' },
  '.cm-diagnostic': { padding: '6px 10px', fontSize: '12px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--tw-page-solid)' },
  '.twx-help': { padding: '8px 10px', fontSize: '12px' },
  '.twx-help code': { fontFamily: 'var(--mantine-font-family-monospace)', fontWeight: '600' },
  '.twx-help p': { margin: '2px 0 0' },
  '.twx-help .twx-facts': { color: 'var(--tw-dim)' },
});

/** Code in the theme's own colours, which are variables and follow the scheme by themselves. */
export const editorLook: Extension = [syntax, surface, overlays];

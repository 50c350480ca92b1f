import { ActionIcon, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { stepThrough } from './step-through.ts';
import classes from './trace.module.css';
import type { Found } from './use-find.ts';
import type { TraceView } from './use-trace-view.ts';

export const FIND_ID = 'trace-find';
/** After the last key, before the trace is searched. */
const WAIT_MS = 200;

export interface FindBarProps {
  readonly view: TraceView;
  readonly found: Found | null;
}

/** Searches within the trace: text, attributes, `key=value`; Enter and the arrows go from one match to the next. */
export function FindBar({ view, found }: FindBarProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [typed, setTyped] = useState(view.find);
  const search = useDebouncedCallback((text: string) => {
    view.setSearch({ find: text.trim() === '' ? undefined : text });
  }, WAIT_MS);
  const go = (by: 1 | -1): void => {
    const next = stepThrough(found?.nodes ?? view.tree.errors, view.chosen, by);
    if (next !== null) view.choose(next);
  };
  const steps = found?.nodes ?? view.tree.errors;
  const at = view.chosen === null ? -1 : steps.indexOf(view.chosen);
  return (
    <div className={classes.find}>
      <TextInput
        id={FIND_ID}
        className={classes.findText}
        aria-label={t('waterfall.find')}
        placeholder={t('waterfall.findHint')}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={typed}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value);
          search(value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <span className={classes.findCount} role="status">
        {found !== null
          ? t('waterfall.matches', {
              at: format.number(at + 1),
              count: found.nodes.length,
              shown: format.number(found.nodes.length),
            })
          : view.tree.errors.length > 0 && view.find === ''
            ? t('waterfall.errorAt', {
                at: format.number(at + 1),
                count: steps.length,
                shown: format.number(steps.length),
              })
            : ''}
      </span>
      <ActionIcon
        disabled={steps.length === 0}
        aria-label={t(found === null ? 'waterfall.keys.previousError' : 'waterfall.keys.previous')}
        onClick={() => go(-1)}
      >
        <IconChevronUp size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        disabled={steps.length === 0}
        aria-label={t(found === null ? 'waterfall.keys.nextError' : 'waterfall.keys.next')}
        onClick={() => go(1)}
      >
        <IconChevronDown size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}

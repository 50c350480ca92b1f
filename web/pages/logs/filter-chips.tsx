import { CloseButton } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { conditionsOf, withoutCondition } from './filter.ts';
import classes from './logs.module.css';
import type { LogsSearch } from './search.ts';
import { useSetSearch } from './use-set-search.ts';

/** What narrows the page beside the form, each to be taken away. */
export function FilterChips() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/logs' });
  const setSearch = useSetSearch();
  const chips: readonly { words: string; without: LogsSearch }[] = [
    ...(search.trace === undefined
      ? []
      : [{ words: t('log.traceIs', { id: search.trace }), without: { trace: undefined, span: undefined } }]),
    ...(search.span === undefined
      ? []
      : [{ words: t('log.spanIs', { id: search.span }), without: { span: undefined } }]),
    ...conditionsOf(search).map((condition) => ({
      words: condition,
      without: { where: withoutCondition(search, condition) },
    })),
  ];
  if (chips.length === 0) return null;
  return (
    <ul className={classes.chips} aria-label={t('log.narrowedBy')}>
      {chips.map(({ words, without }) => (
        <li key={words} className={classes.chip}>
          <span>{words}</span>
          <CloseButton
            size="xs"
            aria-label={t('log.takeAway', { what: words })}
            onClick={() => setSearch(without)}
          />
        </li>
      ))}
    </ul>
  );
}

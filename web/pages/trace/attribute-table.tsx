import { ActionIcon, Button, CopyButton, TextInput } from '@mantine/core';
import { IconCheck, IconCopy, IconFilter, IconFilterOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttributeValue } from '../../../model/api/trace.ts';
import { useFormat } from '../../i18n/format.ts';
import { textOf } from './attribute-text.ts';
import { type AttributeScope, attributeCondition } from './links.ts';
import classes from './trace.module.css';

type Attributes = Readonly<Record<string, AttributeValue>>;

export interface AttributeTableProps {
  readonly attributes: Attributes;
  /** Where TraceQL finds them; without it there is nothing to filter by. */
  readonly scope?: AttributeScope;
  /** The time range of the search that a filter leads to, as the frame's URL has it. */
  readonly range: { readonly from: string; readonly to: string };
}

/** So many are shown at first; from so many on, there is a field to narrow them. */
const FIRST_SHOWN = 40;
const MOST_SHOWN = 500;
const NARROW_FROM = 15;

/** Attributes by name. Of very many the first are shown and the rest is found by a word. */
export function AttributeTable({ attributes, scope, range }: AttributeTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [word, setWord] = useState('');
  const [isAll, setAll] = useState(false);
  const names = Object.keys(attributes).sort();
  const wanted = word.trim().toLowerCase();
  const fitting =
    wanted === ''
      ? names
      : names.filter((name) => `${name}=${textOf(attributes[name])}`.toLowerCase().includes(wanted));
  const shown = fitting.slice(0, isAll ? MOST_SHOWN : FIRST_SHOWN);
  return (
    <>
      {names.length >= NARROW_FROM && (
        <TextInput
          size="xs"
          aria-label={t('waterfall.narrow')}
          placeholder={t('waterfall.narrowHint', { count: names.length, shown: format.number(names.length) })}
          value={word}
          onChange={({ currentTarget: { value } }) => setWord(value)}
        />
      )}
      <dl className={classes.attributes}>
        {shown.map((name) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Value text={textOf(attributes[name])} />
              <Actions name={name} value={attributes[name] ?? null} scope={scope} range={range} />
            </dd>
          </div>
        ))}
      </dl>
      {fitting.length > shown.length &&
        (isAll ? (
          <p className={classes.dim}>
            {t('waterfall.firstShown', {
              shown: format.number(shown.length),
              all: format.number(fitting.length),
            })}
          </p>
        ) : (
          <Button size="compact-xs" variant="default" onClick={() => setAll(true)}>
            {t('waterfall.showAll', { all: format.number(fitting.length) })}
          </Button>
        ))}
    </>
  );
}

const FIRST_CHARACTERS = 400;
/** What a page lays out at once without being felt, lines of Chinese in a narrow column included. */
const STEP_CHARACTERS = 10_000;

/** A value as text, whatever it contains; a very long one a piece at a time. */
function Value({ text }: { readonly text: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [end, setEnd] = useState(FIRST_CHARACTERS);
  if (text === '') return <span className={classes.dim}>{t('waterfall.emptyText')}</span>;
  const rest = text.length - end;
  return (
    <span className={classes.value} data-long={end > FIRST_CHARACTERS}>
      <span>{text.slice(0, end)}</span>
      {rest > 0 && (
        <>
          …{' '}
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => setEnd((old) => (old === FIRST_CHARACTERS ? 0 : old) + STEP_CHARACTERS)}
          >
            {t(rest > STEP_CHARACTERS ? 'waterfall.showMore' : 'waterfall.showRest', {
              rest: format.compact(rest),
            })}
          </Button>
        </>
      )}
    </span>
  );
}

interface ActionsProps {
  readonly name: string;
  readonly value: AttributeValue;
  readonly scope: AttributeScope | undefined;
  readonly range: AttributeTableProps['range'];
}

function Actions({ name, value, scope, range }: ActionsProps) {
  const { t } = useTranslation();
  const by = scope === undefined ? null : attributeCondition(scope, name, '=', value);
  const out = scope === undefined ? null : attributeCondition(scope, name, '!=', value);
  return (
    <span className={classes.actions}>
      {by !== null && (
        <ActionIcon
          size="sm"
          component={Link}
          {...({ to: '/traces', search: { ...range, q: `{ ${by} }` } } as object)}
          aria-label={t('waterfall.filterBy', { name })}
          title={t('waterfall.filterBy', { name })}
        >
          <IconFilter size={14} aria-hidden />
        </ActionIcon>
      )}
      {out !== null && (
        <ActionIcon
          size="sm"
          component={Link}
          {...({ to: '/traces', search: { ...range, q: `{ ${out} }` } } as object)}
          aria-label={t('waterfall.filterOut', { name })}
          title={t('waterfall.filterOut', { name })}
        >
          <IconFilterOff size={14} aria-hidden />
        </ActionIcon>
      )}
      <CopyButton value={textOf(value)}>
        {({ copied, copy }) => (
          <ActionIcon
            size="sm"
            onClick={copy}
            aria-label={copied ? t('parts.copied') : t('parts.copy', { what: name })}
          >
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}

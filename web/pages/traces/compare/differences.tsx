import { ActionIcon } from '@mantine/core';
import { IconFilterMinus, IconFilterPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceMetricsSeries } from '../../../api/tempo-query-range.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Empty } from '../../../parts/notice.tsx';
import type { Condition } from '../query/condition.ts';
import classes from './compare.module.css';
import { comparedNames, type RankedAttribute, rankDifferences, type ValueShares } from './ranking.ts';

const ATTRIBUTES_SHOWN = 12;
const VALUES_SHOWN = 3;
/** Shares that differ by less are not shown until all are wanted; from `CLEAR` on they say something. */
const LEAST_SHOWN = 0.01;
const CLEAR = 0.05;
/** With fewer spans than this on one side, shares say little. */
const FEW = 10;

export interface DifferencesProps {
  /** Of `compare()`. */
  readonly series: readonly TraceMetricsSeries[];
  /** What the selection asks for, which differs by definition. */
  readonly without: readonly Condition[];
  /** Narrows the page's query by a value; null where it cannot be. */
  readonly onFilter: ((condition: Condition) => void) | null;
}

/** The attributes that differ most between the two sides, with the shares of their values as bars. */
export function Differences({ series, without, onFilter }: DifferencesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [all, setAll] = useState(false);
  const ranking = useMemo(() => rankDifferences(series, comparedNames(without)), [series, without]);
  const { selected, rest, attributes } = ranking;
  if (selected === 0 || rest === 0)
    return (
      <Empty
        title={t(selected === 0 ? 'traces.compare.noneSelected' : 'traces.compare.noRest')}
        mark="unknown"
      >
        {t('traces.compare.needsBoth')}
      </Empty>
    );
  if (attributes.length === 0)
    return (
      <Empty title={t('traces.compare.same')} mark="information">
        {t('traces.compare.sameWhy')}
      </Empty>
    );
  const greatest = attributes[0]?.difference ?? 0;
  const telling = attributes.filter(({ difference }) => difference >= LEAST_SHOWN);
  const first = (telling.length === 0 ? attributes.slice(0, 1) : telling).slice(0, ATTRIBUTES_SHOWN);
  const shown = all ? attributes : first;
  return (
    <>
      <p className={classes.sides}>
        <span>
          <span className={classes.swatch} data-side="selected" />{' '}
          {t('traces.compare.selected', { count: selected, number: format.number(selected) })}
        </span>
        <span>
          <span className={classes.swatch} data-side="rest" />{' '}
          {t('traces.compare.rest', { count: rest, number: format.number(rest) })}
        </span>
        {Math.min(selected, rest) < FEW && <strong>{t('traces.compare.few')}</strong>}
        {greatest < CLEAR && (
          <strong>{t('traces.compare.alike', { points: format.number(greatest * 100, 1) })}</strong>
        )}
      </p>
      <ol className={classes.attributes}>
        {shown.map((attribute) => (
          <Attribute key={attribute.name} attribute={attribute} onFilter={onFilter} />
        ))}
      </ol>
      {attributes.length > first.length && (
        <button type="button" className={classes.more} onClick={() => setAll(!all)}>
          {all ? t('traces.compare.fewer') : t('traces.compare.all', { count: attributes.length })}
        </button>
      )}
      <p className={classes.how}>{t('traces.compare.how')}</p>
    </>
  );
}

interface AttributeProps {
  readonly attribute: RankedAttribute;
  readonly onFilter: DifferencesProps['onFilter'];
}

function Attribute({ attribute, onFilter }: AttributeProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li className={classes.attribute}>
      <div className={classes.name}>
        <code>{attribute.name}</code>
        <span title={t('traces.compare.differenceLong')}>
          {t('traces.compare.difference', { points: format.number(attribute.difference * 100, 0) })}
        </span>
      </div>
      <ul className={classes.values}>
        {attribute.values.slice(0, VALUES_SHOWN).map((value) => (
          <Value key={value.value} value={value} onFilter={onFilter} />
        ))}
      </ul>
      {attribute.values.length > VALUES_SHOWN && (
        <p className={classes.how}>
          {t('traces.compare.moreValues', { count: attribute.values.length - VALUES_SHOWN })}
        </p>
      )}
    </li>
  );
}

interface ValueProps {
  readonly value: ValueShares;
  readonly onFilter: DifferencesProps['onFilter'];
}

function Value({ value, onFilter }: ValueProps) {
  const { t } = useTranslation();
  const { condition } = value;
  return (
    <li className={classes.value}>
      <span className={classes.word} title={value.value}>
        {value.value === '' ? t('traces.compare.emptyText') : value.value}
      </span>
      <span className={classes.bars}>
        <Bar side="selected" share={value.selected} atMost={false} />
        <Bar side="rest" share={value.rest} atMost={value.restAtMost} />
      </span>
      {onFilter !== null && (
        <span className={classes.filters}>
          <ActionIcon
            variant="subtle"
            aria-label={t('traces.filterBy', { name: condition.field, value: value.value })}
            title={t('traces.filterBy', { name: condition.field, value: value.value })}
            onClick={() => onFilter(condition)}
          >
            <IconFilterPlus size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            aria-label={t('traces.filterOut', { name: condition.field, value: value.value })}
            title={t('traces.filterOut', { name: condition.field, value: value.value })}
            onClick={() => onFilter({ ...condition, operator: '!=' })}
          >
            <IconFilterMinus size={16} aria-hidden />
          </ActionIcon>
        </span>
      )}
    </li>
  );
}

interface BarProps {
  readonly side: 'selected' | 'rest';
  readonly share: number;
  readonly atMost: boolean;
}

function Bar({ side, share, atMost }: BarProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const percent = `${atMost ? '≤ ' : ''}${format.percent(share, share < 0.1 ? 1 : 0)}`;
  return (
    <span className={classes.bar}>
      <span className={classes.track} aria-hidden>
        <span className={classes.fill} data-side={side} style={{ width: `${share * 100}%` }} />
      </span>
      <span className={classes.percent}>
        <span className={classes.spoken}>
          {t(side === 'selected' ? 'traces.compare.ofSelected' : 'traces.compare.ofRest')}
        </span>{' '}
        {percent}
      </span>
    </span>
  );
}

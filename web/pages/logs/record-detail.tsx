import { ActionIcon } from '@mantine/core';
import { IconFilter, IconFilterOff } from '@tabler/icons-react';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { LogRecord } from '../../../model/api/log.ts';
import { useFormat } from '../../i18n/format.ts';
import { CampaignName } from '../../parts/campaign-name.tsx';
import { conditionsOf, conditionText, MOST_CONDITIONS, withCondition } from './filter.ts';
import classes from './logs.module.css';
import { lineText, recordMs, valueText } from './record-text.ts';
import { useSetSearch } from './use-set-search.ts';

export interface RecordDetailProps {
  readonly record: LogRecord;
}

/** All that a record says, and where to go from it. Values are text, whatever they contain. */
export function RecordDetail({ record }: RecordDetailProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { traceId, spanId, campaignId } = record;
  return (
    <div className={classes.detail}>
      <p className={classes.body}>{lineText(record) || t('log.noBody')}</p>
      <p className={classes.facts}>
        <span>{format.absolute(recordMs(record))}</span>
        <span>
          {record.severityText} ({record.severity})
        </span>
        {traceId !== null && (
          <Link to="/traces/$traceId" params={{ traceId }} search={spanId === null ? {} : { span: spanId }}>
            {t(spanId === null ? 'log.openTrace' : 'log.openSpan')}
          </Link>
        )}
        {traceId !== null && (
          <Link to="/logs" search={{ trace: traceId }}>
            {t('log.ofTrace')}
          </Link>
        )}
        {spanId !== null && (
          <Link to="/logs" search={{ trace: traceId ?? undefined, span: spanId }}>
            {t('log.ofSpan')}
          </Link>
        )}
        {campaignId !== null && <CampaignName id={campaignId} />}
      </p>
      <Attributes title={t('log.attributes')} attributes={record.attributes} />
      <Attributes title={t('log.resource')} attributes={record.resource} />
    </div>
  );
}

interface AttributesProps {
  readonly title: string;
  readonly attributes: LogRecord['attributes'];
}

function Attributes({ title, attributes }: AttributesProps) {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return null;
  return (
    <section>
      <h3 className={classes.heading}>{title}</h3>
      <dl className={classes.attributes}>
        {names.map((name) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <span className={classes.value}>{valueText(attributes[name])}</span>
              <FilterActions name={name} value={attributes[name]} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const OPERATORS = [
  { operator: '=', words: 'log.filterBy', icon: IconFilter },
  { operator: '!=', words: 'log.filterOut', icon: IconFilterOff },
] as const;

/** Narrows the page by an attribute, or leaves its value out. */
function FilterActions({ name, value }: { readonly name: string; readonly value: unknown }) {
  const { t } = useTranslation();
  const search = useSearch({ from: '/logs' });
  const setSearch = useSetSearch();
  if (conditionsOf(search).length >= MOST_CONDITIONS) return null;
  return (
    <span className={classes.actions}>
      {OPERATORS.map(({ operator, words, icon: Icon }) => {
        const condition = conditionText(name, operator, value);
        return (
          condition !== null && (
            <ActionIcon
              key={operator}
              size="sm"
              aria-label={t(words, { name })}
              title={t(words, { name })}
              onClick={() => setSearch({ where: withCondition(search, condition) })}
            >
              <Icon size={14} aria-hidden />
            </ActionIcon>
          )
        );
      })}
    </span>
  );
}

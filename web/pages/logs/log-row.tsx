import { IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogRecord } from '../../../model/api/log.ts';
import { useFormat } from '../../i18n/format.ts';
import { MarkIcon } from '../../parts/mark.tsx';
import classes from './logs.module.css';
import { RecordDetail } from './record-detail.tsx';
import { attributesText, lineText, recordMs } from './record-text.ts';
import { SEVERITY_MARK, severityRange } from './severity.ts';

export interface LogRowProps {
  readonly record: LogRecord;
  readonly onOpen?: () => void;
}

/** Longer lines are told whole in the detail. */
const MOST_CHARACTERS = 500;

/** A record as a line, and all of it once it is opened. */
export function LogRow({ record, onOpen }: LogRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const ms = recordMs(record);
  const severity = severityRange(record.severity);
  const mark = SEVERITY_MARK[severity];
  const text = lineText(record);
  return (
    <li className={classes.record} data-mark={mark ?? undefined}>
      <button
        type="button"
        className={classes.line}
        aria-expanded={isOpen}
        onClick={() => {
          if (!isOpen) onOpen?.();
          setOpen(!isOpen);
        }}
      >
        <IconChevronRight size={14} aria-hidden className={classes.chevron} />
        <time dateTime={new Date(ms).toISOString()} title={format.absolute(ms)}>
          {format.seconds(ms)}
          <span className={classes.dim}>.{String(ms % 1_000).padStart(3, '0')}</span>
        </time>
        <span className={classes.severity}>
          {mark !== null && <MarkIcon mark={mark} size={14} />}
          {t(`log.severityOf.${severity}`)}
        </span>
        <span className={classes.service}>{record.service}</span>
        <span className={classes.text}>
          {text === '' ? t('log.noBody') : text.slice(0, MOST_CHARACTERS)}{' '}
          <span className={classes.dim}>{attributesText(record)}</span>
        </span>
      </button>
      {isOpen && <RecordDetail record={record} />}
    </li>
  );
}

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogFilter } from '../../api/logs.ts';
import { logsQuery } from '../../api/queries.ts';
import { type SteppedRange, useSteppedRange } from '../../frame/use-stepped-range.ts';
import { useFormat } from '../../i18n/format.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { NothingFound } from '../../parts/nothing-found.tsx';
import { Section } from '../../parts/section.tsx';
import { Reading, useStill } from '../../parts/still.tsx';
import { LogRow } from './log-row.tsx';
import classes from './logs.module.css';
import { PartialNote } from './partial-note.tsx';
import { keyed } from './record-text.ts';

export interface FoundLogsProps {
  readonly filter: LogFilter;
}

/** The records of the time range. The list stands still while one reads it, and once one is opened, or older ones are, until it is let go. */
export function FoundLogs({ filter }: FoundLogsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const moving = useSteppedRange();
  const [held, setHeld] = useState<SteppedRange | null>(null);
  const [generation, setGeneration] = useState(0);
  const still = useStill('', moving);
  const range = held ?? still.shown;
  const isBehind = range.end < moving.end;
  return (
    <Section
      title={t('log.records')}
      note={isBehind ? t('log.until', { time: format.seconds(range.end) }) : t('log.newestFirst')}
      actions={
        isBehind &&
        held !== null && (
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => {
              setHeld(null);
              setGeneration(generation + 1);
            }}
          >
            {t('log.catchUp')}
          </Button>
        )
      }
    >
      <Reading still={still}>
        <PageOfLogs key={generation} filter={filter} range={range} onHold={() => setHeld(range)} />
      </Reading>
    </Section>
  );
}

const PAGE = 100;

interface PageOfLogsProps extends FoundLogsProps {
  readonly range: SteppedRange;
  /** Where the page before ended; without it the newest are shown. */
  readonly before?: string;
  readonly onHold: () => void;
}

/** A page of records and, once wanted, the older ones below it. */
function PageOfLogs({ filter, range, before, onHold }: PageOfLogsProps) {
  const { t } = useTranslation();
  const [wantsOlder, setWantsOlder] = useState(false);
  const query = useQuery(logsQuery({ ...filter, ...range, limit: PAGE, before }));
  const isNarrowed = Object.values(filter)
    .flat()
    .some((condition) => condition !== undefined);
  return (
    <Answer query={query} skeleton={<RowsSkeleton rows={before === undefined ? 10 : 3} height={28} />}>
      {({ records, partial, reason, next }) => (
        <>
          {records.length === 0 && next === null && before === undefined && !partial ? (
            <NothingFound title={t(isNarrowed ? 'log.none' : 'log.nothing')} isNarrowed={isNarrowed}>
              {t(isNarrowed ? 'log.noneWhy' : 'log.nothingWhy')}
            </NothingFound>
          ) : (
            <ul className={classes.records}>
              {keyed(records).map(({ key, record }) => (
                <LogRow key={key} record={record} onOpen={onHold} />
              ))}
            </ul>
          )}
          {(partial || next !== null) && !wantsOlder && (
            <div className={classes.more}>
              <PartialNote partial={partial} reason={reason} />
              {next !== null && (
                <Button
                  variant="default"
                  onClick={() => {
                    onHold();
                    setWantsOlder(true);
                  }}
                >
                  {t('log.older')}
                </Button>
              )}
            </div>
          )}
          {wantsOlder && next !== null && (
            <PageOfLogs filter={filter} range={range} before={next} onHold={onHold} />
          )}
        </>
      )}
    </Answer>
  );
}

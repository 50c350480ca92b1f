import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiFailure } from '../api/failure.ts';
import { CopyableCommand } from './copyable-command.tsx';
import { MarkIcon } from './mark.tsx';
import classes from './notice.module.css';
import type { Mark } from './states.ts';

export interface EmptyProps {
  readonly title: string;
  /** What will be here once there is something. */
  readonly children: ReactNode;
  /** The one command that fills it. */
  readonly command?: string;
  readonly mark?: Mark;
}

/** An empty place that teaches: what it will show and how to get there. */
export function Empty({ title, children, command, mark = 'information' }: EmptyProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.notice}>
      <MarkIcon mark={mark} size={20} />
      <div className={classes.body}>
        <p className={classes.title}>{title}</p>
        <div className={classes.text}>{children}</div>
        {command !== undefined && (
          <p className={classes.text}>
            {t('parts.fillWith')} <CopyableCommand command={command} />
          </p>
        )}
      </div>
    </div>
  );
}

export interface FailureProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** What it is called and what to do about it: that depends on why, and a refusal's reason is in its status. */
function troubleOf(failure: ApiFailure | null) {
  if (failure?.kind !== 'refused') return failure?.kind ?? 'invalid';
  if (failure.status === 404) return 'notFound';
  return (failure.status ?? 0) >= 500 ? 'server' : 'refused';
}

/** A call that gave nothing: what was asked, what came back, and what to do about it. */
export function Failure({ error, onRetry }: FailureProps) {
  const { t } = useTranslation();
  const failure = error instanceof ApiFailure ? error : null;
  const trouble = troubleOf(failure);
  return (
    <div className={classes.notice} role="alert" data-failed="true">
      <MarkIcon mark={trouble === 'notFound' ? 'unknown' : 'failed'} size={20} />
      <div className={classes.body}>
        <p className={classes.title}>{t(`failure.${trouble}`)}</p>
        <p className={classes.exact}>
          {failure !== null && <code>{failure.call}</code>}{' '}
          {error instanceof Error ? error.message : String(error)}
          {failure?.at != null && ` (${failure.at})`}
        </p>
        <p className={classes.text}>
          {t(`failure.${trouble}Remedy`)}{' '}
          {trouble === 'unreachable' && <CopyableCommand command="npm start" />}
        </p>
        {onRetry !== undefined && (
          <Button variant="default" onClick={onRetry}>
            {t('parts.retry')}
          </Button>
        )}
      </div>
    </div>
  );
}

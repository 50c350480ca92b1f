import { Button, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { UpdateClock } from '../../parts/update-clock.tsx';
import classes from './incident.module.css';
import forms from './incidents.module.css';
import type { IncidentPartProps } from './situation.tsx';
import { UpdateForm } from './update-form.tsx';

type Dialog = 'update' | 'resolve' | 'reopen';

export interface IncidentFooterProps extends IncidentPartProps {
  /** Brings the runbook's step into view. */
  readonly onStep: () => void;
}

/** Always at hand: when the next update is due, and what the commander does most. */
export function IncidentFooter({ incident, commands, onStep }: IncidentFooterProps) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const resolved = incident.state === 'resolved';
  return (
    <section className={classes.footer} aria-label={t('incident.actions')}>
      <span className={classes.due}>
        {resolved ? t('incident.state.resolved') : <UpdateClock dueMs={incident.nextUpdateDueMs} long />}
      </span>
      <div className={classes.footerActions}>
        {resolved ? (
          <Button variant="default" size="sm" onClick={() => setDialog('reopen')}>
            {t('incident.reopen')}
          </Button>
        ) : (
          <>
            <Button
              variant="default"
              size="sm"
              {...(incident.state === 'open' ? { className: classes.deskOnly ?? '' } : {})}
              onClick={() => setDialog('resolve')}
            >
              {t('incident.resolve')}
            </Button>
            <Button variant="default" size="sm" className={classes.phoneOnly ?? ''} onClick={onStep}>
              {t('incident.goToStep')}
            </Button>
            <Button
              size="sm"
              variant={incident.state === 'open' ? 'default' : 'filled'}
              onClick={() => setDialog('update')}
            >
              {t('incident.writeUpdate')}
            </Button>
            {incident.state === 'open' && (
              <Button
                size="sm"
                loading={commands.pending === 'acknowledge'}
                onClick={() => void commands.run('acknowledge', {})}
              >
                {t('incident.acknowledge')}
              </Button>
            )}
          </>
        )}
      </div>
      <Modal
        opened={dialog !== null}
        onClose={() => setDialog(null)}
        title={t(
          dialog === 'resolve'
            ? 'incident.resolve'
            : dialog === 'reopen'
              ? 'incident.reopen'
              : 'incident.writeUpdate',
        )}
        closeButtonProps={{ 'aria-label': t('parts.close') }}
      >
        {dialog === 'update' ? (
          <UpdateForm incident={incident} commands={commands} onDone={() => setDialog(null)} />
        ) : (
          dialog !== null && (
            <ReasonForm
              incident={incident}
              commands={commands}
              command={dialog}
              onDone={() => setDialog(null)}
            />
          )
        )}
      </Modal>
    </section>
  );
}

interface ReasonFormProps extends IncidentPartProps {
  readonly command: 'resolve' | 'reopen';
  readonly onDone: () => void;
}

/** Resolving says what it means while alerts still fire: nobody is told of them through this incident any more. */
function ReasonForm({ incident, commands, command, onDone }: ReasonFormProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const stillFiring = command === 'resolve' ? incident.alertsFiring : 0;
  return (
    <form
      className={forms.form}
      onSubmit={async (event) => {
        event.preventDefault();
        if (await commands.run(command, { reason })) onDone();
      }}
    >
      {stillFiring > 0 && (
        <p className={classes.danger}>{t('incident.resolveWhileFiring', { count: stillFiring })}</p>
      )}
      <Textarea
        data-autofocus
        required
        autosize
        minRows={2}
        label={t(command === 'resolve' ? 'incident.resolveReason' : 'incident.reason')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Button
        type="submit"
        {...(stillFiring > 0 ? { color: 'var(--tw-page-solid)' } : {})}
        loading={commands.pending === command}
        disabled={reason.trim() === ''}
      >
        {t(command === 'resolve' ? 'incident.resolve' : 'incident.reopen')}
      </Button>
    </form>
  );
}

import { Button, Modal, NativeSelect, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { incidentSeverity } from '../../../model/severity.ts';
import classes from './incidents.module.css';
import type { IncidentPartProps } from './situation.tsx';

/** Raises or lowers the severity, with the reason that the timeline will keep. */
export function SeverityChange({ incident, commands }: IncidentPartProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [severity, setSeverity] = useState(incident.severity);
  const [reason, setReason] = useState('');
  if (incident.state === 'resolved') return null;
  return (
    <>
      <Button
        variant="subtle"
        size="compact-xs"
        onClick={() => {
          setSeverity(incident.severity);
          setReason('');
          setOpen(true);
        }}
      >
        {t('incident.changeSeverity')}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={t('incident.changeSeverity')}
        closeButtonProps={{ 'aria-label': t('parts.close') }}
      >
        <form
          className={classes.form}
          onSubmit={async (event) => {
            event.preventDefault();
            if (await commands.run('severity', { severity, reason })) setOpen(false);
          }}
        >
          <NativeSelect
            data-autofocus
            label={t('incident.severity')}
            value={severity}
            onChange={(event) => setSeverity(incidentSeverity.parse(event.currentTarget.value))}
            data={incidentSeverity.options.map((value) => ({
              value,
              label: t(`incident.severityName.${value}`),
            }))}
          />
          <Textarea
            required
            autosize
            minRows={2}
            label={t('incident.reason')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button
            type="submit"
            loading={commands.pending === 'severity'}
            disabled={reason.trim() === '' || severity === incident.severity}
          >
            {t('incident.changeSeverityTo', { severity })}
          </Button>
        </form>
      </Modal>
    </>
  );
}

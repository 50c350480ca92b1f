import { Button, NativeSelect, NumberInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { updateRequest } from '../../../model/api/incident.ts';
import forms from './incidents.module.css';
import type { IncidentPartProps } from './situation.tsx';

const audiences = updateRequest.shape.audience;

export interface UpdateFormProps extends IncidentPartProps {
  readonly onDone: () => void;
}

/** Tells one audience what is known, what is being done, and when they will hear again. */
export function UpdateForm({ incident, commands, onDone }: UpdateFormProps) {
  const { t } = useTranslation();
  const [audience, setAudience] = useState<(typeof audiences.options)[number]>('internal');
  const [text, setText] = useState('');
  const [minutes, setMinutes] = useState(20);
  const last = incident.events.findLast(
    ({ body }) => body.type === 'update_published' && body.audience === audience,
  )?.body;
  return (
    <form
      className={forms.form}
      onSubmit={async (event) => {
        event.preventDefault();
        if (await commands.run('updates', { audience, text, nextUpdateInMinutes: minutes })) onDone();
      }}
    >
      <NativeSelect
        label={t('incident.audienceLabel')}
        value={audience}
        onChange={(event) => setAudience(audiences.parse(event.currentTarget.value))}
        data={audiences.options.map((value) => ({ value, label: t(`incident.audience.${value}`) }))}
      />
      {last?.type === 'update_published' && (
        <p className={forms.last}>{t('incident.lastUpdate', { text: last.text })}</p>
      )}
      <Textarea
        data-autofocus
        required
        autosize
        minRows={4}
        label={t('incident.updateText')}
        description={t('incident.updateTextHint')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <NumberInput
        label={t('incident.nextUpdateIn')}
        description={t('incident.nextUpdateHint')}
        min={1}
        max={240}
        allowDecimal={false}
        value={minutes}
        onChange={(value) => setMinutes(Math.max(1, Math.min(240, Math.round(Number(value) || 20))))}
      />
      <Button type="submit" loading={commands.pending === 'updates'} disabled={text.trim() === ''}>
        {t('incident.publishUpdate', { audience: t(`incident.audience.${audience}`) })}
      </Button>
    </form>
  );
}

import { Button, Checkbox, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { IconFlame } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { incidentSeverity } from '../../../model/severity.ts';
import { declareIncident } from '../../api/incident-commands.ts';
import { KEYS } from '../../api/keys.ts';
import { campaignsQuery } from '../../api/queries.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { useWho } from '../../frame/who.tsx';
import { contentLanguage } from '../../i18n/languages.ts';
import { Failure } from '../../parts/notice.tsx';
import classes from './incidents.module.css';

/** Anyone may declare an incident; in doubt the higher severity. */
export function DeclareIncident() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFlame size={14} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {t('incident.declare')}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={t('incident.declare')}
        closeButtonProps={{ 'aria-label': t('parts.close') }}
      >
        <DeclareForm onDone={() => setOpen(false)} />
      </Modal>
    </>
  );
}

function DeclareForm({ onDone }: { readonly onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const who = useWho();
  const search: FrameSearch = useSearch({ strict: false });
  const campaigns = useQuery(campaignsQuery).data ?? [];
  const [form, setForm] = useState({
    title: '',
    severity: 'SEV2',
    safety: false,
    campaign: search.campaign ?? '',
    reason: '',
  });
  const change = (part: Partial<typeof form>): void => setForm((old) => ({ ...old, ...part }));
  const mutation = useMutation({
    mutationFn: declareIncident,
    onSuccess: (incident) => {
      client.setQueryData(KEYS.incident(incident.id), incident);
      void client.invalidateQueries({ queryKey: KEYS.incidents, exact: true });
      onDone();
      void navigate({ to: '/incidents/$id', params: { id: incident.id } });
    },
  });
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const by = await who.require();
    if (by === null) return;
    mutation.mutate({
      by,
      title: form.title,
      severity: incidentSeverity.parse(form.severity),
      safety: form.safety,
      campaignId: form.campaign === '' ? null : form.campaign,
      reason: form.reason,
    });
  };
  return (
    <form className={classes.form} onSubmit={(event) => void submit(event)}>
      <TextInput
        data-autofocus
        required
        maxLength={200}
        label={t('incident.titleLabel')}
        description={t('incident.titleHint')}
        value={form.title}
        onChange={(event) => change({ title: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('incident.severity')}
        value={form.severity}
        onChange={(event) => change({ severity: event.currentTarget.value })}
        data={incidentSeverity.options.map((value) => ({
          value,
          label: t(`incident.severityName.${value}`),
        }))}
      />
      <Checkbox
        size="xs"
        label={t('incident.safetyLabel')}
        checked={form.safety}
        onChange={(event) => change({ safety: event.currentTarget.checked })}
      />
      <NativeSelect
        label={t('frame.campaign')}
        value={form.campaign}
        onChange={(event) => change({ campaign: event.currentTarget.value })}
      >
        <option value="">{t('incident.noCampaign')}</option>
        {campaigns.map(({ id, title }) => (
          <option key={id} value={id}>
            {title[contentLanguage(i18n.language)]}
          </option>
        ))}
      </NativeSelect>
      <Textarea
        required
        autosize
        minRows={2}
        label={t('incident.reason')}
        description={t('incident.reasonHint')}
        value={form.reason}
        onChange={(event) => change({ reason: event.currentTarget.value })}
      />
      {mutation.error !== null && <Failure error={mutation.error} />}
      <Button
        type="submit"
        loading={mutation.isPending}
        disabled={form.title.trim() === '' || form.reason.trim() === ''}
      >
        {t('incident.declare')}
      </Button>
    </form>
  );
}

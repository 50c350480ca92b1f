import { Button, NativeSelect, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { servicesQuery } from '../../api/queries.ts';
import { isCondition, withCondition } from './filter.ts';
import classes from './logs.module.css';
import type { LogsSearch } from './search.ts';
import { MINIMUM_SEVERITIES } from './severity.ts';
import { useSetSearch } from './use-set-search.ts';

/** Shows how one is written; the same in every language. */
const CONDITION = 'gate.id="north-1"';

/** Service, severity, text, trace, and one more condition on an attribute. */
export function FilterForm() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/logs' });
  const setSearch = useSetSearch();
  const services = useQuery(servicesQuery).data ?? [];
  const [service, setService] = useState(search.service ?? null);
  const [severity, setSeverity] = useState(search.severity ?? '');
  const [text, setText] = useState(search.text ?? '');
  const [trace, setTrace] = useState(search.trace ?? '');
  const [condition, setCondition] = useState('');
  const names = new Set(services.map((one) => one.service));
  if (service !== null) names.add(service);
  const isTrace = trace.trim() === '' || /^[0-9a-fA-F]{32}$/.test(trace.trim());
  const isGood = condition.trim() === '' || isCondition(condition.trim());

  const apply = (): void => {
    if (!isTrace || !isGood) return;
    const wanted = trace.trim() === '' ? undefined : trace.trim();
    setSearch({
      service: service ?? undefined,
      severity: MINIMUM_SEVERITIES.find((one) => one === severity),
      text: text.trim() === '' ? undefined : text.trim(),
      trace: wanted,
      ...(wanted !== search.trace && { span: undefined }),
      ...(condition.trim() !== '' && { where: withCondition(search, condition.trim()) }),
    } satisfies LogsSearch);
  };
  return (
    <search>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <Select
          searchable
          clearable
          label={t('log.service')}
          placeholder={t('log.any')}
          data={[...names].sort()}
          value={service}
          onChange={setService}
          clearButtonProps={{ 'aria-label': t('log.any') }}
        />
        <NativeSelect
          label={t('log.minSeverity')}
          value={severity}
          data={[
            { value: '', label: t('log.any') },
            ...MINIMUM_SEVERITIES.map((value) => ({ value, label: t(`log.severityOf.${value}`) })),
          ]}
          onChange={(event) => setSeverity(event.currentTarget.value as typeof severity)}
        />
        <TextInput
          label={t('log.text')}
          placeholder={t('log.any')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <TextInput
          label={t('log.traceId')}
          placeholder={t('log.any')}
          value={trace}
          error={isTrace ? undefined : t('log.noTraceId')}
          onChange={(event) => setTrace(event.currentTarget.value)}
        />
        <TextInput
          label={t('log.addCondition')}
          placeholder={CONDITION}
          value={condition}
          error={isGood ? undefined : t('log.noCondition')}
          onChange={(event) => setCondition(event.currentTarget.value)}
        />
        <Button type="submit" leftSection={<IconSearch size={14} aria-hidden />}>
          {t('log.search')}
        </Button>
      </form>
    </search>
  );
}

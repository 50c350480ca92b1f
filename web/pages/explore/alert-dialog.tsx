import { Button, CopyButton, Modal, NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { runbooksQuery } from '../../api/queries.ts';
import { contentLanguage } from '../../i18n/languages.ts';
import { splitComparison } from '../../parts/alert-expression.ts';
import classes from './alert-dialog.module.css';
import { FiringPreview } from './firing-preview.tsx';
import {
  RULE_OPERATORS,
  type RuleDraft,
  type RuleFault,
  ruleFaults,
  ruleFile,
  ruleFileName,
  suggestName,
} from './rule.ts';
import { metricsIn } from './unit-of-query.ts';

export interface AlertDialogProps {
  readonly expr: string;
  readonly unit: string | undefined;
  /** The value that was seen last, to start a threshold from; null: none. */
  readonly lastValue: number | null;
  readonly onClose: () => void;
}

const SEVERITIES = ['page', 'ticket', 'info'] as const;

/** A first draft: the query's own comparison as threshold, or the last value. */
function draftOf(expr: string, lastValue: number | null): RuleDraft {
  const { query, comparison } = splitComparison(expr);
  const name = suggestName(metricsIn(expr)[0]);
  const operator = RULE_OPERATORS.find((one) => one === comparison?.operator);
  const ownCondition = operator === undefined && /[<>=!]=|[<>]/.test(expr.replaceAll(/\{[^}]*\}/g, ''));
  const start = Number((lastValue ?? 0).toPrecision(2));
  return {
    name,
    group: 'explore',
    expr: operator === undefined ? expr : query,
    threshold: ownCondition
      ? null
      : operator === undefined
        ? { operator: '>', value: start }
        : { operator, value: comparison?.value ?? 0 },
    holdFor: '2m',
    severity: 'ticket',
    safety: false,
    sev1: '',
    runbook: '',
    summary: '',
    description: '',
  };
}

/** Makes a complete rule file out of a query, and shows how often it would have fired. */
export function AlertDialog({ expr, unit, lastValue, onClose }: AlertDialogProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(() => draftOf(expr, lastValue));
  const change = (part: Partial<RuleDraft>): void => setDraft((old) => ({ ...old, ...part }));
  const faults = ruleFaults(draft);
  return (
    <Modal
      opened
      onClose={onClose}
      size={1080}
      title={t('explore.alert.title')}
      closeButtonProps={{ 'aria-label': t('parts.close') }}
    >
      <div className={classes.columns}>
        <RuleForm draft={draft} faults={faults} onChange={change} />
        <div className={classes.side}>
          <FiringPreview draft={draft} unit={unit} />
          <RuleText draft={draft} faults={faults} />
        </div>
      </div>
    </Modal>
  );
}

interface RuleFormProps {
  readonly draft: RuleDraft;
  readonly faults: ReadonlySet<RuleFault>;
  readonly onChange: (part: Partial<RuleDraft>) => void;
}

function RuleForm({ draft, faults, onChange }: RuleFormProps) {
  const { t, i18n } = useTranslation();
  const runbooks = useQuery(runbooksQuery(contentLanguage(i18n.language))).data ?? [];
  const error = (fault: RuleFault): string | undefined =>
    faults.has(fault) ? t(`explore.alert.fault.${fault}`) : undefined;
  return (
    <div className={classes.form}>
      <pre className={classes.expr}>{draft.expr}</pre>
      {draft.threshold === null ? (
        <p className={classes.hint}>{t('explore.alert.ownCondition')}</p>
      ) : (
        <Threshold threshold={draft.threshold} error={error('threshold')} onChange={onChange} />
      )}
      <div className={classes.pair}>
        <TextInput
          label={t('explore.alert.name')}
          value={draft.name}
          error={error('name')}
          onChange={(event) => onChange({ name: event.currentTarget.value.trim() })}
        />
        <TextInput
          label={t('explore.alert.holdFor')}
          value={draft.holdFor}
          error={error('holdFor')}
          onChange={(event) => onChange({ holdFor: event.currentTarget.value.trim() })}
        />
      </div>
      <div className={classes.pair}>
        <Select
          label={t('explore.alert.severity')}
          data={SEVERITIES.map((value) => ({ value, label: t(`explore.alert.severities.${value}`) }))}
          value={draft.severity}
          allowDeselect={false}
          onChange={(value) => onChange({ severity: SEVERITIES.find((one) => one === value) ?? 'ticket' })}
        />
        <Select
          label={t('explore.alert.runbook')}
          placeholder={t('explore.alert.chooseRunbook')}
          searchable
          data={runbooks.map(({ id, title }) => ({ value: id, label: title }))}
          value={draft.runbook === '' ? null : draft.runbook}
          description={t('explore.alert.fault.runbook')}
          error={draft.runbook !== '' && faults.has('runbook')}
          onChange={(runbook) => onChange({ runbook: runbook ?? '' })}
        />
      </div>
      <Switch
        size="xs"
        label={t('explore.alert.safety')}
        checked={draft.safety}
        onChange={(event) => onChange({ safety: event.currentTarget.checked })}
      />
      {draft.safety && (
        <TextInput
          label={t('explore.alert.sev1')}
          description={t('explore.alert.sev1Why')}
          placeholder=">= 4"
          value={draft.sev1}
          error={error('sev1')}
          onChange={(event) => onChange({ sev1: event.currentTarget.value })}
        />
      )}
      <TextInput
        label={t('explore.alert.summary')}
        placeholder={t('explore.alert.summaryExample', { labels: '{{ $labels.gate_id }}' })}
        value={draft.summary}
        description={t('explore.alert.fault.summary')}
        error={draft.summary !== '' && faults.has('summary')}
        onChange={(event) => onChange({ summary: event.currentTarget.value })}
      />
      <Textarea
        label={t('explore.alert.description')}
        placeholder={t('explore.alert.descriptionExample')}
        autosize
        minRows={2}
        maxRows={5}
        value={draft.description}
        description={t('explore.alert.fault.description')}
        error={draft.description !== '' && faults.has('description')}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      <TextInput
        label={t('explore.alert.group')}
        value={draft.group}
        error={error('group')}
        onChange={(event) => onChange({ group: event.currentTarget.value })}
      />
    </div>
  );
}

interface ThresholdProps {
  readonly threshold: NonNullable<RuleDraft['threshold']>;
  readonly error: string | undefined;
  readonly onChange: (part: Partial<RuleDraft>) => void;
}

function Threshold({ threshold, error, onChange }: ThresholdProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.pair}>
      <Select
        label={t('explore.alert.operator')}
        data={[...RULE_OPERATORS]}
        value={threshold.operator}
        allowDeselect={false}
        onChange={(value) =>
          onChange({
            threshold: { ...threshold, operator: RULE_OPERATORS.find((one) => one === value) ?? '>' },
          })
        }
      />
      <NumberInput
        label={t('explore.alert.threshold')}
        value={Number.isFinite(threshold.value) ? threshold.value : ''}
        hideControls
        error={error}
        onChange={(value) =>
          onChange({ threshold: { ...threshold, value: value === '' ? Number.NaN : Number(value) } })
        }
      />
    </div>
  );
}

function RuleText({ draft, faults }: Pick<RuleFormProps, 'draft' | 'faults'>) {
  const { t } = useTranslation();
  const text = ruleFile(draft);
  const name = ruleFileName(draft.name);
  const whole = faults.size === 0;
  return (
    <section aria-label={t('explore.alert.file')}>
      <div className={classes.fileHead}>
        <code>{`content/alerts/${name}`}</code>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              disabled={!whole}
              leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
              onClick={copy}
            >
              {copied ? t('parts.copied') : t('explore.alert.copy')}
            </Button>
          )}
        </CopyButton>
        <Button
          disabled={!whole}
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={() => download(name, text)}
        >
          {t('explore.alert.download')}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must be able to */}
      <pre className={classes.file} tabIndex={0}>
        {text}
      </pre>
      <p className={classes.hint} role="status">
        {whole ? t('explore.alert.whereTo') : t('explore.alert.incomplete', { count: faults.size })}
      </p>
    </section>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

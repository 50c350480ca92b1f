import { ActionIcon, Autocomplete, Button, NativeSelect, TextInput } from '@mantine/core';
import { IconPlus, IconSearch, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TagValue } from '../../api/tempo-tag-values.ts';
import type { TraceKnowledge } from './editor/knowledge.ts';
import { INTRINSIC_FIELDS, KEYWORD_VALUES } from './editor/words.ts';
import type { BuilderQuery } from './query/builder.ts';
import { type Condition, DURATION, literalFor, OPERATORS, text } from './query/condition.ts';
import classes from './query-card.module.css';

export interface BuilderFormProps {
  readonly query: BuilderQuery;
  readonly knowledge: TraceKnowledge;
  readonly onChange: (query: BuilderQuery) => void;
  readonly onRun: () => void;
}

/** A tag that is being written: it has no field or value yet, so it is not in the query. */
const NEW_TAG: Condition = { field: '', operator: '=', value: text('') };

/** The search as fields; every change is in the query at once, and Enter or the button asks it. */
export function BuilderForm({ query, knowledge, onChange, onRun }: BuilderFormProps) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  const ofTrace =
    whole || [query.rootService, query.rootName, query.minTrace, query.maxTrace].some((part) => part !== '');
  const change = (part: Partial<BuilderQuery>): void => onChange({ ...query, ...part });
  return (
    <form
      className={classes.body}
      onSubmit={(event) => {
        event.preventDefault();
        onRun();
      }}
    >
      <div className={classes.form}>
        <TextInput
          label={t('traces.order')}
          placeholder={t('traces.orderExample')}
          value={query.order}
          onChange={(event) => change({ order: event.currentTarget.value.trim() })}
        />
        <ValueInput
          label={t('trace.service')}
          field="resource.service.name"
          knowledge={knowledge}
          value={query.service}
          onChange={(service) => change({ service })}
        />
        <ValueInput
          label={t('trace.name')}
          field="name"
          knowledge={knowledge}
          value={query.name}
          onChange={(name) => change({ name })}
        />
        <NativeSelect
          label={t('trace.status')}
          value={query.status}
          data={[
            { value: '', label: t('trace.any') },
            { value: 'error', label: t('trace.statusOf.error') },
            { value: 'ok', label: t('trace.statusOf.ok') },
            { value: 'unset', label: t('trace.statusOf.unset') },
          ]}
          onChange={(event) => change({ status: event.currentTarget.value as BuilderQuery['status'] })}
        />
        <DurationRange
          label={t('traces.spanTook')}
          min={query.minDuration}
          max={query.maxDuration}
          onChange={(minDuration, maxDuration) => change({ minDuration, maxDuration })}
        />
      </div>
      {ofTrace && (
        <div className={classes.form}>
          <ValueInput
            label={t('traces.rootService')}
            field="rootServiceName"
            knowledge={knowledge}
            value={query.rootService}
            onChange={(rootService) => change({ rootService })}
          />
          <ValueInput
            label={t('traces.rootName')}
            field="rootName"
            knowledge={knowledge}
            value={query.rootName}
            onChange={(rootName) => change({ rootName })}
          />
          <DurationRange
            label={t('traces.traceTook')}
            min={query.minTrace}
            max={query.maxTrace}
            onChange={(minTrace, maxTrace) => change({ minTrace, maxTrace })}
          />
        </div>
      )}
      {query.tags.map((tag, index) => (
        <TagRow
          // biome-ignore lint/suspicious/noArrayIndexKey: tags have no identity but their place
          key={index}
          tag={tag}
          knowledge={knowledge}
          onChange={(next) => change({ tags: query.tags.with(index, next) })}
          onRemove={() => change({ tags: query.tags.toSpliced(index, 1) })}
        />
      ))}
      <div className={classes.feet}>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => change({ tags: [...query.tags, NEW_TAG] })}
        >
          {t('traces.addTag')}
        </Button>
        {!ofTrace && (
          <Button
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setWhole(true)}
          >
            {t('traces.wholeTrace')}
          </Button>
        )}
        <Button type="submit" leftSection={<IconSearch size={14} aria-hidden />}>
          {t('trace.search')}
        </Button>
      </div>
    </form>
  );
}

interface ValueInputProps {
  readonly label: string;
  readonly field: string;
  readonly knowledge: TraceKnowledge;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly bare?: boolean;
}

/** A text with the values that the field has, asked for when one comes to it. */
function ValueInput({ label, field, knowledge, value, onChange, bare = false }: ValueInputProps) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(false);
  const { data } = useQuery({
    queryKey: ['trace-value-names', field],
    queryFn: async () =>
      KEYWORD_VALUES[field] ?? [...new Set((await knowledge.values(field)).map((one) => one.value))],
    enabled: wanted && field !== '',
    retry: false,
    staleTime: 60_000,
  });
  return (
    <Autocomplete
      {...(bare ? { 'aria-label': label } : { label })}
      placeholder={bare ? label : t('trace.any')}
      data={[...(data ?? [])]}
      limit={50}
      value={value}
      onChange={onChange}
      onFocus={() => setWanted(true)}
    />
  );
}

interface DurationRangeProps {
  readonly label: string;
  readonly min: string;
  readonly max: string;
  readonly onChange: (min: string, max: string) => void;
}

function DurationRange({ label, min, max, onChange }: DurationRangeProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.range}>
      <DurationInput
        label={label}
        placeholder={t('traces.atLeast')}
        name={`${label}: ${t('traces.atLeast')}`}
        value={min}
        onCommit={(next) => onChange(next, max)}
      />
      <DurationInput
        placeholder={t('traces.atMost')}
        name={`${label}: ${t('traces.atMost')}`}
        value={max}
        onCommit={(next) => onChange(min, next)}
      />
    </div>
  );
}

interface DurationInputProps {
  readonly label?: string;
  readonly name: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onCommit: (value: string) => void;
}

/** `250` means milliseconds; what is no duration stays out of the query, and says so. */
function DurationInput({ label, name, placeholder, value, onCommit }: DurationInputProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const [wrong, setWrong] = useState(false);
  const commit = (): void => {
    const plain = typed.trim();
    const duration = /^\d+(\.\d+)?$/.test(plain) ? `${plain}ms` : plain;
    const fits = duration === '' || DURATION.test(duration);
    setWrong(!fits);
    if (fits && duration !== value) onCommit(duration);
  };
  return (
    <TextInput
      {...(label !== undefined && { label })}
      aria-label={name}
      placeholder={placeholder}
      value={typed}
      error={wrong && t('traces.noDuration')}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}

/** Whether a value is one of the field's texts; of a value that is not known the others decide. */
function holdsText(known: readonly TagValue[] | undefined, value: string): boolean {
  const same = (known ?? []).filter((one) => one.value === value);
  const telling = same.length > 0 ? same : (known ?? []);
  return telling.length > 0 && telling.every(({ type }) => type === 'string');
}

interface TagRowProps {
  readonly tag: Condition;
  readonly knowledge: TraceKnowledge;
  readonly onChange: (tag: Condition) => void;
  readonly onRemove: () => void;
}

/** One more condition: any field, any operator, with the values that the field has. */
function TagRow({ tag, knowledge, onChange, onRemove }: TagRowProps) {
  const { t } = useTranslation();
  const { data: fields } = useQuery({
    queryKey: ['trace-field-names'],
    queryFn: () => knowledge.fields(),
    retry: false,
    staleTime: 60_000,
  });
  const { data: known } = useQuery({
    queryKey: ['trace-value-types', tag.field],
    queryFn: () => knowledge.values(tag.field),
    enabled: tag.field !== '',
    retry: false,
    staleTime: 60_000,
  });
  const typed = useRef(false);
  const literal = (value: string, operator = tag.operator) =>
    literalFor(tag.field, value, operator.includes('~') || holdsText(known, value));
  // What a field holds may be known only after its value was typed: `44` is the text of a city's code.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what becomes known changes what was typed
  useEffect(() => {
    const right = literal(tag.value.value);
    if (typed.current && right.type !== tag.value.type) onChange({ ...tag, value: right });
  }, [known]);
  return (
    <div className={classes.tag}>
      <Autocomplete
        aria-label={t('traces.tagField')}
        placeholder={t('traces.tagField')}
        data={[...new Set([...INTRINSIC_FIELDS.map(({ label }) => label), ...(fields ?? [])])]}
        limit={60}
        value={tag.field}
        onChange={(field) => onChange({ ...tag, field: field.trim() })}
      />
      <NativeSelect
        aria-label={t('traces.tagOperator')}
        value={tag.operator}
        data={[...OPERATORS]}
        onChange={(event) => {
          const operator = event.currentTarget.value as Condition['operator'];
          onChange({ ...tag, operator, value: literal(tag.value.value, operator) });
        }}
      />
      <ValueInput
        bare
        label={t('traces.tagValue')}
        field={tag.field}
        knowledge={knowledge}
        value={tag.value.value}
        onChange={(value) => {
          typed.current = true;
          onChange({ ...tag, value: literal(value) });
        }}
      />
      <ActionIcon
        aria-label={t('traces.removeTag')}
        title={t('traces.removeTag')}
        variant="default"
        size={30}
        onClick={onRemove}
      >
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}

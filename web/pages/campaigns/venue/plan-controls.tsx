import { ActionIcon, NumberInput, Slider } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { VenueForecast } from '../../../../model/api/campaign.ts';
import type { Plan } from '../../../api/what-if.ts';
import { useFormat } from '../../../i18n/format.ts';
import { contentLanguage } from '../../../i18n/languages.ts';
import { LANES_MOST, lanesOf, lanesText } from './plan.ts';
import classes from './what-if.module.css';

export interface PlanControlsProps {
  readonly venue: VenueForecast;
  readonly plan: Plan;
  readonly onChange: (plan: Plan) => void;
}

/** The remedies that a venue has: lanes at each gate, and holders told to stay away. */
export function PlanControls({ venue, plan, onChange }: PlanControlsProps) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const toldId = useId();
  const lanes = lanesOf(plan, venue.gates);
  return (
    <div className={classes.controls}>
      {venue.gates.map((gate) => (
        <LaneStepper
          key={gate.id}
          label={t('venue.whatIf.lanes', { gate: gate.title[contentLanguage(i18n.language)] })}
          note={
            gate.lanesOpen === null
              ? t('venue.lanesUnknown', { count: gate.lanes })
              : t('venue.lanes', { open: gate.lanesOpen, lanes: gate.lanes })
          }
          value={lanes[gate.id] ?? gate.lanes}
          onChange={(count) => onChange({ ...plan, lanes: lanesText({ ...lanes, [gate.id]: count }) })}
        />
      ))}
      <div className={classes.told}>
        <p id={toldId} className={classes.label}>
          {t('venue.whatIf.told')} <strong>{format.percent(plan.told, 0)}</strong>
        </p>
        <Slider
          aria-labelledby={toldId}
          thumbLabel={t('venue.whatIf.told')}
          label={null}
          size="lg"
          min={0}
          max={100}
          step={5}
          value={Math.round(plan.told * 100)}
          onChange={(percent) => onChange({ ...plan, told: percent / 100 })}
        />
        <p className={classes.note}>{t('venue.whatIf.toldNote')}</p>
      </div>
    </div>
  );
}

interface LaneStepperProps {
  readonly label: string;
  readonly note: string;
  readonly value: number;
  readonly onChange: (count: number) => void;
}

/** A count with a button on either side, large enough for a thumb. */
function LaneStepper({ label, note, value, onChange }: LaneStepperProps) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div className={classes.lane}>
      <label htmlFor={id} className={classes.label}>
        {label}
      </label>
      <div className={classes.stepper}>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={t('venue.whatIf.fewer', { what: label })}
          disabled={value <= 0}
          onClick={() => onChange(value - 1)}
        >
          −
        </ActionIcon>
        <NumberInput
          id={id}
          className={classes.count}
          size="sm"
          hideControls
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="strict"
          min={0}
          max={LANES_MOST}
          value={value}
          onChange={(next) => {
            if (typeof next === 'number') onChange(next);
          }}
        />
        <ActionIcon
          variant="default"
          size={36}
          aria-label={t('venue.whatIf.more', { what: label })}
          disabled={value >= LANES_MOST}
          onClick={() => onChange(value + 1)}
        >
          +
        </ActionIcon>
      </div>
      <p className={classes.note}>{note}</p>
    </div>
  );
}

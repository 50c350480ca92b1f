import { Button } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Plan } from '../../../api/what-if.ts';
import { Section } from '../../../parts/section.tsx';
import { isPlan } from './plan.ts';
import { PlanControls } from './plan-controls.tsx';
import { PlanTable } from './plan-table.tsx';
import type { VenueProps } from './venue-summary.tsx';
import classes from './what-if.module.css';

const SETTLE_MS = 300;

/** Tries out remedies: more lanes, fewer people. Only the forecast is asked; nothing at the venue changes. */
export function WhatIf({ campaign, venue }: VenueProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { lanes, told = 0 } = useSearch({ from: '/campaigns/$id' });
  // What is being dragged, until it has settled into the URL.
  const [draft, setDraft] = useState<Plan | null>(null);
  const write = (plan: Plan): void => {
    setDraft(null);
    void navigate({
      to: '.',
      search: (old) => ({ ...old, lanes: plan.lanes, told: plan.told === 0 ? undefined : plan.told }),
      replace: true,
      resetScroll: false,
    });
  };
  const writeSoon = useDebouncedCallback(write, SETTLE_MS);
  const settled: Plan = { lanes, told };
  const shown = draft ?? settled;
  return (
    <Section
      title={t('venue.whatIf.title')}
      note={t('venue.whatIf.note')}
      actions={
        <Button
          variant="default"
          disabled={!isPlan(shown)}
          onClick={() => {
            writeSoon.cancel();
            write({ lanes: undefined, told: 0 });
          }}
        >
          {t('venue.whatIf.reset')}
        </Button>
      }
    >
      <div className={classes.whatIf}>
        <PlanControls
          venue={venue}
          plan={shown}
          onChange={(plan) => {
            setDraft(plan);
            writeSoon(plan);
          }}
        />
        <PlanTable campaign={campaign} venue={venue} plan={settled} />
      </div>
    </Section>
  );
}

import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type IncidentRole, ROLES } from '../../../model/api/incident.ts';
import { useWho } from '../../frame/who.tsx';
import { Section } from '../../parts/section.tsx';
import { RelativeTime } from '../../parts/time-text.tsx';
import classes from './incident.module.css';
import type { IncidentPartProps } from './situation.tsx';

/** Who does what. A role is taken with one tap, or given to someone by name. */
export function People({ incident, commands }: IncidentPartProps) {
  const { t } = useTranslation();
  const who = useWho();
  const [giving, setGiving] = useState<IncidentRole | null>(null);
  const closed = incident.state === 'resolved';
  const take = async (role: IncidentRole): Promise<void> => {
    const person = await who.require();
    if (person !== null) await commands.run('roles', { role, person });
  };
  return (
    <Section title={t('incident.people')}>
      <ul className={classes.roles}>
        {ROLES.map((role) => {
          const holder = incident.roles.find((one) => one.role === role);
          return (
            <li key={role} className={classes.role}>
              <span className={classes.roleName}>{t(`incident.role.${role}`)}</span>
              <span className={classes.holder}>
                {holder === undefined ? (
                  <span className={classes.nobody}>{t('incident.nobody')}</span>
                ) : (
                  <>
                    <strong>{holder.person}</strong>{' '}
                    <span className={classes.nobody}>
                      <RelativeTime ms={holder.sinceMs} />
                    </span>
                  </>
                )}
              </span>
              {!closed && (
                <span className={classes.roleActions}>
                  {(who.name === null || holder?.person !== who.name) && (
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      aria-label={t('incident.takeRole', { role: t(`incident.role.${role}`) })}
                      onClick={() => void take(role)}
                    >
                      {t('incident.take')}
                    </Button>
                  )}
                  <Button
                    variant="subtle"
                    size="compact-xs"
                    aria-expanded={giving === role}
                    aria-label={t('incident.giveRole', { role: t(`incident.role.${role}`) })}
                    onClick={() => setGiving(giving === role ? null : role)}
                  >
                    {t('incident.give')}
                  </Button>
                </span>
              )}
              {giving === role && (
                <GiveForm
                  onGive={async (person) => {
                    if (await commands.run('roles', { role, person })) setGiving(null);
                  }}
                  pending={commands.pending === 'roles'}
                />
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

interface GiveFormProps {
  readonly onGive: (person: string) => Promise<void>;
  readonly pending: boolean;
}

function GiveForm({ onGive, pending }: GiveFormProps) {
  const { t } = useTranslation();
  const [person, setPerson] = useState('');
  return (
    <form
      className={classes.give}
      onSubmit={(event) => {
        event.preventDefault();
        void onGive(person.trim());
      }}
    >
      <TextInput
        autoFocus
        aria-label={t('incident.personName')}
        placeholder={t('incident.personName')}
        maxLength={100}
        value={person}
        onChange={(event) => setPerson(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={pending} disabled={person.trim() === ''}>
        {t('incident.give')}
      </Button>
    </form>
  );
}

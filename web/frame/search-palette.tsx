import { Modal } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Finding, findMatches, useFindable } from './findings.ts';
import classes from './search-palette.module.css';

export interface SearchPaletteProps {
  readonly onClose: () => void;
}

/** Finds anything by its name: a campaign, incident, alert, runbook, service, page or trace. */
export function SearchPalette({ onClose }: SearchPaletteProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const matches = findMatches(useFindable(), text, (name) => t('frame.searchTraces', { name }));
  const index = Math.min(chosen, matches.length - 1);

  const open = (finding: Finding | undefined): void => {
    if (finding === undefined) return;
    onClose();
    void navigate({ to: finding.to, search: (old: object) => ({ ...old, ...finding.search }) } as never);
  };
  const press = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && matches.length > 0) {
      event.preventDefault();
      setChosen((index + step + matches.length) % matches.length);
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      open(matches[index]);
    }
  };
  return (
    <Modal.Root opened onClose={onClose} padding={0} size={560} yOffset="10vh" centered={false}>
      <Modal.Overlay />
      <Modal.Content aria-label={t('frame.search')}>
        <div className={classes.field}>
          <IconSearch size={16} aria-hidden />
          <input
            data-autofocus
            className={classes.input}
            role="combobox"
            aria-label={t('frame.searchLabel')}
            aria-expanded="true"
            aria-controls="findings"
            aria-autocomplete="list"
            aria-activedescendant={matches[index] === undefined ? undefined : `finding-${index}`}
            placeholder={t('frame.searchLabel')}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setChosen(0);
            }}
            onKeyDown={press}
          />
        </div>
        <div id="findings" role="listbox" aria-label={t('frame.findings')} className={classes.list}>
          {matches.map((finding, position) => (
            // The keyboard stays in the field and names its choice there, as a combobox does.
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above
            // biome-ignore lint/a11y/useFocusableInteractive: see above
            <div
              key={finding.key}
              id={`finding-${position}`}
              role="option"
              aria-selected={position === index}
              className={classes.finding}
              onClick={() => open(finding)}
              onMouseMove={() => setChosen(position)}
            >
              <span className={classes.kind}>{t(`frame.kind.${finding.kind}`)}</span>
              <span className={classes.title}>{finding.title}</span>
              <span className={classes.detail}>{finding.detail}</span>
            </div>
          ))}
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}

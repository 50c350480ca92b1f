import { Button, Modal, TextInput } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './who.module.css';

/**
 * Who sits here. On loopback nobody signs in, so a person's name is asked for once, kept in this browser, and sent
 * with everything that person does.
 */
export interface Who {
  readonly name: string | null;
  /** Gives the name, asking for it first where it is not known; null where the question was dismissed. */
  require(): Promise<string | null>;
  /** Asks for another name. */
  change(): Promise<string | null>;
}

const STORAGE_KEY = 'tidewarden.name';
const WhoContext = createContext<Who | null>(null);

function recall(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

function remember(name: string): void {
  try {
    localStorage.setItem(STORAGE_KEY, name);
  } catch {
    // Asked again on the next page where storage is forbidden.
  }
}

export function WhoProvider({ children }: { readonly children: ReactNode }) {
  const [name, setName] = useState(recall);
  const [asking, setAsking] = useState(false);
  const answer = useRef<(name: string | null) => void>(() => {});

  const change = useCallback(
    () =>
      new Promise<string | null>((resolve) => {
        answer.current = resolve;
        setAsking(true);
      }),
    [],
  );
  const finish = useCallback((given: string | null): void => {
    setAsking(false);
    if (given !== null) {
      remember(given);
      setName(given);
    }
    answer.current(given);
    answer.current = () => {};
  }, []);
  const value = useMemo<Who>(
    () => ({ name, change, require: () => (name === null ? change() : Promise.resolve(name)) }),
    [name, change],
  );
  return (
    <WhoContext.Provider value={value}>
      {children}
      {asking && <NameQuestion initial={name ?? ''} onAnswer={finish} />}
    </WhoContext.Provider>
  );
}

export function useWho(): Who {
  const who = useContext(WhoContext);
  if (who === null) throw new Error('useWho needs a WhoProvider above it');
  return who;
}

interface NameQuestionProps {
  readonly initial: string;
  readonly onAnswer: (name: string | null) => void;
}

function NameQuestion({ initial, onAnswer }: NameQuestionProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(initial);
  const given = text.trim();
  return (
    <Modal
      opened
      onClose={() => onAnswer(null)}
      title={t('who.title')}
      closeButtonProps={{ 'aria-label': t('parts.close') }}
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (given !== '') onAnswer(given);
        }}
      >
        <TextInput
          data-autofocus
          label={t('who.label')}
          description={t('who.why')}
          maxLength={100}
          autoComplete="name"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <div className={classes.buttons}>
          <Button variant="default" onClick={() => onAnswer(null)}>
            {t('parts.cancel')}
          </Button>
          <Button type="submit" disabled={given === ''}>
            {t('who.save')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

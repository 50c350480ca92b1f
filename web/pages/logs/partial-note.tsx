import { useTranslation } from 'react-i18next';
import { StateMark } from '../../parts/mark.tsx';

export interface PartialNoteProps {
  readonly partial: boolean;
  readonly reason: string | null;
}

/** That an answer is not the whole, and why. */
export function PartialNote({ partial, reason }: PartialNoteProps) {
  const { t } = useTranslation();
  if (!partial) return null;
  return (
    <p>
      <StateMark mark="warning">
        {t('log.partial')} {reason}
      </StateMark>
    </p>
  );
}

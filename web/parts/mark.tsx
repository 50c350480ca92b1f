import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconCircleCheck,
  IconHelpCircle,
  IconInfoCircle,
  IconPlugConnectedX,
  IconShieldExclamation,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './mark.module.css';
import type { Mark } from './states.ts';

const ICONS = {
  good: IconCircleCheck,
  information: IconInfoCircle,
  warning: IconAlertTriangle,
  page: IconAlertOctagon,
  safety: IconShieldExclamation,
  unknown: IconHelpCircle,
  failed: IconPlugConnectedX,
} as const satisfies Record<Mark, typeof IconCircleCheck>;

export interface MarkIconProps {
  readonly mark: Mark;
  readonly size?: number;
}

/** The sign of a state; always beside a word, so it is hidden from those who listen. */
export function MarkIcon({ mark, size = 16 }: MarkIconProps) {
  const Icon = ICONS[mark];
  return <Icon size={size} stroke={1.9} aria-hidden className={classes.icon} data-mark={mark} />;
}

export interface StateMarkProps {
  readonly mark: Mark;
  /** `plain`: icon and coloured word; `soft`: on a quiet fill; `solid`: on a loud one. */
  readonly look?: 'plain' | 'soft' | 'solid';
  readonly children: ReactNode;
}

/** Icon and word of a state. Never the colour alone. */
export function StateMark({ mark, look = 'plain', children }: StateMarkProps) {
  return (
    <span className={classes.mark} data-mark={mark} data-look={look}>
      <MarkIcon mark={mark} size={look === 'plain' ? 16 : 14} />
      <span>{children}</span>
    </span>
  );
}

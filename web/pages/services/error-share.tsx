import { useFormat } from '../../i18n/format.ts';
import { StateMark } from '../../parts/mark.tsx';

export interface ErrorShareProps {
  /** 0 to 1. */
  readonly share: number;
  readonly mark: 'warning' | 'page' | null;
}

/** A share of errors, marked where it is too large. */
export function ErrorShare({ share, mark }: ErrorShareProps) {
  const format = useFormat();
  if (mark === null) return <span>{format.percent(share)}</span>;
  return <StateMark mark={mark}>{format.percent(share)}</StateMark>;
}

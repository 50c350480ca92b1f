import type { ReactNode } from 'react';
import classes from './figure.module.css';
import { MarkIcon } from './mark.tsx';
import type { Mark } from './states.ts';

export interface FigureProps {
  readonly label: string;
  /** Null: not known, which is not zero. */
  readonly value: string | null;
  /** What stands in the place of a value that is not known. */
  readonly missing?: string;
  readonly mark?: Mark | undefined;
  readonly note?: ReactNode;
}

/** A number with its name, its state and what it is measured against. */
export function Figure({ label, value, missing, mark, note }: FigureProps) {
  return (
    <div className={classes.figure} data-mark={mark}>
      <dt className={classes.label}>{label}</dt>
      <dd className={classes.value}>
        {mark !== undefined && <MarkIcon mark={mark} size={18} />}
        {value === null ? <span className={classes.missing}>{missing}</span> : value}
      </dd>
      {note !== undefined && <dd className={classes.note}>{note}</dd>}
    </div>
  );
}

/** Figures side by side, of one height. */
export function Figures({ children }: { readonly children: ReactNode }) {
  return <dl className={classes.figures}>{children}</dl>;
}

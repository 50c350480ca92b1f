import { type ReactNode, useEffect } from 'react';
import classes from './page.module.css';

export interface PageProps {
  /** The name in the browser's tab. */
  readonly name: string;
  readonly title: ReactNode;
  /** Beside the title: state, since when, for whom. */
  readonly facts?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly wide?: boolean;
}

/** A page's title, its state in one line, what one can do, and its parts. */
export function Page({ name, title, facts, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${name} · Tidewarden`;
  }, [name]);
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <div className={classes.words}>
          <h1 className={classes.title}>{title}</h1>
          {facts !== undefined && <div className={classes.facts}>{facts}</div>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

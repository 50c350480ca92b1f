import { Link, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './breadcrumbs.module.css';
import { ALL_DESTINATIONS, isAt } from './destinations.ts';
import { useCrumbTitle } from './use-crumb-title.ts';

/** The way from the top to the thing on screen. */
export function Breadcrumbs() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const at = ALL_DESTINATIONS.find(({ path }) => isAt(path, pathname));
  const id = at === undefined ? '' : decodeURIComponent(pathname.slice(at.path.length).replace(/^\//, ''));
  const title = useCrumbTitle(at?.id ?? 'now', id);
  if (at === undefined) return <div className={classes.trail} />;
  return (
    <nav className={classes.trail} aria-label={t('frame.breadcrumbs')}>
      {id === '' ? (
        <span className={classes.here} aria-current="page">
          {t(`page.${at.id}`)}
        </span>
      ) : (
        <>
          <Link to={at.path}>{t(`page.${at.id}`)}</Link>
          <span aria-hidden className={classes.gap}>
            /
          </span>
          <span className={classes.here} aria-current="page" title={title}>
            {title}
          </span>
        </>
      )}
    </nav>
  );
}

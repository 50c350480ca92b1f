import { IconUserCircle } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DESTINATIONS, isAt, LOWER_DESTINATIONS } from './destinations.ts';
import classes from './rail.module.css';
import { useWho } from './who.tsx';

/** The way to every page, at the left of wide screens. */
export function Rail() {
  const { t } = useTranslation();
  const who = useWho();
  return (
    <nav className={classes.rail} aria-label={t('frame.pages')}>
      <Link to="/" className={classes.brand}>
        <img src="/favicon.svg" alt="" width={20} height={20} />
        <span>{t('frame.product')}</span>
      </Link>
      <ul className={classes.list}>
        {DESTINATIONS.map((destination) => (
          <RailItem key={destination.id} destination={destination} />
        ))}
      </ul>
      <ul className={classes.lower}>
        {LOWER_DESTINATIONS.map((destination) => (
          <RailItem key={destination.id} destination={destination} />
        ))}
        <li>
          <button type="button" className={classes.item} onClick={() => void who.change()}>
            <IconUserCircle size={16} stroke={1.8} aria-hidden />
            <span className={classes.name}>{who.name ?? t('who.unknown')}</span>
          </button>
        </li>
      </ul>
    </nav>
  );
}

type Destination = (typeof DESTINATIONS)[number] | (typeof LOWER_DESTINATIONS)[number];

function RailItem({ destination }: { readonly destination: Destination }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const Icon = destination.icon;
  return (
    <li>
      <Link
        to={destination.path}
        className={classes.item}
        aria-current={isAt(destination.path, pathname) ? 'page' : undefined}
      >
        <Icon size={16} stroke={1.8} aria-hidden />
        <span>{t(`page.${destination.id}`)}</span>
      </Link>
    </li>
  );
}

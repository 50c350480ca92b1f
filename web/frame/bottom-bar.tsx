import { Drawer } from '@mantine/core';
import { IconMenu2, IconUserCircle } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './bottom-bar.module.css';
import { ALL_DESTINATIONS, isAt, PHONE_DESTINATIONS } from './destinations.ts';
import { useWho } from './who.tsx';

/** Four pages and a way to all others, under the thumb. */
export function BottomBar() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const who = useWho();
  const [open, setOpen] = useState(false);
  const first = ALL_DESTINATIONS.filter(({ id }) => PHONE_DESTINATIONS.some((phone) => phone === id));
  const others = ALL_DESTINATIONS.filter(({ id }) => !PHONE_DESTINATIONS.some((phone) => phone === id));
  const elsewhere = others.some(({ path }) => isAt(path, pathname));
  return (
    <nav className={classes.bar} aria-label={t('frame.pages')}>
      {first.map(({ id, path, icon: Icon }) => (
        <Link
          key={id}
          to={path}
          className={classes.item}
          aria-current={isAt(path, pathname) ? 'page' : undefined}
        >
          <Icon size={20} stroke={1.7} aria-hidden />
          <span>{t(`page.${id}`)}</span>
        </Link>
      ))}
      <button
        type="button"
        className={classes.item}
        aria-expanded={open}
        aria-haspopup="dialog"
        aria-current={elsewhere ? 'page' : undefined}
        onClick={() => setOpen(true)}
      >
        <IconMenu2 size={20} stroke={1.7} aria-hidden />
        <span>{t('frame.more')}</span>
      </button>
      <Drawer
        opened={open}
        onClose={() => setOpen(false)}
        position="bottom"
        size="auto"
        title={t('frame.pages')}
        closeButtonProps={{ 'aria-label': t('parts.close') }}
      >
        <ul className={classes.sheet}>
          {others.map(({ id, path, icon: Icon }) => (
            <li key={id}>
              <Link to={path} className={classes.row} onClick={() => setOpen(false)}>
                <Icon size={20} stroke={1.7} aria-hidden />
                {t(`page.${id}`)}
              </Link>
            </li>
          ))}
          <li>
            <button
              type="button"
              className={classes.row}
              onClick={() => {
                setOpen(false);
                void who.change();
              }}
            >
              <IconUserCircle size={20} stroke={1.7} aria-hidden />
              {who.name ?? t('who.unknown')}
            </button>
          </li>
        </ul>
      </Drawer>
    </nav>
  );
}

import { Outlet } from '@tanstack/react-router';
import { type ReactNode, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BottomBar } from './bottom-bar.tsx';
import classes from './frame.module.css';
import { IncidentBar } from './incident-bar.tsx';
import { KeyList } from './key-list.tsx';
import { type PageKey, PageKeysContext } from './page-keys.ts';
import { Rail } from './rail.tsx';
import { SearchPalette } from './search-palette.tsx';
import { useShortcuts } from './shortcuts.ts';
import { TopBar } from './top-bar.tsx';

/** What surrounds every page. */
export function Frame(): ReactNode {
  const { t } = useTranslation();
  const [overlay, setOverlay] = useState<'search' | 'keys' | null>(null);
  const [pageKeys, setPageKeys] = useState<readonly PageKey[]>([]);
  const openSearch = useCallback(() => setOverlay('search'), []);
  const openKeys = useCallback(() => setOverlay('keys'), []);
  const close = useCallback(() => setOverlay(null), []);
  useShortcuts({ onSearch: openSearch, onKeyList: openKeys, pageKeys });
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#main">
        {t('frame.skip')}
      </a>
      <Rail />
      <div className={classes.column}>
        <TopBar onSearch={openSearch} />
        <IncidentBar />
        <main id="main" tabIndex={-1} className={classes.main}>
          <PageKeysContext value={setPageKeys}>
            <Outlet />
          </PageKeysContext>
        </main>
      </div>
      <BottomBar />
      {overlay === 'search' && <SearchPalette onClose={close} />}
      {overlay === 'keys' && <KeyList pageKeys={pageKeys} onClose={close} />}
    </div>
  );
}

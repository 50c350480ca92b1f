import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ALL_DESTINATIONS } from './destinations.ts';
import classes from './key-list.module.css';
import type { PageKey } from './page-keys.ts';

export interface KeyListProps {
  readonly pageKeys: readonly PageKey[];
  readonly onClose: () => void;
}

/** What the keys do. */
export function KeyList({ pageKeys, onClose }: KeyListProps) {
  const { t } = useTranslation();
  const own = new Set(pageKeys.map(({ shown }) => shown.join(' ')));
  const everywhere: readonly (readonly [readonly string[], string])[] = [
    [['/'], t('keys.search')],
    [['Ctrl', 'K'], t('keys.search')],
    [['?'], t('keys.list')],
    [['p'], t('keys.pause')],
    [['Esc'], t('keys.close')],
    [['Ctrl', '↵'], t('keys.run')],
    ...ALL_DESTINATIONS.map(({ id, key }) => [['g', key], t('keys.go', { page: t(`page.${id}`) })] as const),
  ];
  const rows = [
    ...pageKeys.map(({ shown, words }) => [shown, words] as const),
    ...everywhere.filter(([keys]) => !own.has(keys.join(' '))),
  ];
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('keys.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('parts.close') }}
    >
      <dl className={classes.list}>
        {rows.map(([keys, words]) => (
          <div key={keys.join(' ')} className={classes.row}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className={classes.key}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}

import { ActionIcon, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './notice.module.css';

/** A command for a terminal, with a button that copies it. */
export function CopyableCommand({ command }: { readonly command: string }) {
  const { t } = useTranslation();
  return (
    <span className={classes.command}>
      <code>{command}</code>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <ActionIcon
            size="sm"
            onClick={copy}
            aria-label={copied ? t('parts.copied') : t('parts.copy', { what: command })}
          >
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}

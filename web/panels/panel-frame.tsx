import { ActionIcon, Menu, Popover } from '@mantine/core';
import {
  IconAlertTriangle,
  IconChartLine,
  IconCompass,
  IconDotsVertical,
  IconExternalLink,
  IconInfoCircle,
  IconTable,
} from '@tabler/icons-react';
import type { ReactNode, RefObject } from 'react';
import { fillText } from '../charts/messages.ts';
import type { Panel } from './dashboard-model.ts';
import { Markdown } from './markdown.tsx';
import type { PanelContext } from './panel-context.ts';
import { interpolateText, interpolateUrl } from './template.ts';

export interface PanelFrameProps {
  readonly panel: Panel;
  readonly title: string;
  readonly context: PanelContext;
  readonly children: ReactNode;
  readonly boxRef?: RefObject<HTMLDivElement | null>;
  readonly busy?: boolean;
  readonly age?: string | undefined;
  readonly warnings?: readonly string[];
  readonly view?: 'chart' | 'table';
  readonly onView?: ((view: 'chart' | 'table') => void) | undefined;
  readonly onExplore?: (() => void) | undefined;
}

/** Title, notes, age and menu around a panel's inside. */
export function PanelFrame(props: PanelFrameProps) {
  const { panel, title, context, warnings = [], age } = props;
  const { text } = context;
  return (
    <section className="twp-panel" ref={props.boxRef} aria-label={title} aria-busy={props.busy ?? false}>
      <header className="twp-head">
        <h3 title={title}>{title}</h3>
        {panel.description === undefined || panel.description === '' ? null : (
          <Note icon={<IconInfoCircle size={14} />} label={`${text.description}: ${title}`}>
            <Markdown source={interpolateText(panel.description, context.values)} />
          </Note>
        )}
        {warnings.length === 0 ? null : (
          <Note icon={<IconAlertTriangle size={14} />} label={`${text.partial}: ${title}`} warning>
            <strong>{text.partial}</strong>
            {warnings.map((warning) => (
              <p key={warning}>{warning}</p>
            ))}
          </Note>
        )}
        <span className="twp-age">{age ?? ''}</span>
        <PanelMenu {...props} />
      </header>
      <div className="twp-body">{props.children}</div>
    </section>
  );
}

function Note({
  icon,
  label,
  warning = false,
  children,
}: {
  readonly icon: ReactNode;
  readonly label: string;
  readonly warning?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <Popover width={320} position="bottom-start" withinPortal>
      <Popover.Target>
        <ActionIcon
          size={20}
          variant="subtle"
          color="gray"
          aria-label={label}
          className={warning ? 'twp-warning' : 'twp-note'}
        >
          {icon}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className="twp-popover">{children}</Popover.Dropdown>
    </Popover>
  );
}

function PanelMenu({ panel, title, context, view, onView, onExplore }: PanelFrameProps) {
  const { text } = context;
  const links = (panel.links ?? []).flatMap((link) => {
    const href = interpolateUrl(link.url, context.values);
    return href === undefined ? [] : [{ href, title: interpolateText(link.title, context.values) }];
  });
  const description = panel.description ?? '';
  if (links.length === 0 && onView === undefined && onExplore === undefined && description === '')
    return null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          size={20}
          variant="subtle"
          color="gray"
          className="twp-menu"
          aria-label={fillText(text.panelMenu, { title })}
        >
          <IconDotsVertical size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown maw={300}>
        {description === '' ? null : (
          <Menu.Label className="twp-menu-note">{interpolateText(description, context.values)}</Menu.Label>
        )}
        {onExplore === undefined ? null : (
          <Menu.Item leftSection={<IconCompass size={14} />} onClick={onExplore}>
            {text.exploreQuery}
          </Menu.Item>
        )}
        {onView === undefined ? null : (
          <Menu.Item
            leftSection={view === 'table' ? <IconChartLine size={14} /> : <IconTable size={14} />}
            onClick={() => onView(view === 'table' ? 'chart' : 'table')}
          >
            {view === 'table' ? text.showChart : text.showTable}
          </Menu.Item>
        )}
        {links.map((link) => (
          <Menu.Item
            key={link.href}
            component="a"
            href={link.href}
            leftSection={<IconExternalLink size={14} />}
          >
            {link.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

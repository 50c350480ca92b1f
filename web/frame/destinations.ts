import {
  IconBell,
  IconBook2,
  IconClipboardText,
  IconFlame,
  IconLayoutDashboard,
  IconListTree,
  IconLogs,
  IconSchool,
  IconSettings,
  IconSitemap,
  IconSpeakerphone,
  IconTelescope,
  IconWaveSine,
} from '@tabler/icons-react';

/** The pages one can go to from anywhere: the rail's order, icons, and the key after `g`. */
export const DESTINATIONS = [
  { id: 'now', path: '/', icon: IconWaveSine, key: 'n' },
  { id: 'campaigns', path: '/campaigns', icon: IconSpeakerphone, key: 'c' },
  { id: 'incidents', path: '/incidents', icon: IconFlame, key: 'i' },
  { id: 'alerts', path: '/alerts', icon: IconBell, key: 'a' },
  { id: 'traces', path: '/traces', icon: IconListTree, key: 't' },
  { id: 'logs', path: '/logs', icon: IconLogs, key: 'l' },
  { id: 'explore', path: '/explore', icon: IconTelescope, key: 'e' },
  { id: 'services', path: '/services', icon: IconSitemap, key: 's' },
  { id: 'runbooks', path: '/runbooks', icon: IconBook2, key: 'r' },
  { id: 'reviews', path: '/reviews', icon: IconClipboardText, key: 'v' },
  { id: 'drills', path: '/drills', icon: IconSchool, key: 'd' },
] as const;

/** Below the line of the rail. */
export const LOWER_DESTINATIONS = [
  { id: 'dashboards', path: '/dashboards', icon: IconLayoutDashboard, key: 'b' },
  { id: 'settings', path: '/settings', icon: IconSettings, key: ',' },
] as const;

export const ALL_DESTINATIONS = [...DESTINATIONS, ...LOWER_DESTINATIONS] as const;
export type DestinationId = (typeof ALL_DESTINATIONS)[number]['id'];

/** The four of the phone's bottom bar; the fifth opens all others. */
export const PHONE_DESTINATIONS = [
  'now',
  'campaigns',
  'incidents',
  'alerts',
] as const satisfies DestinationId[];

/** Whether `pathname` is on the page `path` or below it. */
export const isAt = (path: string, pathname: string): boolean =>
  path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`);

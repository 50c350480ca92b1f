/** Languages a dashboard is built in. Grafana's JSON holds one, so each locale is a file of its own under one uid. */
export type DashboardLocale = 'en' | 'zh';

/** Chooses between the English and the Chinese of one thing; both stand beside each other where they are used. */
export type Say = (en: string, zh: string) => string;

export const sayIn =
  (locale: DashboardLocale): Say =>
  (en, zh) =>
    locale === 'zh' ? zh : en;

/** Picks the language of a manifest's title. */
export const sayTitle = (say: Say, title: { readonly en: string; readonly zh: string }): string =>
  say(title.en, title.zh);

/** A venue's local days and hours. */

/** `{ day: 'YYYY-MM-DD', hour: 13.5 }` in the time zone, at that moment. Throws RangeError for an unknown zone. */
export function localTime(atMs: number, timezone: string): { day: string; hour: number } {
  const parts = new Map(
    new Intl.DateTimeFormat('en-CA', {
      timeZone: timezone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(atMs)
      .map((part) => [part.type, part.value]),
  );
  return {
    day: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
    hour: Number(parts.get('hour')) + Number(parts.get('minute')) / 60,
  };
}

/** The calendar day so many days later. */
export function addDays(day: string, days: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, date + days)).toISOString().slice(0, 10);
}

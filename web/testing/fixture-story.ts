/** What all fixtures tell of: a one-cent sale of tickets, 23 minutes after the fault. */
export const CAMPAIGN = 'one-cent-tickets';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Text that would do harm if a page took it for markup. */
export const HOSTILE =
  '<img src=x onerror="window.__owned=1"><script>window.__owned=1</script>"><svg onload=alert(1)>';

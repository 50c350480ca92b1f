import { Button, Popover, Textarea } from '@mantine/core';
import { IconPin, IconPinFilled } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TracePin } from '../../../model/api/trace-pin.ts';
import { KEYS } from '../../api/keys.ts';
import { pinsQuery } from '../../api/queries.ts';
import { pinTrace, unpinTrace } from '../../api/trace-pins.ts';
import { useWho } from '../../frame/who.tsx';
import { Failure } from '../../parts/notice.tsx';
import { DateTime } from '../../parts/time-text.tsx';
import classes from './trace.module.css';

/** Keeps a trace as evidence beyond the days that spans are kept: who did and why, or the wish to. Nothing where the product knows no pins. */
export function PinButton({ traceId }: { readonly traceId: string }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const all = useQuery(pinsQuery).data;
  if (all === undefined) return null;
  const pins = all.filter((one) => one.traceId === traceId);
  const Icon = pins.length > 0 ? IconPinFilled : IconPin;
  return (
    <Popover opened={isOpen} onChange={setOpen} width={340} position="bottom-end" trapFocus withRoles>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon size={14} aria-hidden />}
          onClick={() => setOpen(!isOpen)}
        >
          {t(pins.length > 0 ? 'waterfall.pinned' : 'waterfall.pin')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.like} aria-label={t('waterfall.pin')}>
        {pins.map((pin) => (
          <Pinned key={pin.incidentId} pin={pin} />
        ))}
        {pins.every(({ incidentId }) => incidentId !== null) && <NewPin traceId={traceId} />}
      </Popover.Dropdown>
    </Popover>
  );
}

/** Does something to a pin in the name of who sits here, which is asked for where it is not known. */
function usePinCommand<Answer>(command: (by: string) => Promise<Answer>) {
  const client = useQueryClient();
  const who = useWho();
  return useMutation({
    mutationFn: async () => {
      const by = await who.require();
      return by === null ? null : command(by);
    },
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.pins }),
  });
}

function Pinned({ pin }: { readonly pin: TracePin }) {
  const { t } = useTranslation();
  const unpin = usePinCommand((by) => unpinTrace(pin, by));
  return (
    <div className={classes.pin}>
      <p>
        {t('waterfall.pinnedBy', { by: pin.by })} <DateTime ms={pin.atMs} />{' '}
        {pin.incidentId !== null && (
          <Link to="/incidents/$id" params={{ id: pin.incidentId }}>
            {pin.incidentId}
          </Link>
        )}
      </p>
      {pin.note !== '' && <p className={classes.pinNote}>{pin.note}</p>}
      {unpin.error !== null && <Failure error={unpin.error} />}
      <Button variant="default" loading={unpin.isPending} onClick={() => unpin.mutate()}>
        {t('waterfall.unpin')}
      </Button>
      <p className={classes.dim}>{t('waterfall.unpinMeans')}</p>
    </div>
  );
}

function NewPin({ traceId }: { readonly traceId: string }) {
  const { t } = useTranslation();
  const [note, setNote] = useState('');
  const pin = usePinCommand((by) => pinTrace(traceId, by, note));
  return (
    <form
      className={classes.pin}
      onSubmit={(event) => {
        event.preventDefault();
        pin.mutate();
      }}
    >
      <Textarea
        label={t('waterfall.pinWhy')}
        placeholder={t('waterfall.pinWhyHint')}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={2_000}
        value={note}
        onChange={({ currentTarget: { value } }) => setNote(value)}
      />
      {pin.error !== null && <Failure error={pin.error} />}
      <Button type="submit" loading={pin.isPending}>
        {t('waterfall.pinNow')}
      </Button>
      <p className={classes.dim}>{t('waterfall.pinMeans')}</p>
    </form>
  );
}

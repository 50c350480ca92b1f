import { Button } from '@mantine/core';
import { IconPin, IconPinFilled } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { KEYS } from '../../api/keys.ts';
import { pinsQuery } from '../../api/queries.ts';
import { pinTrace } from '../../api/trace-pins.ts';

/** Keeps a trace as evidence beyond the days that spans are kept. Nothing where the product knows no pins. */
export function PinButton({ traceId }: { readonly traceId: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const pins = useQuery(pinsQuery).data;
  const pin = useMutation({
    mutationFn: () => pinTrace(traceId),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.pins }),
  });
  if (pins === undefined) return null;
  const isPinned = pins.some((one) => one.traceId === traceId);
  return (
    <Button
      variant="default"
      disabled={isPinned}
      loading={pin.isPending}
      leftSection={isPinned ? <IconPinFilled size={14} aria-hidden /> : <IconPin size={14} aria-hidden />}
      onClick={() => pin.mutate()}
    >
      {t(isPinned ? 'waterfall.pinned' : pin.isError ? 'waterfall.pinFailed' : 'waterfall.pin')}
    </Button>
  );
}

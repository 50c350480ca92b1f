import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type CommandBody, commandIncident, type IncidentCommand } from '../../api/incident-commands.ts';
import { KEYS } from '../../api/keys.ts';
import { useWho } from '../../frame/who.tsx';

type WithoutName<Command extends IncidentCommand> = Omit<CommandBody<Command>, 'by'>;

interface Variables {
  readonly command: IncidentCommand;
  readonly body: object;
}

export interface IncidentCommands {
  /** Does it in the name of who sits here; false where the name was not given or the product refused. */
  run<Command extends IncidentCommand>(command: Command, body: WithoutName<Command>): Promise<boolean>;
  /** The command under way, or null. */
  readonly pending: IncidentCommand | null;
  readonly error: Error | null;
  dismiss(): void;
}

/** What a person can do to the incident `id`; the answer replaces what is on screen. */
export function useIncidentCommand(id: string): IncidentCommands {
  const client = useQueryClient();
  const who = useWho();
  const mutation = useMutation({
    mutationFn: ({ command, body }: Variables) =>
      commandIncident(id, command, body as CommandBody<IncidentCommand>),
    onSuccess: (incident) => {
      client.setQueryData(KEYS.incident(id), incident);
      void client.invalidateQueries({ queryKey: KEYS.incidents, exact: true });
      void client.invalidateQueries({ queryKey: KEYS.now });
    },
  });
  return {
    async run(command, body) {
      const by = await who.require();
      if (by === null) return false;
      try {
        await mutation.mutateAsync({ command, body: { ...body, by } });
        return true;
      } catch {
        // The failure is in `error`, which the page shows.
        return false;
      }
    },
    pending: mutation.isPending ? mutation.variables.command : null,
    error: mutation.error,
    dismiss: mutation.reset,
  };
}

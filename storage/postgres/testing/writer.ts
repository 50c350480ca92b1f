/** Run as a process of its own by the kill test: writes without end, and prints each write after it was acknowledged. */
import { openPostgres } from '../open.ts';

const [dataDirectory = '', from = '0'] = process.argv.slice(2);
const postgres = await openPostgres({ dataDirectory });
process.stdout.write('open\n');
for (let index = Number(from); ; index += 1) {
  await postgres.campaignStates.put(`campaign-${index % 50}`, { index }, index);
  await postgres.annotations.create(`annotation-${index}`, {
    time: index,
    kind: 'test',
    text: `write ${index}`,
  });
  process.stdout.write(`${index}\n`);
}

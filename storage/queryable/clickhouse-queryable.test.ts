import { queryableContract } from '../../promql/queryable.contract.ts';
import { openClickHouseScriptStore } from './testing/script-store.ts';

queryableContract('ClickHouse', () => openClickHouseScriptStore());
queryableContract('ClickHouse with a head of samples', () =>
  openClickHouseScriptStore({ headBytes: 2 ** 24 }),
);
